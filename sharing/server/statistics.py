"""What a file's log entry tells of its columns: partition values exactly, statistics as bounds, else nothing.

Writers shorten bounds: strings after some characters, times to the millisecond, and some leave NaN out, which Spark
sorts above every number. What could be such a bound is widened here, so that a bound always holds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from lakeward.sharing.server.memory import Memory
from lakeward.sharing.server.snapshot import Action, Snapshot
from lakeward.sharing.server.truth import Values

SHORTENED = 32
ODD = frozenset({"__COLLATIONS", "__CHAR_VARCHAR_TYPE_STRING"})
"""In a column's metadata: its texts do not compare by their bytes."""
TICK, LAST = timedelta(milliseconds=1), datetime(9999, 12, 31, tzinfo=UTC)
WHOLE = ("byte", "short", "integer", "long")
BOUND = 300
"""Bytes that what is known of a file's column takes, as measured."""
Told = TypeVar("Told")
NULLS_ONLY, NO_NULLS = Values(may_have_value=False), {"may_be_null": False}


@dataclass(frozen=True, slots=True)
class Field:
    """A column at the top of a table's schema.

    Args:
        name: as recipients write it.
        physical: as files and the log name it.
        type: Delta's word for its type; `nested` for what has no bounds.
        is_partition: its value is one for a file.
    """

    name: str
    physical: str
    type: str
    is_partition: bool


class Fields:
    """A table's columns by name, in any case.

    Args:
        snapshot: the table.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        partitions = set(snapshot.metadata.get("partitionColumns") or ())
        self._by_name: dict[str, Field] = {}
        for told in json.loads(snapshot.metadata["schemaString"])["fields"]:
            name, more, kind = told["name"], told.get("metadata") or {}, told["type"]
            is_plain = isinstance(kind, str) and ODD.isdisjoint(more)
            physical = more.get("delta.columnMapping.physicalName", name)
            self._by_name[name.lower()] = Field(name, physical, kind if is_plain else "nested", name in partitions)

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name.lower()]


class Facts:
    """What is known of one file.

    Args:
        file: its `add` action.
    """

    def __init__(self, file: Action) -> None:
        self._file = file
        try:
            told = json.loads(file.get("stats") or "{}")
        except ValueError:
            told = {}
        self._told: Mapping[str, Any] = told if isinstance(told, dict) else {}

    def rows(self) -> int | None:
        """How many rows it holds, without those that are marked as deleted; None when that is not told."""
        count = self._told.get("numRecords")
        if not isinstance(count, int):
            return None
        return count - int((self._file.get("deletionVector") or {}).get("cardinality", 0))

    def values(self, field: Field) -> Values:
        """Give what is known of a column."""
        if field.is_partition:
            return self._of_partition(field)
        count, nulls = self._told.get("numRecords"), (self._told.get("nullCount") or {}).get(field.physical)
        if not isinstance(nulls, int) or not isinstance(count, int):
            nulls, count = None, None
        if count is not None and nulls == count:
            return NULLS_ONLY
        low = _bound(field.type, (self._told.get("minValues") or {}).get(field.physical))
        high = _bound(field.type, (self._told.get("maxValues") or {}).get(field.physical))
        return Values(low, _widened(field.type, high), may_be_null=nulls != 0)

    def _of_partition(self, field: Field) -> Values:
        text = (self._file.get("partitionValues") or {}).get(field.physical)
        if text in (None, ""):
            return NULLS_ONLY
        value = _bound(field.type, _unquoted(field.type, str(text)))
        return Values(value, value, **NO_NULLS)


class Bounds:
    """What is known of a table's files, column by column; each is read once as long as it is remembered.

    Args:
        table: the table.
        memory: remembers it.
    """

    def __init__(self, table: Snapshot, memory: Memory) -> None:
        self._table, self._memory = table, memory
        self._columns: dict[str, Sequence[Values]] = {}

    def of(self, field: Field) -> Sequence[Values]:
        """Give what is known of a column, one a file."""
        if (held := self._columns.get(field.physical)) is not None:
            return held
        found = self._columns[field.physical] = self._worked(("bounds", field), lambda facts: facts.values(field))
        return found

    def rows(self) -> Sequence[int | None]:
        """Give the number of rows of each file."""
        return self._worked("rows", Facts.rows)

    def _worked(self, about: Hashable, read: Callable[[Facts], Told]) -> Sequence[Told]:
        files = self._table.files
        return self._memory.worked(
            self._table, about, lambda: (tuple(read(Facts(file)) for file in files), BOUND * len(files))
        )


def _unquoted(kind: str, text: str) -> Any:
    """Turn a partition's text into what statistics would hold."""
    try:
        if kind in WHOLE:
            return int(text)
        if kind == "double":
            return float(text)
        if kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError):
        return None
    return text


def _bound(kind: str, told: Any) -> Any:
    """Give a bound as a value that compares as the column's do; None where it tells nothing."""
    reads = READS.get(kind)
    if reads is None or told is None:
        return None
    try:
        return reads(told)
    except (ValueError, TypeError, OverflowError):
        return None


def _widened(kind: str, high: Any) -> Any:
    match kind:
        case "string" if high is not None and len(high) >= SHORTENED:
            return None
        case "double":
            return None
        case "timestamp" if high is not None:
            return high + TICK if high < LAST else None
    return high


def whole(told: Any) -> int:
    """Give a whole number."""
    if isinstance(told, bool) or not isinstance(told, int):
        raise ValueError("no whole number")
    return told


def real(told: Any) -> float:
    """Give a number that is none of NaN and infinities."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not math.isfinite(told):
        raise ValueError("no number")
    return float(told)


def instant(told: Any) -> datetime:
    """Give a point in time; it must tell its zone."""
    when = datetime.fromisoformat(told)
    if when.tzinfo is None:
        raise ValueError("no zone")
    return when


def text(told: Any) -> str:
    """Give a text."""
    if not isinstance(told, str):
        raise TypeError("no text")
    return told


def truth(told: Any) -> bool:
    """Give a truth value."""
    if not isinstance(told, bool):
        raise TypeError("no truth value")
    return told


def day(told: Any) -> date:
    """Give a day."""
    if not isinstance(told, str) or len(told) != len("2026-11-25"):
        raise ValueError("no day")
    return date.fromisoformat(told)


READS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(WHOLE, whole), "double": real, "string": text, "boolean": truth, "date": day, "timestamp": instant,
}  # fmt: skip
