"""A frame that is measured by the action that reads it, such as a write, and by what that write notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakeward.quality import file_statistics
from lakeward.quality.compiled import Measure, Question, rows_breaking, rows_where
from lakeward.quality.compiler.arguments import Types
from lakeward.quality.passing import Passing
from lakeward.quality.sql import name

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, Observation, Row

Measures = tuple[Measure, ...]
ROWS = rows_where()


@dataclass(frozen=True, slots=True)
class Watched:
    """A frame whose rows are counted and measured by the action that reads them.

    Args:
        frame: what to act on.
        asked: the numbers.
        noted: what the statistics of the written files are to answer.
    """

    frame: DataFrame
    asked: Measures
    noted: tuple[Question, ...]
    _types: Types
    _passing: Passing
    _others: Measures
    _observation: Observation | None

    def seen(self) -> dict[Question, Any]:
        """Give the numbers after the action; the rows are counted under `ROWS`."""
        return self._passing.seen() | (told(self._observation.get, self._others) if self._observation else {})

    def known(self, missing: Mapping[str, int], files: Sequence[file_statistics.Statistics]) -> dict[Question, Any]:
        """Give the numbers after the action was a write by Delta.

        Args:
            missing: rows without a value, by column.
            files: what it noted of each file.
        """
        seen, written = self.seen(), sum(each["numRecords"] for each in files)
        if seen[ROWS] != written:  # rows passed by twice, or unseen: what was written is looked at again
            seen = {ROWS: written}
        return by_nulls(written, missing) | file_statistics.answers(self._types, files, self.noted) | seen


def by_nulls(rows: int, missing: Mapping[str, int]) -> dict[Question, Any]:
    """Answer what follows from the number of rows, and of rows without a value by column."""
    answers: dict[Question, Any] = {ROWS: rows}
    for column, nulls in missing.items():
        has_value = f"{name(column)} is not null"
        filled = rows_where(has_value), Measure("count({})", name(column)), rows_breaking(f"{name(column)} is null")
        answers |= {rows_breaking(has_value): nulls, **dict.fromkeys(filled, rows - nulls)}
    return answers


def numbers(measures: Sequence[Measure]) -> list[Column]:
    """Give numbers as columns of an aggregation, for `told` to take up."""
    from pyspark.sql import functions as F

    return [F.expr(measure.text()).alias(f"q{n}") for n, measure in enumerate(measures)]


def told(row: Row | Mapping[str, Any], measures: Sequence[Measure]) -> dict[Question, Any]:
    """Take up what an aggregation found."""
    return {each: row[f"q{n}"] for n, each in enumerate(measures)}
