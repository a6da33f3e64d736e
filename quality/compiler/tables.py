"""Expectations on whole columns and tables: bounds of aggregates, sets of distinct values, columns and counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lakeward.quality.compiled import Answers, Compiled, Grouping, Measure, rows_where
from lakeward.quality.compiler.arguments import INTEGRAL, MOMENTS, Types, check_bounds, comparable, type_of
from lakeward.quality.compiler.verdict import bounded
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled, condition, literal, name

SHOWN = 20


def compile_table(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on a column or a table as a whole.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for these arguments.
    """
    return {**AGGREGATES, **DISTINCT}[expectation.type](expectation, types)


def _aggregate(sql: str, *, of_numbers: bool) -> Callable[[Expectation, Types], Compiled]:
    def compiled(expectation: Expectation, types: Types) -> Compiled:
        told = expectation.arguments
        kind = type_of(types, told["column"])
        if of_numbers and kind not in ("int", "bigint", "float", "double", "decimal"):
            raise NotCompiled(f"{told['column']} is no number")
        if kind in ("boolean", *MOMENTS):
            raise NotCompiled(f"GX turns bounds into values of {kind} in its own way")
        check_bounds(expectation.arguments, *(() if kind == "string" else (int, float, Decimal)))
        value = name(told["column"])
        if sql.startswith("sum") and kind in INTEGRAL:
            value = f"cast({value} as double)"
        asked = Measure(sql, value, condition(told), is_of_doubles=of_numbers and kind != "decimal")
        return Compiled(expectation, (asked,), lambda answers: bounded(expectation, answers[asked]))

    return compiled


def _distinct(where: str, column: str, measure: Measure) -> Grouping:
    present = f"{name(column)} is not null"
    return Grouping((name(column),), f"({where}) and {present}" if where else present, measure)


def _unique_count(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    type_of(types, told["column"])
    check_bounds(expectation.arguments, int, float)
    asked = _distinct(condition(told), told["column"], Measure("count({})"))
    return Compiled(expectation, (asked,), lambda answers: bounded(expectation, answers[asked] or 0))


def _unique_share(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    type_of(types, told["column"])
    check_bounds(expectation.arguments, int, float)
    asked = _distinct(condition(told), told["column"], Measure("count({})"))
    present = Measure("count({})", name(told["column"]), condition(told))

    def judge(answers: Answers) -> Result:
        return bounded(expectation, (answers[asked] or 0) / answers[present] if answers[present] else 0)

    return Compiled(expectation, (asked, present), judge)


def _present_share(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    type_of(types, told["column"])
    check_bounds(expectation.arguments, int, float)
    rows = Measure("count({})", where=condition(told))
    present = Measure("count({})", name(told["column"]), condition(told))

    def judge(answers: Answers) -> Result:
        return bounded(expectation, answers[present] / answers[rows] if answers[rows] else 0)

    return Compiled(expectation, (rows, present), judge)


def _set(*, is_within: bool, is_whole: bool) -> Callable[[Expectation, Types], Compiled]:
    """Compile the three expectations on the set of distinct values: within a list, the whole list, or both."""

    def compiled(expectation: Expectation, types: Types) -> Compiled:
        told = expectation.arguments
        values = tuple(dict.fromkeys(told.get("value_set") or ()))
        if not values or type_of(types, told["column"]) in MOMENTS:
            raise NotCompiled("its value_set is empty, or of times")
        if is_whole and len(values) < len(told["value_set"]):  # GX counts each of them, and finds one
            raise NotCompiled("its value_set names a value twice, as 0.0 and -0.0")
        comparable(types, told["column"], *values)
        listed = f"_1 in ({', '.join(map(literal, values))})"
        others = _distinct(condition(told), told["column"], rows_where(f"not {listed}"))
        shown = _distinct(
            condition(told), told["column"], Measure(f"min_by({{}}, {{}}, {SHOWN})", "_1", f"not {listed}")
        )
        found = [
            _distinct(condition(told), told["column"], rows_where(f"_1 = {literal(value)}"))
            for value in (values if is_whole else ())
        ]

        def judge(answers: Answers) -> Result:
            strange = answers[others] or 0
            missing = [value for value, asked in zip(values, found, strict=is_whole) if not answers[asked]]
            numbers: dict[str, Any] = {"observed_value": None}
            if is_within:
                seen = [each for each in answers[shown] or () if each is not None]
                numbers |= {"unexpected_count": strange, "partial_unexpected_list": seen}
            if is_whole:
                numbers |= {"missing_count": len(missing), "partial_missing_list": missing[:SHOWN]}
            return Result(expectation, not (is_within and strange) and not missing, numbers)

        return Compiled(expectation, (others, shown, *found), judge)

    return compiled


def _row_count(expectation: Expectation, types: Types) -> Compiled:
    rows = Measure("count({})", where=condition(expectation.arguments))
    check_bounds(expectation.arguments, int)

    def judge(answers: Answers) -> Result:
        if "value" in expectation.arguments:
            there = answers[rows]
            return Result(expectation, there == expectation.arguments["value"], {"observed_value": there})
        return bounded(expectation, answers[rows])

    return Compiled(expectation, (rows,), judge)


AGGREGATES: Mapping[str, Callable[[Expectation, Types], Compiled]] = {
    "expect_column_max_to_be_between": _aggregate("max({})", of_numbers=False),
    "expect_column_min_to_be_between": _aggregate("min({})", of_numbers=False),
    "expect_column_mean_to_be_between": _aggregate("avg({})", of_numbers=True),
    "expect_column_sum_to_be_between": _aggregate("sum({})", of_numbers=True),
    "expect_column_stdev_to_be_between": _aggregate("stddev_samp({})", of_numbers=True),
    "expect_column_proportion_of_non_null_values_to_be_between": _present_share,
    "expect_table_row_count_to_be_between": _row_count,
    "expect_table_row_count_to_equal": _row_count,
}
DISTINCT: Mapping[str, Callable[[Expectation, Types], Compiled]] = {
    "expect_column_unique_value_count_to_be_between": _unique_count,
    "expect_column_proportion_of_unique_values_to_be_between": _unique_share,
    "expect_column_distinct_values_to_be_in_set": _set(is_within=True, is_whole=False),
    "expect_column_distinct_values_to_contain_set": _set(is_within=False, is_whole=True),
    "expect_column_distinct_values_to_equal_set": _set(is_within=True, is_whole=True),
}
