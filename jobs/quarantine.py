"""What lies in quarantine and why, told without a JVM: which data sets, which reasons, and rows as samples.

Rows are read twice, in batches: once for their reasons, once for the cells of the few that are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lakeward.jobs import pack
from lakeward.jobs.refused import Asked, Refused
from lakeward.jobs.report import columns
from lakeward.lake import quarantine
from lakeward.lake.errors import UsageError
from lakeward.lake.quarantine import Aside
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table, find
from lakeward.pipelines.dataset import Dataset
from lakeward.quality.wording import in_chinese

Document = dict[str, Any]
Place = tuple[int, int]
FEW_CELLS = 4
SHOWN = 40


@dataclass(slots=True)
class _Group:
    """The rows with one reason: how many, where, the first delivery and the first few rows of it."""

    first: int
    rows: int = 0
    files: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)


def answer(
    lake: Lake, tables: dict[str, Table], name: str | None, *, limit: int, reason: str, file: str, to: str | None,
    landing: str,
) -> tuple[Document, str]:  # fmt: skip
    """Give what was asked of the quarantine, for machines and for people; writes the pack where one is asked for.

    Raises:
        NothingSelected: no table has this name.
        UsageError: it refuses no rows, or options do not go together.
    """
    if name is None:
        if reason or file or to:
            raise UsageError("--reason, --file and --pack speak of one table", remedy="name it before them")
        listed = list_document(lake, tables)
        return listed, list_text(listed)
    asked, refused = Asked(reason, file), Refused.of(lake, _data_set(find(tables, name)))
    if to is not None:
        packed = pack.write(refused, asked, landing, Path(to))
        return packed, pack.text(packed)
    told = document(refused, asked, limit)
    return told, text(told)


def list_document(lake: Lake, tables: Mapping[str, Table]) -> Document:
    """Give every data set that has refused rows, for machines."""
    listed = []
    for name in quarantine.names(lake):
        rows, deliveries = quarantine.counts(lake, name)
        if rows:
            title = tables[name].title_zh if name in tables else ""
            listed.append({"table": name, "title_zh": title, "rows": rows, "deliveries": deliveries})
    return {"schema": "lakeward.quarantine-list/1", "lake": str(lake.root), "tables": listed}


def list_text(listed: Document) -> str:
    """Give the list for people."""
    if not listed["tables"]:
        return f"no row is in quarantine in {listed['lake']}"
    rows = [(t["table"], t["title_zh"], t["rows"], t["deliveries"]) for t in listed["tables"]]
    return columns(rows, ("table", "title", "refused rows", "in deliveries")) + "\nnext: lakeward quarantine TABLE"


def document(refused: Refused, asked: Asked, limit: int) -> Document:
    """Give a data set's refused rows by reason, for machines, with so many samples of each reason."""
    files, groups = _grouped(refused, asked, limit)
    cells = _cells(refused, groups)
    reasons = []
    for reason, group in sorted(groups.items(), key=lambda each: (-each[1].rows, each[0])):
        words = refused.header(refused.asides[group.first]).words()
        samples = [(refused.asides[at], row, cells[reason, at, row]) for at, row in group.places]
        reasons.append(
            {
                "reason": reason,
                "reason_zh": in_chinese(reason, words),
                "rows": group.rows,
                "files": dict(group.files.most_common()),
                "samples": [
                    {
                        "file": aside.file,
                        "row": row,
                        "place": refused.place(aside, row)[0],
                        "cells": _chosen(refused, aside, reason, delivered),
                    }
                    for aside, row, delivered in samples
                ],
            }
        )
    return {
        "schema": "lakeward.quarantine/1",
        "table": refused.dataset.name,
        "rows_in_quarantine": refused.rows,
        "rows": files.total(),
        "counting": "a row with several reasons counts under each",
        "files": dict(files),
        "reasons": reasons,
    }


def text(told: Document) -> str:
    """Give a data set's refused rows for people."""
    name, rows, every = told["table"], told["rows"], told["rows_in_quarantine"]
    if not every:
        return f"{name}: no row is in quarantine"
    if not rows:
        return f"{name}: none of the {every:,} rows in quarantine is meant by --reason and --file"
    counted = f"{rows:,} rows are" if rows == every else f"{rows:,} of {every:,} rows are meant, all"
    parts = [f"{name}: {counted} in quarantine; {told['counting']}", ""]
    listed = [(each["rows"], len(each["files"]), each["reason"], each["reason_zh"]) for each in told["reasons"]]
    parts += [columns(listed, ("rows", "files", "reason", "原因")), ""]
    parts.append(columns([(count, file) for file, count in told["files"].items()], ("rows", "file")))
    for each in told["reasons"]:
        if each["samples"]:
            parts += ["", f"{each['reason']}:"]
            parts += [f"  {s['file']} {s['place']}: {_shown(s['cells'])}" for s in each["samples"]]
    return "\n".join(parts)


def _data_set(table: Table) -> Dataset:
    if isinstance(table, Dataset):
        return table
    sources = " or ".join(source.name for source in table.sources())
    raise UsageError(f"{table.name} is curated and refuses no rows", remedy=f"ask for what it rests on: {sources}")


def _grouped(refused: Refused, asked: Asked, limit: int) -> tuple[Counter[str], dict[str, _Group]]:
    """Count rows by file and by reason, and choose the first rows of each reason."""
    files: Counter[str] = Counter()
    groups: dict[str, _Group] = {}
    for at, aside in enumerate(refused.asides):
        if not asked.takes(aside):
            continue
        for batch in aside.batches("row_number", "reasons"):
            numbers = np.from_dlpack(batch.column(0))
            meant: set[int] = set()
            for reason, positions in asked.meant(batch).items():
                group = groups.setdefault(reason, _Group(at))
                group.rows += len(positions)
                group.files[aside.file] += len(positions)
                meant.update(positions.tolist())
                first = np.unique(numbers[positions])[:limit].tolist()
                group.places = sorted({*group.places, *((at, row) for row in first)})[:limit]
            files[aside.file] += len(meant)
    return +files, groups


def _cells(refused: Refused, groups: Mapping[str, _Group]) -> dict[tuple[str, int, int], dict[str, str]]:
    """Read the delivered cells of the chosen rows by reason; of several long rows of one wide row, those of one."""
    found: dict[tuple[str, int, int], dict[str, str]] = {}
    places = {place for group in groups.values() for place in group.places}
    for at in sorted({at for at, _ in places}):
        wanted = [row for each, row in places if each == at]
        for batch in refused.asides[at].picked(wanted, "delivered", "reasons"):
            for row in batch.to_pylist():
                for reason in row["reasons"]:
                    found.setdefault((reason, at, row["row_number"]), dict(row["delivered"]))
    return found


def _chosen(refused: Refused, aside: Aside, reason: str, delivered: Mapping[str, str]) -> dict[str, str]:
    """Give the cells that a reason speaks of, else the first few, under the agency's headers."""
    header, spoken = refused.header(aside), refused.cells(aside, reason)
    shown: dict[str, str] = {}
    for name in header.spoken_of(spoken, delivered) or header.in_order(delivered)[:FEW_CELLS]:
        title = header.of(name)
        shown[name if title in shown else title] = delivered[name]
    return shown


def _shown(cells: Mapping[str, str]) -> str:
    """Lay cells out on one line."""
    return "  ".join(f"{_short(name)}={_short(cell)}" for name, cell in cells.items()) or "no cell was delivered"


def _short(text: str) -> str:
    """Cut long text, and escape what would break a line or steer a terminal."""
    plain = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text[: SHOWN + 1])
    return plain if len(text) <= SHOWN else f"{plain[:SHOWN]}…"
