"""What the statistics of data files already answer: Delta notes the ends of each column as it writes.

Only of types whose ends it notes whole: whole numbers, decimals, doubles, dates. Texts are cut, moments lose their
microseconds, the ends of a 32-bit float are another number once read. An end that is NaN or infinite is noted as a
text, and answers nothing here; then the rows are counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lakeward.quality.compiled import Measure, Question
from lakeward.quality.compiler.arguments import INTEGRAL, Types, type_of
from lakeward.quality.sql import name

Statistics = Mapping[str, Any]
"""Of one file, as Delta has them, with fractions as `Decimal`."""


def _whole(noted: Any) -> int | None:
    return noted if isinstance(noted, int) else None


def _decimal(noted: Any) -> Decimal | None:
    return Decimal(noted) if isinstance(noted, int | Decimal) else None


def _double(noted: Any) -> float | None:
    return float(noted) if isinstance(noted, int | Decimal) else None


def _date(noted: Any) -> date | None:
    with suppress(TypeError, ValueError):  # none, or a year that Python does not know
        return date.fromisoformat(noted)
    return None


EXACT: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(INTEGRAL, _whole), "decimal": _decimal, "double": _double, "date": _date
}  # fmt: skip
WIDE = re.compile(r"decimal\((19|[23][0-9]),.*")
"""Beyond 18 digits Spark may round a decimal to compare it."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The least and the greatest value of a column; None where it has no value at all."""

    low: Any
    high: Any


def answerable(types: Types, columns: Sequence[str], questions: Sequence[Question]) -> set[Question]:
    """Give the questions that the statistics of written files answer, unless values turn out to be special.

    Args:
        types: the table's columns and their Spark types.
        columns: those of which statistics are kept.
        questions: what is asked.
    """
    exact = _exact(types) & {*columns}
    return {each for each in questions if _column(each, exact)}


def _exact(types: Types) -> set[str]:
    return {column for column, kind in types.items() if type_of(types, column) in EXACT and not WIDE.match(kind)}


def _column(question: Question, columns: set[str]) -> str:
    if not isinstance(question, Measure):
        return ""
    if question.bounds:
        return question.bounds.column if question.bounds.column in columns else ""
    if question.where or question.sql not in ("min({})", "max({})"):
        return ""
    return next((column for column in columns if name(column) == question.value), "")


def answers(types: Types, files: Sequence[Statistics], questions: Sequence[Question]) -> dict[Question, Any]:
    """Answer what the statistics of all files of a table answer; what they leave open is left out."""
    told: dict[Question, Any] = {}
    exact = _exact(types)
    for question in questions if files else ():
        column = _column(question, exact)
        if not isinstance(question, Measure) or not column:
            continue
        ends = _ends(files, column, EXACT[type_of(types, column)])
        if ends is None:
            continue
        if not question.bounds:
            told[question] = ends.low if question.sql == "min({})" else ends.high
        elif ends.low is None or (question.bounds.holds(ends.low) and question.bounds.holds(ends.high)):
            told[question] = 0
        elif question.bounds.is_below(ends.high) or question.bounds.is_above(ends.low):
            told[question] = sum(each["numRecords"] - each["nullCount"][column] for each in files)
    return told


def _ends(files: Sequence[Statistics], column: str, read: Callable[[Any], Any]) -> Ends | None:
    lows, highs = [], []
    for each in files:
        rows, missing = each.get("numRecords"), each.get("nullCount", {}).get(column)
        if rows is None or missing is None:
            return None
        if rows > missing:
            lows.append(read(each.get("minValues", {}).get(column)))
            highs.append(read(each.get("maxValues", {}).get(column)))
    if None in lows or None in highs:
        return None
    return Ends(min(lows), max(highs)) if lows else Ends(None, None)
