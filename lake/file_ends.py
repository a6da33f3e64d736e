"""What a log notes of a data file that Arrow wrote: rows, missing values, least and greatest values."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LETTERS = 32
"""Delta notes so many letters of a text; longer ones have no noted ends here."""
A_MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FileEnds:
    """What is noted of a file, from its rows as they are written, part by part.

    Args:
        schema: the file's columns.
        indexed: of how many of them, from the first on, more than the rows are noted.

    Source:
        Delta's protocol, "Per-file statistics". A time is noted in milliseconds, the greatest rounded up.
    """

    def __init__(self, schema: pa.Schema, indexed: int) -> None:
        self._columns = [each for each in schema if not pa.types.is_nested(each.type)][:indexed]
        self._rows = 0
        self._missing: Counter[str] = Counter({each.name: 0 for each in self._columns})
        self._ends: dict[str, tuple[Any, Any]] = {}
        self._untold = {each.name for each in self._columns if not has_ends(each.type)}

    def add(self, rows: pa.Table) -> None:
        """Take a part of the file's rows."""
        self._rows += rows.num_rows
        for each in self._columns:
            values = rows.column(each.name)
            self._missing[each.name] += values.null_count
            if pa.types.is_floating(each.type) and not pc.all(pc.is_finite(values), min_count=0).as_py():
                self._untold.add(each.name)
            if each.name not in self._untold and values.null_count < len(values):
                ends = _bounds(values)
                held = self._ends.get(each.name, ends)
                self._ends[each.name] = min(held[0], ends[0]), max(held[1], ends[1])

    def told(self) -> str:
        """Give the `stats` of the file in Delta's log."""
        kinds = {each.name: each.type for each in self._columns}
        told = {name: _spelled(kinds[name], *ends) for name, ends in self._ends.items() if name not in self._untold}
        noted = {name: ends for name in kinds if (ends := told.get(name))}
        return json.dumps({
            "numRecords": self._rows,
            "minValues": {name: least for name, (least, _) in noted.items()},
            "maxValues": {name: greatest for name, (_, greatest) in noted.items()},
            "nullCount": self._missing,
        }, ensure_ascii=False)  # fmt: skip


def statistics(rows: pa.Table, indexed: int) -> str:
    """Give the `stats` in Delta's log of a file that holds some rows; of `indexed` columns more than their number."""
    ends = FileEnds(rows.schema, indexed)
    ends.add(rows)
    return ends.told()


def has_ends(kind: pa.DataType) -> bool:
    """Say whether a log notes the least and the greatest value of a type."""
    return (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_string(kind)
        or pa.types.is_date32(kind) or pa.types.is_timestamp(kind)
    )  # fmt: skip


def ends_of(values: pa.ChunkedArray[Any]) -> tuple[Any, Any]:
    """Give the least and the greatest of values, days and times as Python has them.

    Raises:
        OverflowError: one is beyond the year 9999.
    """
    least, greatest = _bounds(values)
    if pa.types.is_timestamp(values.type):
        return EPOCH + timedelta(microseconds=least), EPOCH + timedelta(microseconds=greatest)
    if pa.types.is_date32(values.type):
        return _date(least), _date(greatest)
    return least, greatest


def _bounds(values: pa.ChunkedArray[Any]) -> tuple[Any, Any]:
    found = pc.min_max(_plain(values))
    return found["min"].as_py(), found["max"].as_py()


def _plain(values: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Give days and times as numbers: Arrow would load pandas to turn times into Python's, which end in 9999."""
    if pa.types.is_timestamp(values.type):
        return values.cast(pa.int64())
    return values.cast(pa.int32()) if pa.types.is_date32(values.type) else values


def _spelled(kind: pa.DataType, least: Any, greatest: Any) -> tuple[Any, Any] | None:
    """Give ends as a log has them; None where they cannot be told exactly."""
    try:
        if pa.types.is_timestamp(kind):
            return _moment(least), _moment(greatest, up=True)
        if pa.types.is_date32(kind):
            return _date(least).isoformat(), _date(greatest).isoformat()
    except OverflowError:  # beyond the year 9999
        return None
    return None if isinstance(least, str) and max(len(least), len(greatest)) > LETTERS else (least, greatest)


def _date(days: int) -> date:
    return EPOCH.date() + timedelta(days=days)


def _moment(microseconds: int, *, up: bool = False) -> str:
    at = EPOCH + timedelta(microseconds=microseconds)
    told = at.replace(microsecond=at.microsecond // 1000 * 1000)
    told += A_MILLISECOND if up and told != at else timedelta()
    return told.isoformat(timespec="milliseconds").replace("+00:00", "Z")
