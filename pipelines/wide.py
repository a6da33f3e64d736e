"""Wide rows as long ones: columns whose headers say what they hold, such as `0歲-男`, become a row each.

Bronze keeps the agency's wide row. From there on every row is a long one: it is counted, judged, refused and written by
itself, and knows the header that its value stood under.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from lakeward.lake.errors import UsageError
from lakeward.pipelines.head import KIND_ROW, column_name, column_names, on_one_line

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

HEADER = "_header"
"""The bronze column that a long row's value stood in; empty for a row that stays whole: a remark or a ragged one."""


@dataclass(frozen=True, slots=True)
class Unpivot:
    """Which columns become rows. The named groups and `value` are headers that columns read as their cells.

    Args:
        pattern: of the headers, on one line; its named groups are cells of the long row, as in
            `^(?P<age>\\d+)歲-(?P<sex>男|女)$`; a header that stands several times is met as `全`, `全_2`, ….
        value: the name of the cell that holds what stood under the header.
    """

    pattern: str
    value: str

    def __post_init__(self) -> None:
        try:
            names = re.compile(self.pattern).groupindex
        except re.error as cause:
            raise UsageError(
                f"{self.pattern} is no pattern: {cause}", remedy="mend the declaration's Unpivot"
            ) from cause
        if not names or self.value in names:
            raise UsageError(
                f"{self.pattern} has no named group, or one that is called {self.value} too",
                remedy="name what the headers say, as in (?P<age>\\d+)歲-(?P<sex>男|女)",
            )

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells that a long row has instead of the wide columns."""
        return (*re.compile(self.pattern).groupindex, self.value)

    def wide(self, header: Sequence[str]) -> dict[int, tuple[str | None, ...]]:
        """Give the places of the columns that become rows, and what the header of each says, by group."""
        found = {}
        for at, (text, name) in enumerate(zip(header, column_names(header), strict=True)):
            told = re.search(self.pattern, on_one_line(text) + name.removeprefix(column_name(text)))
            if told:
                found[at] = tuple(told[group] for group in self.cells[:-1])
        return found

    def names(self, headers: Iterable[Sequence[str]]) -> set[str]:
        """Name the bronze columns (lower case) that become rows in some deliveries."""
        return {column_names(header)[at].casefold() for header in headers for at in self.wide(header)}

    def header(self, header: Sequence[str]) -> tuple[str, ...]:
        """Give the header of the long rows of a file; its own where it has none of the columns."""
        wide = self.wide(header)
        return (*(text for at, text in enumerate(header) if at not in wide), *self.cells) if wide else tuple(header)

    def first_rows(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
        """Give one long row for each of some wide ones, each with another of its values."""
        wide = self.wide(header)
        told = list(wide.items())
        if not told:
            return tuple(map(tuple, rows))
        long = []
        for number, row in enumerate(rows):
            at, says = told[number % len(told)]
            kept = (cell for place, cell in enumerate(row) if place not in wide)
            long.append((*kept, *(text or "" for text in says), row[at] if at < len(row) else ""))
        return tuple(long)


def long_rows(bronze: DataFrame, unpivot: Unpivot, headers: Mapping[str, Sequence[str]]) -> DataFrame:
    """Turn bronze rows of some deliveries into long ones.

    Args:
        bronze: their rows.
        unpivot: which columns become rows.
        headers: the header of each delivery, by sha256.

    Returns:
        A row for each wide column that its delivery has, with the cells of `unpivot` in place of all those columns, and
        `HEADER`. Remarks and ragged rows stay one row each, without these cells.
    """
    groups: dict[tuple[tuple[str, tuple[str | None, ...]], ...], list[str]] = {}
    for sha256, header in headers.items():
        names = column_names(header)
        told = tuple((names[at], says) for at, says in unpivot.wide(header).items())
        groups.setdefault(told, []).append(sha256)
    wide = unpivot.names(headers.values())
    kept = [name for name in bronze.columns if name.casefold() not in wide]
    parts = [_long(bronze, unpivot, told, kept, shas) for told, shas in groups.items()]
    return reduce(lambda a, b: a.unionByName(b), parts)


def _long(
    bronze: DataFrame, unpivot: Unpivot, told: Sequence[tuple[str, tuple[str | None, ...]]], kept: Sequence[str],
    shas: Sequence[str],
) -> DataFrame:  # fmt: skip
    from pyspark.sql import functions as F

    cells = [
        cell
        for name, says in told
        for cell in (F.lit(name), *(F.lit(text).cast("string") for text in says), F.col(f"`{name}`"))
    ]
    long = (
        bronze.where(F.col("_sha256").isin(*shas))
        .select(*(f"`{name}`" for name in kept), F.stack(F.lit(len(told)), *cells).alias(HEADER, *unpivot.cells))
        .where((F.col("_kind") == KIND_ROW) | (F.col(HEADER) == told[0][0]))
    )
    is_row = F.col("_kind") == KIND_ROW
    return long.select(
        *(f"`{name}`" for name in kept),
        F.when(is_row, F.col(HEADER)).otherwise("").alias(HEADER),
        *(F.when(is_row, F.col(f"`{name}`")).alias(name) for name in unpivot.cells),
    )
