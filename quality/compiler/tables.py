"""Expectations on whole columns and tables: bounds of aggregates, sets of distinct values, columns and counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lakeward.quality.compiled import Answers, Compiled, Grouping, Measure
from lakeward.quality.compiler.rows import INTEGRAL, MOMENTS, comparable, type_of
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled, condition, literal, name

Types = Mapping[str, str]
SHOWN = 20


def compile_table(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on a column or a table as a whole.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for these arguments.
    """
    return TABLES[expectation.type](expectation, types)


def _bounded(expectation: Expectation, value: Any) -> Result:
    """Hold an observed value to its bounds; none, or not a number, breaks them."""
    told = expectation.arguments
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Result(expectation, False, {"observed_value": None})
    low, high = told.get("min_value"), told.get("max_value")
    is_above = low is None or (value > low if told.get("strict_min") else value >= low)
    is_below = high is None or (value < high if told.get("strict_max") else value <= high)
    observed = float(value) if isinstance(value, Decimal) else value
    return Result(expectation, bool(is_above and is_below), {"observed_value": observed})


def _check_bounds(expectation: Expectation, *kinds: type) -> None:
    for key in ("min_value", "max_value"):
        bound = expectation.arguments.get(key)
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, kinds)):
            raise NotCompiled(f"its {key} is {bound!r}")
    low, high = (expectation.arguments.get(key) for key in ("min_value", "max_value"))
    if low is not None and high is not None and low > high:
        raise NotCompiled("its bounds are not in order")


def _aggregate(sql: str, *, of_numbers: bool) -> Callable[[Expectation, Types], Compiled]:
    def compiled(expectation: Expectation, types: Types) -> Compiled:
        told = expectation.arguments
        kind = type_of(types, told["column"])
        if of_numbers and kind not in ("int", "bigint", "float", "double", "decimal"):
            raise NotCompiled(f"{told['column']} is no number")
        if kind in ("boolean", *MOMENTS):
            raise NotCompiled(f"GX turns bounds into values of {kind} in its own way")
        _check_bounds(expectation, *(() if kind == "string" else (int, float, Decimal)))
        value = name(told["column"])
        if sql.startswith("sum") and kind in INTEGRAL:
            value = f"cast({value} as double)"
        asked = Measure(sql, value, condition(told))
        return Compiled(expectation, (asked,), lambda answers: _bounded(expectation, answers[asked]))

    return compiled


def _distinct(where: str, column: str, measure: Measure) -> Grouping:
    present = f"{name(column)} is not null"
    return Grouping((name(column),), f"({where}) and {present}" if where else present, measure)


def _unique_count(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    type_of(types, told["column"])
    _check_bounds(expectation, int, float)
    asked = _distinct(condition(told), told["column"], Measure("count({})"))
    return Compiled(expectation, (asked,), lambda answers: _bounded(expectation, answers[asked] or 0))


def _unique_share(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    type_of(types, told["column"])
    _check_bounds(expectation, int, float)
    asked = _distinct(condition(told), told["column"], Measure("count({})"))
    present = Measure("count({})", name(told["column"]), condition(told))

    def judge(answers: Answers) -> Result:
        return _bounded(expectation, (answers[asked] or 0) / answers[present] if answers[present] else 0)

    return Compiled(expectation, (asked, present), judge)


def _present_share(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    type_of(types, told["column"])
    _check_bounds(expectation, int, float)
    rows = Measure("count({})", where=condition(told))
    present = Measure("count({})", name(told["column"]), condition(told))

    def judge(answers: Answers) -> Result:
        return _bounded(expectation, answers[present] / answers[rows] if answers[rows] else 0)

    return Compiled(expectation, (rows, present), judge)


def _set(*, is_within: bool, is_whole: bool) -> Callable[[Expectation, Types], Compiled]:
    """Compile the three expectations on the set of distinct values: within a list, the whole list, or both."""

    def compiled(expectation: Expectation, types: Types) -> Compiled:
        told = expectation.arguments
        values = tuple(dict.fromkeys(told.get("value_set") or ()))
        if not values or type_of(types, told["column"]) in MOMENTS:
            raise NotCompiled("its value_set is empty, or of times")
        comparable(types, told["column"], *values)
        listed = f"_1 in ({', '.join(map(literal, values))})"
        others = _distinct(condition(told), told["column"], Measure("count_if({})", f"not {listed}"))
        shown = _distinct(
            condition(told), told["column"], Measure(f"min_by({{}}, {{}}, {SHOWN})", "_1", f"not {listed}")
        )
        found = [
            _distinct(condition(told), told["column"], Measure("count_if({})", f"_1 = {literal(value)}"))
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
    _check_bounds(expectation, int)

    def judge(answers: Answers) -> Result:
        if "value" in expectation.arguments:
            there = answers[rows]
            return Result(expectation, there == expectation.arguments["value"], {"observed_value": there})
        return _bounded(expectation, answers[rows])

    return Compiled(expectation, (rows,), judge)


def _at_once(say: Callable[[Mapping[str, Any], Types], tuple[bool, dict[str, Any]]]) -> Any:
    """Compile an expectation whose verdict the schema alone gives."""

    def compiled(expectation: Expectation, types: Types) -> Compiled:
        success, numbers = say(expectation.arguments, types)
        return Compiled(expectation, (), lambda _: Result(expectation, success, numbers))

    return compiled


def _column_count(told: Mapping[str, Any], types: Types) -> tuple[bool, dict[str, Any]]:
    count = len(types)
    if "value" in told:
        return count == told["value"], {"observed_value": count}
    low, high = told.get("min_value"), told.get("max_value")
    if low is not None and high is not None and low > high:
        raise NotCompiled("its bounds are not in order")
    return (low is None or count >= low) and (high is None or count <= high), {"observed_value": count}


def _exists(told: Mapping[str, Any], types: Types) -> tuple[bool, dict[str, Any]]:
    if told.get("column_index"):
        raise NotCompiled("it asks for a place")
    return told["column"] in types, {}


TABLES: Mapping[str, Callable[[Expectation, Types], Compiled]] = {
    "expect_column_max_to_be_between": _aggregate("max({})", of_numbers=False),
    "expect_column_min_to_be_between": _aggregate("min({})", of_numbers=False),
    "expect_column_mean_to_be_between": _aggregate("avg({})", of_numbers=True),
    "expect_column_sum_to_be_between": _aggregate("sum({})", of_numbers=True),
    "expect_column_stdev_to_be_between": _aggregate("stddev_samp({})", of_numbers=True),
    "expect_column_unique_value_count_to_be_between": _unique_count,
    "expect_column_proportion_of_unique_values_to_be_between": _unique_share,
    "expect_column_proportion_of_non_null_values_to_be_between": _present_share,
    "expect_column_distinct_values_to_be_in_set": _set(is_within=True, is_whole=False),
    "expect_column_distinct_values_to_contain_set": _set(is_within=False, is_whole=True),
    "expect_column_distinct_values_to_equal_set": _set(is_within=True, is_whole=True),
    "expect_table_row_count_to_be_between": _row_count,
    "expect_table_row_count_to_equal": _row_count,
    "expect_table_column_count_to_be_between": _at_once(_column_count),
    "expect_table_column_count_to_equal": _at_once(_column_count),
    "expect_column_to_exist": _at_once(_exists),
}
