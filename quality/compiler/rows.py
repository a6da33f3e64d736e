"""Expectations on single rows: of one column, of two, of several.

What GX does on Spark: rows outside `row_condition` do not exist, rows that it ignores are not judged, and a row breaks
the expectation when its condition is false. A condition that is NULL breaks nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from lakeward.quality import sums
from lakeward.quality.compiled import REPEATS, Bounds, Compiled, Grouping, rows_breaking
from lakeward.quality.compiler.arguments import INTEGRAL, NUMBERS, Arguments, Types, bounds_of, comparable, type_of
from lakeward.quality.compiler.beyond import beyond
from lakeward.quality.compiler.strftime import is_written_as
from lakeward.quality.compiler.verdict import on_rows, scope
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import NotCompiled, literal, name

PLAIN = re.compile(r"(\^?)([\w -]+)")
"""A pattern that is a text to be found, or to begin with."""
BIGINT_MAX = 2**63 - 1
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def compile_rows(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on rows.

    Args:
        expectation: one of `ROWS`.
        types: the table's columns and their Spark types.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for these arguments.
    """
    holds, _ = ROWS[expectation.type]
    told = expectation.arguments
    every, judged = scope(expectation)
    text = holds(told, types)
    broken = rows_breaking(text, every, judged)
    if not every:
        broken = replace(broken, bounds=_bounds(expectation), beyond=beyond(expectation, types))
    breaks = f"coalesce({broken.where}, false)"
    return on_rows(expectation, every, judged, broken, breaks=breaks, reason=reason(expectation))


def reason(expectation: Expectation) -> str:
    """Say in a few words why a row that breaks it is refused."""
    words = sums.WORDS if sums.parts_of(expectation) else ROWS[expectation.type][1](expectation.arguments)
    return f"{expectation.about}: {words}"


def compile_unique(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation that no two rows agree: one shuffle instead of GX's sort in windows."""
    every, judged = scope(expectation)
    where = " and ".join(filter(None, (every, judged)))
    by = tuple(name(each) for each in expectation.columns)
    return on_rows(expectation, every, judged, Grouping(by, where, REPEATS))


def _within(value: str, told: Arguments) -> str:
    low, high = bounds_of(told)
    parts = [f"{value} {'>' if told.get('strict_min') else '>='} {literal(low)}"] if low is not None else []
    parts += [f"{value} {'<' if told.get('strict_max') else '<='} {literal(high)}"] if high is not None else []
    return " and ".join(parts)


def _bounds(expectation: Expectation) -> Bounds | None:
    """Give the bounds of values that no row may break, where Python compares them as Spark does."""
    told = expectation.arguments
    if expectation.type != "expect_column_values_to_be_between" or told.get("mostly", 1) != 1:
        return None
    low, high = bounds_of(told)
    if not all(map(_is_plain, (low, high))):
        return None
    return Bounds(told["column"], low, high, bool(told.get("strict_min")), bool(told.get("strict_max")))


def _is_plain(bound: Any) -> bool:
    if isinstance(bound, str):
        return bool(DAY.fullmatch(bound))
    return bound is None or abs(bound) <= BIGINT_MAX or (isinstance(bound, float) and math.isinf(bound))


def _between(told: Arguments, types: Types) -> str:
    column = told["column"]
    comparable(types, column, *(bound for bound in bounds_of(told) if bound is not None))
    if type_of(types, column) in ("boolean", "string"):
        raise NotCompiled(f"{column} is of a type that GX does not order")
    return _within(name(column), told)


def _between_words(told: Arguments) -> str:
    low, high = told.get("min_value"), told.get("max_value")
    if low is None:
        return f"above {high}"
    return f"below {low}" if high is None else f"not between {low} and {high}"


def _in_set(told: Arguments, types: Types) -> str:
    values = told["value_set"]
    if not values:
        raise NotCompiled("its value_set is empty")
    comparable(types, told["column"], *values)
    return f"{name(told['column'])} in ({', '.join(map(literal, values))})"


def _text(told: Arguments, types: Types) -> str:
    if type_of(types, told["column"]) != "string":
        raise NotCompiled(f"{told['column']} is no text")
    return name(told["column"])


def _lengths(told: Arguments, types: Types) -> str:
    if any(bound is not None and not float(bound).is_integer() for bound in bounds_of(told)):
        raise NotCompiled("its bounds are no whole numbers")
    return _within(f"length({_text(told, types)})", told)


def _matches(text: str, pattern: str) -> str:
    """Give the SQL of a match; a plain text is found without the machinery of patterns."""
    if plain := PLAIN.fullmatch(pattern):
        start, found = plain.groups()
        return f"{'startswith' if start else 'contains'}({text}, {literal(found)})"
    return f"lakeward.matches({text}, {literal(pattern)})"


def _regex_list(told: Arguments, types: Types) -> str:
    patterns, text = told["regex_list"], _text(told, types)
    if not patterns:
        raise NotCompiled("its regex_list is empty")
    if told.get("match_on", "any") == "any":
        return _matches(text, "|".join(patterns))
    return " and ".join(_matches(text, each) for each in patterns)


def _no_regex_list(told: Arguments, types: Types) -> str:
    if not told["regex_list"]:
        raise NotCompiled("its regex_list is empty")
    return " and ".join(f"not {_matches(_text(told, types), each)}" for each in told["regex_list"])


def _pair(told: Arguments, types: Types) -> tuple[str, str]:
    first, second = told["column_A"], told["column_B"]
    if type_of(types, first) != type_of(types, second):
        raise NotCompiled(f"{first} and {second} are of different types")
    return name(first), name(second)


def _greater(told: Arguments, types: Types) -> str:
    first, second = _pair(told, types)
    return f"({first} >= {second}) or ({first} <=> {second})" if told.get("or_equal") else f"{first} > {second}"


def _pairs_in_set(told: Arguments, types: Types) -> str:
    pairs = told["value_pairs_set"]
    if not pairs:
        raise NotCompiled("its value_pairs_set is empty")
    if told.get("row_condition"):
        raise NotCompiled("GX counts the rows of its row_condition and judges all")
    first, second = told["column_A"], told["column_B"]
    for a, b in pairs:
        comparable(types, first, *([] if a is None else [a]))
        comparable(types, second, *([] if b is None else [b]))
    return " or ".join(
        f"({name(first)} <=> {literal(a)} and {name(second)} <=> {literal(b)})" for a, b in pairs
    )  # fmt: skip


def _alike(told: Arguments, types: Types) -> list[str]:
    columns = told["column_list"]
    if len({type_of(types, each) for each in columns}) != 1 or len(columns) < 2:
        raise NotCompiled("its columns are of different types")
    return [name(each) for each in columns]


def _sum(told: Arguments, types: Types) -> str:
    parts = []
    for column in told["column_list"]:
        kind = type_of(types, column)
        if kind not in NUMBERS:
            raise NotCompiled(f"{column} is no number")
        filled = f"coalesce({name(column)}, 0)"
        parts.append(f"cast({filled} as decimal(38, 0))" if kind in INTEGRAL else filled)
    return f"{' + '.join(parts)} = {literal(told['sum_total'])}"


Rule = tuple[Callable[[Arguments, Types], str], Callable[[Arguments], str]]
ROWS: Mapping[str, Rule] = {
    "expect_column_values_to_not_be_null": (
        lambda a, t: f"{name(a['column'])} is not null" if type_of(t, a["column"]) else "",
        lambda a: "no value",
    ),
    "expect_column_values_to_be_null": (
        lambda a, t: f"{name(a['column'])} is null" if type_of(t, a["column"]) else "",
        lambda a: "has a value",
    ),
    "expect_column_values_to_be_between": (_between, _between_words),
    "expect_column_values_to_be_in_set": (_in_set, lambda a: "not in the code list"),
    "expect_column_values_to_not_be_in_set": (lambda a, t: f"not {_in_set(a, t)}", lambda a: "a value that may not be"),
    "expect_column_value_lengths_to_be_between": (_lengths, lambda a: f"length {_between_words(a)}"),
    "expect_column_value_lengths_to_equal": (
        lambda a, t: f"length({_text(a, t)}) = {literal(a['value'])}",
        lambda a: f"length is not {a['value']}",
    ),
    "expect_column_values_to_match_regex": (
        lambda a, t: _matches(_text(a, t), a["regex"]),
        lambda a: f"does not match {a['regex']}",
    ),
    "expect_column_values_to_not_match_regex": (
        lambda a, t: f"not {_matches(_text(a, t), a['regex'])}",
        lambda a: f"matches {a['regex']}",
    ),
    "expect_column_values_to_match_regex_list": (
        _regex_list,
        lambda a: f"does not match {a.get('match_on', 'any')} of {', '.join(a['regex_list'])}",
    ),
    "expect_column_values_to_not_match_regex_list": (
        _no_regex_list,
        lambda a: f"matches one of {', '.join(a['regex_list'])}",
    ),
    "expect_column_values_to_match_strftime_format": (
        lambda a, t: is_written_as(_text(a, t), a["strftime_format"]),
        lambda a: f"not a time written as {a['strftime_format']}",
    ),
    "expect_column_pair_values_to_be_equal": (lambda a, t: " <=> ".join(_pair(a, t)), lambda a: "are not equal"),
    "expect_column_pair_values_a_to_be_greater_than_b": (_greater, lambda a: "the first is not greater"),
    "expect_column_pair_values_to_be_in_set": (_pairs_in_set, lambda a: "not a pair of the code list"),
    "expect_select_column_values_to_be_unique_within_record": (
        lambda a, t: f"not ({' or '.join(f'{x} <=> {y}' for x, y in combinations(_alike(a, t), 2))})",
        lambda a: "two of them are equal",
    ),
    "expect_multicolumn_values_to_be_equal": (
        lambda a, t: " and ".join(f"{_alike(a, t)[0]} <=> {each}" for each in _alike(a, t)[1:]),
        lambda a: "are not equal",
    ),
    "expect_multicolumn_sum_to_equal": (_sum, lambda a: f"do not sum to {a['sum_total']}"),
}
UNIQUE = ("expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")
