"""Take a person's rows out of every place of a lake, for good, and prove that they are gone.

Bronze's rows are emptied, so that lines and deliveries stay as they were counted; silver, quarantine and gold are made
anew from what is left, and released again; older versions and releases that held the person go. `_takedowns` keeps
where the rows stood, and a file that is read again leaves them out. Doing it again goes on where it was stopped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lakeward.jobs.fsck import outdate
from lakeward.jobs.ingest import KEPT
from lakeward.jobs.report import columns
from lakeward.jobs.run import run
from lakeward.lake import branches, delta, release, runs, takedowns
from lakeward.lake.errors import UsageError
from lakeward.lake.lease import lease
from lakeward.lake.storage import Lake
from lakeward.lake.takedowns import Places
from lakeward.lake.writer import writer
from lakeward.pipelines.catalog import Table, with_inputs
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.pipelines.head import KIND_FOOTER
from lakeward.sharing.privacy.purge import MADE_ANEW, purge
from lakeward.sharing.privacy.search import Sought, files_with, rows_with
from lakeward.sharing.releases.withdrawal import withdraw

LEAST = 6
"""How wide a text must be, a Chinese character counting for two: a name of three characters will do."""
LAYERS = ("bronze", "silver", "quarantine")
WHY = "a person's data were taken down"


@dataclass(frozen=True, slots=True)
class Takedown:
    """What was found of a person, and what became of it.

    Args:
        rows: how many rows of each data set.
        tables: the curated tables that rest on these.
        withdrawn: releases that held the person, as `gold.x 1.2`.
        left: files of the lake that still hold the text; what is to be looked at by hand.
        landing: delivered files that hold it, which are never changed.
        is_done: False when it was only looked for.
    """

    rows: Mapping[str, int]
    tables: tuple[str, ...]
    withdrawn: tuple[str, ...]
    left: tuple[str, ...]
    landing: tuple[str, ...]
    is_done: bool


def look(lake: Lake, tables: Mapping[str, Table], text: str, landing: str | None) -> Takedown:
    """Say where a text stands; nothing is written.

    Raises:
        UsageError: the text is so short that it would find others' rows.
    """
    sought = _sought(text)
    found = _rows(lake, tables, sought)
    curated = [table.name for table in _resting_on(tables, found)]
    left = tuple(str(file.relative_to(lake.root)) for file in files_with(lake.root, sought))
    counts = {name: sum(map(len, places.values())) for name, places in found.items()}
    return Takedown(counts, tuple(curated), (), left, _delivered(landing, sought), is_done=False)


def take_down(
    lake: Lake, tables: Mapping[str, Table], text: str, reason: str, landing: str | None, own: str | None,
    master: str | None = None,
) -> Takedown:  # fmt: skip
    """Take the rows that hold a text out of the lake.

    Args:
        lake: the lake.
        tables: every declared table.
        text: what tells the person: an id, a telephone, a name as it is written.
        reason: why, without the person's data; it is kept.
        landing: where to look for delivered files that hold it.
        own: a user's declarations.
        master: Spark's master.

    Raises:
        UsageError: the text is too short, or the lake has branches or is one, so that the rows would live on.
    """
    _alone(lake)
    sought, run_id = _sought(text), runs.new_id(datetime.now(UTC))
    if sought.is_in_text(reason):
        raise UsageError("the reason holds what is to be taken down", remedy="say it without the person's data")
    found = _rows(lake, tables, sought)
    with writer(lake, "takedown", master) as spark:
        _alone(lake)  # none can be made while the lease is held
        branches.swept(lake)
        takedowns.record(lake, run_id, found.items(), reason)
        for name, places in found.items():
            silver = lake.table(f"silver.{name}")
            if delta.version_of(silver) is not None:  # first: should this be stopped, any next run makes it anew
                outdate(spark, silver, {MADE_ANEW: True})
            _empty(spark, lake, name, places)
    names = sorted(takedowns.datasets(lake) & tables.keys())  # also those that an earlier attempt did not end
    curated = _resting_on(tables, names)
    if names:
        run(str(lake.root), None, [*names, *(table.name for table in curated)], own=own, master=master)
    with lease(lake, "takedown"):
        _alone(lake)
        withdrawn = tuple(each for table in curated for each in _withdrawn(lake, table, sought))
        _purge(lake, [*found], [*names, *(table.table for table in curated)], sought)
    left = tuple(str(file.relative_to(lake.root)) for file in files_with(lake.root, sought))
    counts = {name: sum(map(len, places.values())) for name, places in found.items()}
    told = tuple(table.name for table in curated)
    return Takedown(counts, told, withdrawn, left, _delivered(landing, sought), is_done=True)


def as_text(told: Takedown) -> str:
    """Give it for people."""
    rows = sum(told.rows.values())
    lines = [columns(list(told.rows.items()), ("data set", "rows")), ""] if told.rows else []
    if not told.is_done:
        lines += [f"{rows:,} rows hold it; {len(told.left):,} files of the lake do"]
        lines += [f"  {name}" for name in told.left]
        lines += ["next: --reason TEXT takes them down"] if rows or told.left else []
    else:
        lines += [f"{rows:,} rows taken down; made anew: {', '.join(told.tables) or 'no curated table'}"]
        lines += [f"withdrawn: {name}" for name in told.withdrawn]
        lines += [f"STILL THERE: {name}" for name in told.left] or ["proved: no file of the lake holds it any more"]
    lines += [f"in a delivered file, which is never changed: {name}" for name in told.landing]
    return "\n".join(lines)


def _alone(lake: Lake) -> None:
    if held := branches.names(lake):
        raise UsageError(
            f"the rows would live on in branches of the lake: {', '.join(held)}",
            remedy="end them first, with `lakeward promote` or `lakeward drop`",
        )
    if branches.is_branch(lake):
        raise UsageError(
            f"{lake.root} is a branch: the rows would live on in main",
            remedy=f"`lakeward drop {lake.root.resolve().name}`, then take them down from main",
        )


def _sought(text: str) -> Sought:
    plain = unicodedata.normalize("NFKC", text).strip()
    if sum(2 if unicodedata.east_asian_width(letter) == "W" else 1 for letter in plain) < LEAST:
        raise UsageError("so short a text would find others' rows", remedy="give an id, a telephone or a whole name")
    return Sought(plain)


def _rows(lake: Lake, tables: Mapping[str, Table], sought: Sought) -> dict[str, Places]:
    datasets = (table.name for table in tables.values() if isinstance(table, Dataset))
    found = {name: rows_with(lake.table(f"bronze.{name}"), sought) for name in datasets}
    return {name: places for name, places in found.items() if places}


def _resting_on(tables: Mapping[str, Table], names: Sequence[str] | Mapping[str, Places]) -> list[Curated]:
    return [
        table for table in tables.values()
        if isinstance(table, Curated) and any(each.name in names for each in with_inputs(table))
    ]  # fmt: skip


def _purge(lake: Lake, found: Sequence[str], names: Sequence[str], sought: Sought) -> None:
    """Take older versions away where rows were found, and wherever else the text still stands."""
    holding = files_with(lake.root, sought)
    for name in names:
        layers = [name] if name.startswith("gold.") else [f"{layer}.{name}" for layer in LAYERS]
        for path in map(lake.table, layers):
            if name in found or any(path in file.parents for file in holding):
                purge(path)
    for file in holding:
        if lake.root / "_logs" in file.parents:
            file.unlink(missing_ok=True)


def _empty(spark: Any, lake: Lake, name: str, places: Places) -> None:
    """Empty rows of bronze, as they are read when their file is read again."""
    path = lake.table(f"bronze.{name}")
    opened = delta.opened(path)
    if opened is None:
        return
    cells = [field.name.replace("`", "``") for field in opened.schema().fields if field.name not in KEPT]
    changes = ", ".join([f"_kind = '{KIND_FOOTER}'", *(f"`{cell}` = NULL" for cell in cells)])
    where = " OR ".join(
        f"(_sha256 = '{sha256}' AND _row IN ({', '.join(map(str, sorted(rows)))}))" for sha256, rows in places.items()
    )
    note = {**{key: told for key, told in delta.note_of(path).items() if key != "lakeward"}, MADE_ANEW: True}
    with delta.in_log(spark, note):
        sql = f"UPDATE delta.`{path}` SET {changes} WHERE {where}"  # noqa: S608 - names and numbers of our own
        delta.durably(lambda: spark.sql(sql), path, step="takedown", about=name)


def _withdrawn(lake: Lake, table: Curated, sought: Sought) -> list[str]:
    """Withdraw the releases of a table that hold the text."""
    folder, told = lake.releases(table.table), []
    for each in release.manifests(folder):
        if not each.get("withdrawn") and files_with(folder / each["release"], sought):
            withdraw(lake, table.table, each["release"], WHY)
            told.append(f"{table.table} {each['release']}")
    return told


def _delivered(landing: str | None, sought: Sought) -> tuple[str, ...]:
    if landing is None or not Path(landing).is_dir():
        return ()
    return tuple(str(file.relative_to(landing)) for file in files_with(Path(landing), sought))
