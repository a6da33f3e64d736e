"""A first declaration from a file, a first suite from a table: a start for a person, no JVM."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from lakeward.jobs.draft.code import Draft, module, suite
from lakeward.jobs.draft.columns import Guess, guess
from lakeward.jobs.draft.delivery import LOOKED_AT, Delivery, look
from lakeward.jobs.draft.keys import key_of
from lakeward.jobs.draft.layout import Group, laid_out
from lakeward.jobs.draft.words import names_of
from lakeward.lake import delta
from lakeward.lake.errors import DeliveryRefused, UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table, declared, find
from lakeward.pipelines.named import NAME

MOST_REPEATS = 0.01
"""From this share of rows that stand twice on, a key would send too many to quarantine to be proposed."""
ENDINGS = (".csv", ".gz", ".json", ".ods", ".txt", ".xls", ".xlsx", ".zip")
DESTROYED = "\ufffd"


def of_file(path: Path, landing: str, name: str = "") -> Draft:
    """Draft the declaration of a file.

    Args:
        path: the file.
        landing: the landing root; a file below it is declared by where it lies.
        name: `domain.noun`; by default after the folders that the file lies in.

    Raises:
        DeliveryRefused: the file cannot be read, or has no rows to tell anything from.
        UsageError: the name cannot be one.
    """
    delivery = look(str(path))
    if not delivery.rows:
        raise DeliveryRefused("the file has a header and no rows", remedy="profile a delivery that has rows")
    columns = zip(*delivery.rows, strict=True)
    guesses = [guess(header, cells) for header, cells in zip(delivery.header, columns, strict=True)]
    folder, pattern = _place(path, landing)
    called = name or ".".join(map(_identifier, folder))
    if not NAME.fullmatch(called):
        raise UsageError(f"{called} cannot be the name of a data set", remedy="give --name, as health.clinics")
    period = _period(path.name, guesses)
    key, notes = _key(guesses, delivery)
    if key and period:
        key = tuple(sorted({*key, period[1]}))
    names = names_of(delivery.header, [each.end for each in guesses])
    notes += _notes(delivery, guesses, names)
    return Draft(called, pattern, path.name, delivery, guesses, names, key, period, tuple(notes))


def of_table(lake: Lake, table: Table) -> str:
    """Write a first suite for a table that exists.

    Raises:
        UsageError: it does not, or is empty.
    """
    names = [column.name for column in table.columns]
    rows = delta.first_rows(lake.table(table.table), LOOKED_AT, names)
    if not rows:
        raise UsageError(f"{table.name} has no rows", remedy=f"run `lakeward run {table.name}` first")
    guesses = [guess(name, ["" if row[name] is None else str(row[name]) for row in rows]) for name in names]
    key = [place for place, column in enumerate(table.columns) if column.key]
    return laid_out(Group("suite=(", suite(guesses, names, key), is_open=True)) + ",\n"


def answer(
    what: str, landing: str, lake: str, own: str | None, *, name: str = "", out: Path | None = None
) -> tuple[dict[str, str], str]:
    """Profile a file or a table; give what to print for machines and for people.

    Raises:
        UsageError: there is no such file or table; `out` is there already, or cannot be written.
    """
    path = Path(what)
    if not path.is_file():
        if path.suffix in ENDINGS or len(path.parts) > 1:
            raise UsageError(f"there is no file {what}", remedy="give the path of a delivery, or the name of a table")
        rules = of_table(Lake.at(lake), find(declared(own), what))
        return {"schema": "lakeward.profile/1", "table": what, "suite": rules}, rules
    draft = of_file(path, landing, name)
    written = module(draft)
    document = {"schema": "lakeward.profile/1", "file": what, "name": draft.name, "declaration": written}
    if out is None:
        return document, written
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("x", encoding="utf-8") as stream:
            stream.write(written)
    except OSError as cause:
        raise UsageError(f"{out} cannot be written: {cause.strerror}", remedy="give another --out") from cause
    then = f"lakeward plan {draft.name} --landing {landing} --pipelines {out.parent}"
    return document, f"{out} declares {draft.name}; look it over, then: {then}\n"


def _place(path: Path, landing: str) -> tuple[tuple[str, str], str]:
    """Give the domain and the folder of a file, and the pattern of its data set's files."""
    root, full = Path(landing).resolve(), path.resolve()
    below = full.relative_to(root).parts[:-1] if full.is_relative_to(root) else full.parts[-3:-1]
    parts = below if len(below) >= 2 else ("drafts", below[-1] if below else path.name.partition(".")[0])
    ending = PurePosixPath(path.name.removesuffix(".gz")).suffix
    return (parts[0], parts[1]), f"{'/'.join(below or parts)}/*{ending}"


def _identifier(folder: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", folder.lower()).strip("_0123456789") or "table"


def _key(guesses: Sequence[Guess], delivery: Delivery) -> tuple[tuple[int, ...], list[str]]:
    repeats = len(delivery.rows) - len(set(delivery.rows))
    notes = [f"{repeats:,} rows stand twice as a whole"] if repeats else []
    if repeats > MOST_REPEATS * len(delivery.rows):
        return (), [*notes, "so many that no key is proposed"]
    key = key_of(guesses, delivery.rows) if delivery.is_even else ()
    return key, notes if key else [*notes, "no few columns make a row unique, so there is no key"]


def _notes(delivery: Delivery, guesses: Sequence[Guess], names: Sequence[str]) -> list[str]:
    seen = f"only the first {len(delivery.rows):,} rows were looked at: remarks may stand at the end"
    notes = [] if delivery.is_all else [seen]
    if any(DESTROYED in header for header in delivery.header):
        notes.append("the header was destroyed to U+FFFD: say in `by_position` of Csv what the columns are")
    named = list(zip(names, guesses, strict=True))
    notes += [f"{name}: no {each.type}: {', '.join(map(repr, each.misfits))}" for name, each in named if each.misfits]
    return notes + [f"{name}: never has a value here" for name, each in named if not each.counts]


def _period(file: str, guesses: Sequence[Guess]) -> tuple[str, int, str] | None:
    """Find a year, or a year and month, in the file's name that is that of every date in one column."""
    told = re.search(r"(?<!\d)((?:19|20)\d\d)(-[01]\d)?(?![\d-])", file)
    if not told:
        return None
    digits = re.sub(r"\D", "", told[0])
    starts = (digits, f"{int(digits[:4]) - 1911}{digits[4:]}")  # in either calendar
    before = re.escape(file[: told.start()]) if not re.search(r"\d", file[: told.start()]) else r".*\D"
    for place, each in enumerate(guesses):
        is_whole = each.type == "date" and not each.empty and not each.misfits
        if is_whole and all(re.sub(r"\D", "", text).startswith(starts) for text in each.counts):
            claim, unit = (r"(\d{4}-\d{2})", "month") if told[2] else (r"(\d{4})", "year")
            return f"^{before}{claim}", place, unit
    return None
