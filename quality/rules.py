"""Compiles expectations to SQL text: what breaks a row, and what a table must show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lakeward.lake.errors import UsageError
from lakeward.quality.expect import Expectation

Arguments = Mapping[str, Any]


def is_row_rule(expectation: Expectation) -> bool:
    """True when the expectation speaks of single rows."""
    return expectation.type in ROW_RULES


def breaks_when(expectation: Expectation) -> str:
    """Give the SQL condition that is true for a row which breaks the expectation, never null."""
    return ROW_RULES[_known(expectation, ROW_RULES)][0](expectation.arguments)


def reason(expectation: Expectation) -> str:
    """Say in a few words why a row that breaks the expectation was refused."""
    return f"{expectation.about}: {ROW_RULES[_known(expectation, ROW_RULES)][1](expectation.arguments)}"


def observed(expectation: Expectation) -> str:
    """Give the SQL aggregate that a table expectation judges."""
    return TABLE_RULES[_known(expectation, TABLE_RULES)][0](expectation.arguments)


def holds(expectation: Expectation, value: float) -> bool:
    """Judge what was observed of a table."""
    return TABLE_RULES[_known(expectation, TABLE_RULES)][1](expectation.arguments, value)


def _known(expectation: Expectation, rules: Mapping[str, object]) -> str:
    if expectation.type not in rules:
        raise UsageError(
            f"{expectation.type} is not an expectation that lakeward knows",
            remedy=f"use one of {', '.join(sorted({*ROW_RULES, *TABLE_RULES}))}",
        )
    return expectation.type


def _name(arguments: Arguments) -> str:
    return "`{}`".format(str(arguments["column"]).replace("`", "``"))


def _literal(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return "'{}'".format(str(value).replace("\\", "\\\\").replace("'", "\\'"))


def _between(arguments: Arguments) -> str:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    bounds = [f"{_name(arguments)} < {_literal(low)}"] if low is not None else []
    bounds += [f"{_name(arguments)} > {_literal(high)}"] if high is not None else []
    return f"coalesce({' or '.join(bounds) or 'false'}, false)"


def _between_words(arguments: Arguments) -> str:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if low is None:
        return f"above {high}"
    return f"below {low}" if high is None else f"not between {low} and {high}"


def _in_set(arguments: Arguments) -> str:
    allowed = ", ".join(_literal(value) for value in arguments["value_set"])
    return f"coalesce({_name(arguments)} not in ({allowed}), false)"


def _no_match(arguments: Arguments) -> str:
    return f"coalesce(not rlike({_name(arguments)}, {_literal(arguments['regex'])}), false)"


def _count_within(arguments: Arguments, value: float) -> bool:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    return (low is None or value >= low) and (high is None or value <= high)


def _repeats(arguments: Arguments) -> str:
    columns = ", ".join(_name({"column": column}) for column in arguments["column_list"])
    return f"count(1) - count(distinct struct({columns}))"


ROW_RULES: Mapping[str, tuple[Callable[[Arguments], str], Callable[[Arguments], str]]] = {
    "expect_column_values_to_not_be_null": (lambda a: f"{_name(a)} is null", lambda a: "no value"),
    "expect_column_values_to_be_between": (_between, _between_words),
    "expect_column_values_to_be_in_set": (_in_set, lambda a: "not in the code list"),
    "expect_column_values_to_match_regex": (_no_match, lambda a: f"does not match {a['regex']}"),
}

TABLE_RULES: Mapping[str, tuple[Callable[[Arguments], str], Callable[[Arguments, float], bool]]] = {
    "expect_table_row_count_to_be_between": (lambda a: "count(1)", _count_within),
    "expect_compound_columns_to_be_unique": (_repeats, lambda a, value: value == 0),
}
