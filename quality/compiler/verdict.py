"""Which rows an expectation judges, and the verdict from what was counted, in GX's numbers."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from lakeward.quality.compiled import Answers, Compiled, Measure, Question, rows_where
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled, condition, name

ANY_VALUE = ("expect_column_values_to_not_be_null", "expect_column_values_to_be_null")


def scope(expectation: Expectation) -> tuple[str, str]:
    """Give the conditions of the rows that exist and of those that are judged; empty for all."""
    told = expectation.arguments
    every = condition(told)
    nulls = [f"{name(each)} is null" for each in expectation.columns]
    ways = {
        "both_values_are_missing": " and ", "either_value_is_missing": " or ", "neither": "",
        "all_values_are_missing": " and ", "any_value_is_missing": " or ", "never": "",
    }  # fmt: skip
    if expectation.type in ANY_VALUE:
        judged = ""
    elif "column" in told:
        judged = f"{name(told['column'])} is not null"
    else:
        way = told.get("ignore_row_if", "both_values_are_missing" if "column_A" in told else "all_values_are_missing")
        if way not in ways:
            raise NotCompiled(f"ignore_row_if is {way}")
        judged = f"not ({ways[way].join(nulls)})" if ways[way] else ""
    return (f"({every})" if every else ""), judged


def on_rows(
    expectation: Expectation, every: str, judged: str, broken: Question, *, breaks: str = "", reason: str = ""
) -> Compiled:
    """Compile an expectation on rows, once it is known how the rows that break it are counted.

    Args:
        expectation: what must hold.
        every: SQL condition of the rows that exist; empty for all.
        judged: SQL condition of those that are judged; empty for all.
        broken: how many break it.
        breaks: SQL condition of such a row, where the row alone tells it.
        reason: in a few words, why it is refused.
    """
    rows, considered = rows_where(every), rows_where(every, judged)
    mostly = expectation.arguments.get("mostly", 1.0)
    if not isinstance(mostly, int | float):
        raise NotCompiled("mostly is no number")

    def judge(answers: Answers) -> Result:
        there, meant, bad = answers[rows], answers[considered], answers[broken] or 0
        if not there and "column" in expectation.arguments and isinstance(broken, Measure):
            bad = None  # GX sums nothing and says so
        return map_result(expectation, there, None if expectation.type in ANY_VALUE else meant, bad)

    return Compiled(expectation, (rows, considered, broken), judge, breaks, reason)


def map_result(expectation: Expectation, rows: int, meant: int | None, bad: int | None) -> Result:
    """Give the verdict on rows, with the numbers that GX gives; `meant` is None where none are ignored."""
    total = bad / rows * 100 if rows and bad is not None else None
    numbers = {"element_count": rows, "unexpected_count": bad, "unexpected_percent": total}
    if meant is not None:
        of_meant = bad / meant * 100 if rows and meant and bad is not None else None
        numbers |= {
            "unexpected_percent": of_meant,
            "missing_count": rows - meant,
            "missing_percent": (rows - meant) / rows * 100 if rows else None,
            "unexpected_percent_total": total,
            "unexpected_percent_nonmissing": of_meant,
        }
    judged = rows if meant is None else meant
    mostly = expectation.arguments.get("mostly", 1.0)
    return Result(expectation, not judged or bad is None or (judged - bad) / judged >= mostly, numbers)


def bounded(expectation: Expectation, value: Any) -> Result:
    """Hold an observed value to its bounds; none, or not a number, breaks them."""
    told = expectation.arguments
    value = float(value) if isinstance(value, Decimal) else value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Result(expectation, False, {"observed_value": None})
    low, high = told.get("min_value"), told.get("max_value")
    is_above = low is None or (value > low if told.get("strict_min") else value >= low)
    is_below = high is None or (value < high if told.get("strict_max") else value <= high)
    return Result(expectation, bool(is_above and is_below), {"observed_value": value})
