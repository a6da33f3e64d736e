"""What a picture of a table counts: the number that its title speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.portal.extract import Extract
from lakeward.sharing.portal.words import of_unit
from lakeward.sharing.reader.duck import quoted

INTEGERS, FRACTIONS, TIMES = ("int", "bigint"), ("double", "float"), ("date", "timestamp")
RATE = re.compile(r"_pct$|_ratio$|_per_|^(mean|max|min|median)_|_index$|_mm(_|$)|_c$|_on$")
NO_MEASURE = re.compile(r"population|_code$|_id$|_no$|_year$|^year$|days|stations|_deg$|is_current")
BESIDE = re.compile(r"^(villages|towns|people|rows)(_|$)")
"""Numbers that say how much was counted rather than what was found."""
MOST_EMPTY = 0.4


@dataclass(frozen=True, slots=True)
class Measure:
    """What a picture counts.

    Args:
        column: None counts rows.
        is_rate: values are averaged, not added up.
    """

    column: Column | None
    is_rate: bool = False

    @property
    def sql(self) -> str:
        """Say it to DuckDB."""
        if self.column is None:
            return "count(*)"
        name = quoted(self.column.name)
        if self.is_yes:
            return f"count(*) filter (where {name})"
        return f"avg({name})" if self.is_rate else f"sum({name})::double"

    @property
    def is_yes(self) -> bool:
        """True where it counts the rows that say yes."""
        return self.column is not None and self.column.type == "boolean"

    @property
    def title(self) -> Text:
        """Name it."""
        if self.column is None:
            return Text("列數", "Rows")
        zh, en = self.column.title or self.column.name, self.column.description
        if self.is_yes:
            return Text(f"{zh.removeprefix('是否')}的列數", f"Rows where {en[:1].lower()}{en[1:]}")
        return Text(zh, en[:1].upper() + en[1:])

    @property
    def how(self) -> Text:
        """Say how values became one number."""
        return Text("平均", "mean of the rows") if self.is_rate else Text("合計", "sum")

    @property
    def unit(self) -> Text:
        """Give its unit."""
        return of_unit("rows" if self.column is None or self.is_yes else self.column.unit)


def measure_of(table: Curated, columns: Sequence[Column], extract: Extract) -> Measure:
    """Take the number that the table's title speaks of; one that can be added up before one that cannot."""
    told, empty = _words(table.title), extract.nulls()

    def rank(column: Column) -> tuple[bool, float, bool, bool]:
        words = _words(column.name.replace("_", " "))
        near = len(words & told) / max(len(words), 1)
        return column.type == "boolean", -near, bool(BESIDE.search(column.name)), not column.unit

    able = [
        column for column in columns
        if column.type in (*INTEGERS, *FRACTIONS, "boolean") and not column.key and not NO_MEASURE.search(column.name)
        and empty.get(column.name, 0) <= MOST_EMPTY * extract.rows
    ]  # fmt: skip
    sums = [column for column in able if not _is_rate(column)]
    best = min(sums or able, key=rank, default=None)
    return Measure(best, best is not None and not sums)


def _is_rate(column: Column) -> bool:
    return bool(RATE.search(column.name)) or "%" in column.unit or " per " in column.unit


def _words(text: str) -> set[str]:
    return {word.removesuffix("s").removesuffix("e") for word in re.findall(r"[a-z]{3,}", text.lower())}
