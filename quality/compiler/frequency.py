"""Questions to a column's values, each once, with how often it occurs; and the most common one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lakeward.quality.compiled import Answers, Compiled, Grouping, Measure
from lakeward.quality.compiler.arguments import MOMENTS, Arguments, Types, type_of
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled, condition, name

MOST_COMMON = ("expect_column_most_common_value_to_be_in_set",)


def grouped(told: Arguments, measure: Measure) -> Grouping:
    """Ask something of a column's values, each once, `_rows` being how often it occurs."""
    column, where = name(told["column"]), condition(told)
    present = f"{column} is not null"
    return Grouping((column,), f"({where}) and {present}" if where else present, measure)


def compile_most_common(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on the value that occurs most.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for this column.
    """
    told = expectation.arguments
    if type_of(types, told["column"]) in MOMENTS:
        raise NotCompiled("GX turns times into pandas' own")
    wanted = set(told.get("value_set") or ())
    most = grouped(told, Measure("max({})", "_rows"))

    def judge(answers: Answers) -> Result | Compiled:
        if answers[most] is None:
            return Result(expectation, False, {"observed_value": []})
        theirs = grouped(told, Measure("array_sort(collect_list({}))", "_1", f"_rows = {answers[most]}"))
        return Compiled(expectation, (theirs,), lambda answers: verdict(answers[theirs]))

    def verdict(found: Sequence[Any]) -> Result:
        known = len(wanted.intersection(found))
        holds = known > 0 if told.get("ties_okay") else len(found) == 1 == known
        return Result(expectation, holds, {"observed_value": list(found)})

    return Compiled(expectation, (most,), judge, again=True)
