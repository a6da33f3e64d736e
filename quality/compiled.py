"""A compiled expectation: what must be known of a table, and how the verdict follows from it.

Plain data and SQL text, so that compiling needs no session. The engine asks for every number of every compiled
expectation at once (equal ones are computed once) and hands each judge the answers to its own questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of a column's values, held in Python as Spark holds them in SQL.

    Args:
        column: the column.
        low: the least value that may be; None for any.
        high: the greatest.
        is_open_below: whether the least value itself may not be.
        is_open_above: whether the greatest may not.
    """

    column: str
    low: Any
    high: Any
    is_open_below: bool = False
    is_open_above: bool = False

    def holds(self, value: Any) -> bool:
        """True for a value within."""
        return not self.is_below(value) and not self.is_above(value)

    def is_below(self, value: Any) -> bool:
        """True for a value that is too small."""
        if self.low is None:
            return False
        value, low = _alike(value, self.low)
        return bool(value <= low if self.is_open_below else value < low)

    def is_above(self, value: Any) -> bool:
        """True for a value that is too large."""
        if self.high is None:
            return False
        value, high = _alike(value, self.high)
        return bool(value >= high if self.is_open_above else value > high)


def _alike(value: Any, bound: Any) -> tuple[Any, Any]:
    """Give a value and a bound as Spark casts them to compare them."""
    if isinstance(value, date):
        return value, date.fromisoformat(bound)
    return (float(value), float(bound)) if isinstance(value, float) or isinstance(bound, float) else (value, bound)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Numbers beyond two bounds, which are themselves within, in the order in which Spark has doubles.

    Args:
        value: SQL of the number; what is null lies nowhere.
        low: the least number within; minus infinity for any.
        high: the greatest; NaN for any, for to Spark it is the greatest of all.
        is_length: whether the value is a text, and its length the number.
    """

    value: str
    low: float
    high: float
    is_length: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a table, found in the pass over its rows.

    Args:
        sql: an aggregate with `{}` where its value goes: `max({})`.
        value: SQL expression of that value.
        where: SQL condition of the rows that count; empty for all.
        bounds: where it counts the values beyond some bounds and nothing else, these, so that a column's ends tell it.
        beyond: where it counts what lies beyond some bounds of doubles and nothing else, this.
        is_of_doubles: whether Spark finds it by adding doubles.
    """

    sql: str
    value: str = "1"
    where: str = ""
    bounds: Bounds | None = field(default=None, compare=False)
    beyond: Beyond | None = field(default=None, compare=False)
    is_of_doubles: bool = field(default=False, compare=False)

    @property
    def is_count(self) -> bool:
        """Say whether it counts rows."""
        return self.sql == "count({})"

    @property
    def taken(self) -> str:
        """Its value as SQL, null where rows do not count: a CASE, as `DataFrame.observe` refuses a FILTER."""
        return f"CASE WHEN {self.where} THEN {self.value} END" if self.where else self.value

    def text(self) -> str:
        """Give it as SQL."""
        return self.sql.replace("{}", self.taken)


def rows_where(*conditions: str) -> Measure:
    """Count the rows that meet SQL conditions, empty ones left out.

    Not by `count_if`: Spark would first make a column of each condition and copy every row to hold them.
    """
    return Measure("count({})", where=" and ".join(filter(None, conditions)))


def rows_breaking(holds: str, *conditions: str) -> Measure:
    """Count the rows that meet conditions and for which another is false; one that is null holds.

    Not by `not (…)`, which may be null too: Spark then makes code, with branches, for a third answer.
    """
    return rows_where(*conditions, f"({holds}) <=> false")


@dataclass(frozen=True, slots=True)
class Grouping:
    """A number that needs one shuffle: the rows grouped by some columns. All with the same groups share it.

    Args:
        by: SQL expressions that make the group.
        where: SQL condition of the rows that count; empty for all.
        measure: an aggregate over the groups, in which `_rows` is the number of rows of a group and `_1`, `_2`, … are
            the values of `by`.
    """

    by: tuple[str, ...]
    where: str
    measure: Measure


REPEATS = Measure("sum({})", "CASE WHEN _rows > 1 THEN _rows ELSE 0 END")
"""Over groups: how many rows share theirs with another."""


@dataclass(frozen=True, slots=True)
class InOrder:
    """A number that needs each row beside the one before it, in the order in which the rows lie.

    Args:
        value: SQL expression over a window.
        where: SQL condition of the rows that count; empty for all.
        measure: an aggregate over the values, each of which is `_1`.
    """

    value: str
    where: str
    measure: Measure


Question = Measure | Grouping | InOrder
Answers = Mapping[Question, Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """One expectation, ready for the pass.

    Args:
        expectation: what it was made from.
        questions: what must be known.
        judge: gives the verdict from the answers, or what is to be asked next, now that they are known (a mean before
            the rows that lie far from it).
        breaks: SQL condition, never null, that is true for the rows that break it; empty when it speaks of no single
            row, or when that cannot be told from the row alone.
        reason: in a few words, why such a row is refused.
        again: whether something more is asked once these questions are answered.
    """

    expectation: Expectation
    questions: Sequence[Question]
    judge: Callable[[Answers], Result | Compiled]
    breaks: str = ""
    reason: str = ""
    again: bool = False
