"""Expectations on single rows: of one column, of two, of several.

What GX does on Spark: rows outside `row_condition` do not exist, rows that it ignores are not judged, and a row breaks
the expectation when its condition is false. A condition that is NULL breaks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

from lakeward.quality.compiled import Answers, Compiled, Grouping, Measure, Question
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled, condition, literal, name

Arguments = Mapping[str, Any]
Types = Mapping[str, str]
INTEGRAL = ("tinyint", "smallint", "int", "bigint")
NUMBERS = (*INTEGRAL, "float", "double", "decimal")
MOMENTS = ("date", "timestamp", "timestamp_ntz")


def compile_rows(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on rows.

    Args:
        expectation: one of `ROWS`.
        types: the table's columns and their Spark types.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for these arguments.
    """
    holds, words = ROWS[expectation.type]
    told = expectation.arguments
    every, judged = _scope(expectation)
    text = holds(told, types)
    breaks = f"coalesce({' and '.join(filter(None, [every, judged, f'not ({text})']))}, false)"
    counted = Measure("count_if({})", breaks)
    return _on_rows(expectation, every, judged, counted, breaks=breaks, reason=f"{expectation.about}: {words(told)}")


def compile_unique(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation that no two rows agree: one shuffle instead of GX's sort in windows."""
    every, judged = _scope(expectation)
    where = " and ".join(f"({each})" for each in (every, judged) if each)
    of_groups = Measure("sum({})", "CASE WHEN _rows > 1 THEN _rows ELSE 0 END")
    by = tuple(name(each) for each in expectation.columns)
    return _on_rows(expectation, every, judged, Grouping(by, where, of_groups))


def _scope(expectation: Expectation) -> tuple[str, str]:
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
        judged = f"not ({nulls[0]})"
    else:
        way = told.get("ignore_row_if", "both_values_are_missing" if "column_A" in told else "all_values_are_missing")
        if way not in ways:
            raise NotCompiled(f"ignore_row_if is {way}")
        judged = f"not ({ways[way].join(nulls)})" if ways[way] else ""
    return (f"({every})" if every else ""), judged


def _on_rows(
    expectation: Expectation, every: str, judged: str, broken: Question, *, breaks: str = "", reason: str = ""
) -> Compiled:
    rows = Measure("count({})", where=every)
    considered = Measure("count({})", where=" and ".join(filter(None, [every, judged])))
    mostly = expectation.arguments.get("mostly", 1.0)
    if not isinstance(mostly, int | float):
        raise NotCompiled("mostly is no number")

    def judge(answers: Answers) -> Result:
        there, meant, bad = answers[rows], answers[considered], answers[broken] or 0
        if not there and "column" in expectation.arguments and expectation.type not in UNIQUE:
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


def type_of(types: Types, column: str) -> str:
    """Give a column's type without its sizes.

    Raises:
        NotCompiled: there is no such column.
    """
    if column not in types:
        raise NotCompiled(f"there is no column {column}")
    return types[column].partition("(")[0]


def comparable(types: Types, column: str, *values: Any) -> None:
    """Let values pass that Spark compares with a column as they are.

    Raises:
        NotCompiled: it would cast the one or the other.
    """
    kind = type_of(types, column)
    for value in values:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = (
            (is_number and kind in NUMBERS)
            or (isinstance(value, str) and kind in ("string", *MOMENTS))
            or (isinstance(value, bool) and kind == "boolean")
        )
        if not fits:
            raise NotCompiled(f"{value!r} is not of the type of {column}, {types[column]}")


def bounds_of(told: Arguments) -> tuple[Any, Any]:
    """Give the bounds, one of which must be there.

    Raises:
        NotCompiled: they are wrong, which GX says in its own words.
    """
    low, high = told.get("min_value"), told.get("max_value")
    if low is None and high is None:
        raise NotCompiled("it has no bound")
    if low is not None and high is not None and (isinstance(low, str) != isinstance(high, str) or low > high):
        raise NotCompiled("its bounds are not in order")
    return low, high


def _within(value: str, told: Arguments) -> str:
    low, high = bounds_of(told)
    parts = [f"{value} {'>' if told.get('strict_min') else '>='} {literal(low)}"] if low is not None else []
    parts += [f"{value} {'<' if told.get('strict_max') else '<='} {literal(high)}"] if high is not None else []
    return " and ".join(parts)


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


def _regex_list(told: Arguments, types: Types) -> str:
    patterns, text = told["regex_list"], _text(told, types)
    if not patterns:
        raise NotCompiled("its regex_list is empty")
    if told.get("match_on", "any") == "any":
        return f"{text} rlike {literal('|'.join(patterns))}"
    return " and ".join(f"{text} rlike {literal(each)}" for each in patterns)


def _no_regex_list(told: Arguments, types: Types) -> str:
    if not told["regex_list"]:
        raise NotCompiled("its regex_list is empty")
    return " and ".join(f"not {_text(told, types)} rlike {literal(each)}" for each in told["regex_list"])


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
        lambda a, t: f"{_text(a, t)} rlike {literal(a['regex'])}",
        lambda a: f"does not match {a['regex']}",
    ),
    "expect_column_values_to_not_match_regex": (
        lambda a, t: f"not {_text(a, t)} rlike {literal(a['regex'])}",
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
ANY_VALUE = ("expect_column_values_to_not_be_null", "expect_column_values_to_be_null")
