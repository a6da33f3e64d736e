"""How a table's rows lie in its files: how many of them a filter on one value must open, as the log alone tells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from math import isnan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deltalake import DeltaTable

Range = tuple[float, float, int]
"""From a file's least value to its greatest, and its rows."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table's files lie along one of its columns.

    Args:
        column: its name.
        files: how many data files there are.
        bytes: what they take.
        opens: how many of them a filter on one value must open, on average, where values are asked for as often as
            there are rows between a file's least and greatest one.
        overlap: the same, without files that hold nothing but that value: 1.0 where the table is sorted, also where a
            value fills many files.
    """

    column: str
    files: int
    bytes: int
    opens: float
    overlap: float

    @classmethod
    def of(cls, opened: DeltaTable, column: str) -> Layout | None:
        """Read it from a table's log; None where the log does not tell the column's least and greatest values."""
        told = opened.get_add_actions(flatten=True)
        wanted = ("size_bytes", "num_records", f"min.{column}", f"max.{column}", f"null_count.{column}")
        if not set(wanted) <= set(told.schema.names):
            return None
        files = list(zip(*(told.column(name).to_pylist() for name in wanted), strict=True))
        holding = [each[1:] for each in files if each[1] is None or each[1] != each[4]]  # the rest hold no value at all
        if not holding or any(None in each[:3] for each in holding):
            return None
        ranges = _ranges([(least, greatest, rows) for rows, least, greatest, _ in holding])
        if ranges is None:
            return None
        opens, overlap = _opened(ranges)
        return cls(column, len(files), sum(size for size, *_ in files), opens, overlap)


def _ranges(told: Sequence[tuple[Any, Any, int]]) -> list[Range] | None:
    """Put values on a line: numbers and times where they are, others by their rank among all that are told."""
    ends = {end for least, greatest, _ in told for end in (least, greatest)}
    if all(isinstance(end, int | float | Decimal | date) for end in ends):
        places = {end: _number(end) for end in ends}
    else:
        places = {end: float(at) for at, end in enumerate(sorted(ends))}
    if any(isnan(place) for place in places.values()):
        return None
    return [(places[least], places[greatest], rows) for least, greatest, rows in told]


def _number(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value.toordinal() if isinstance(value, date) else value)


def _opened(ranges: Sequence[Range]) -> tuple[float, float]:
    """Average over rows how many files a value falls into, and how many of these hold other values on both sides."""
    least, greatest = sorted(each[0] for each in ranges), sorted(each[1] for each in ranges)
    sums = tuple(list(accumulate(ends, initial=0.0)) for ends in (least, greatest))
    pure = Counter(low for low, high, _ in ranges if low == high)

    def covered(to: float) -> float:
        """Add up what all files cover of the line up to a place."""
        begun, ended = bisect_right(least, to), bisect_right(greatest, to)
        return (to * begun - sums[0][begun]) - (to * ended - sums[1][ended])

    def each() -> Iterator[tuple[float, float]]:
        for low, high, rows in ranges:
            if low < high:
                share = (covered(high) - covered(low)) / (high - low)
                yield rows * share, rows * share
            else:
                around = bisect_left(least, low) - bisect_right(greatest, low) + pure[low]
                yield rows * (bisect_right(least, low) - bisect_left(greatest, low)), rows * (1 + around)

    total = sum(rows for *_, rows in ranges) or 1
    found = list(each())
    return sum(opens for opens, _ in found) / total, sum(overlap for _, overlap in found) / total
