"""Expectations on each value of one column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from lakeward.quality.expect.expectation import Bound, Expectation, Rowwise, Values, bounded, made


def column_values_to_not_be_null(column: str, **told: Unpack[Rowwise]) -> Expectation:
    """Every row has a value."""
    return made("column_values_to_not_be_null", {"column": column}, told)


def column_values_to_be_null(column: str, **told: Unpack[Rowwise]) -> Expectation:
    """No row has a value."""
    return made("column_values_to_be_null", {"column": column}, told)


def column_values_to_be_unique(column: str, **told: Unpack[Rowwise]) -> Expectation:
    """No value occurs twice."""
    return made("column_values_to_be_unique", {"column": column}, told)


def column_values_to_be_between(
    column: str,
    min_value: Bound = None,
    max_value: Bound = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Rowwise],
) -> Expectation:
    """Every value lies between two bounds; no value is no breach. Dates are written as ISO text."""
    return bounded(
        "column_values_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told
    )


def column_values_to_be_in_set(column: str, value_set: Values, **told: Unpack[Rowwise]) -> Expectation:
    """Every value is one of a list; no value is no breach."""
    return made("column_values_to_be_in_set", {"column": column, "value_set": value_set}, told)


def column_values_to_not_be_in_set(column: str, value_set: Values, **told: Unpack[Rowwise]) -> Expectation:
    """No value is one of a list."""
    return made("column_values_to_not_be_in_set", {"column": column, "value_set": value_set}, told)


def column_value_lengths_to_be_between(
    column: str,
    min_value: int | None = None,
    max_value: int | None = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Rowwise],
) -> Expectation:
    """Every text has between so many and so many letters."""
    return bounded(
        "column_value_lengths_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told
    )


def column_value_lengths_to_equal(column: str, value: int, **told: Unpack[Rowwise]) -> Expectation:
    """Every text has so many letters."""
    return made("column_value_lengths_to_equal", {"column": column, "value": value}, told)


def column_values_to_match_regex(column: str, regex: str, **told: Unpack[Rowwise]) -> Expectation:
    """Every value holds a match of the pattern; no value is no breach."""
    return made("column_values_to_match_regex", {"column": column, "regex": regex}, told)


def column_values_to_not_match_regex(column: str, regex: str, **told: Unpack[Rowwise]) -> Expectation:
    """No value holds a match of the pattern."""
    return made("column_values_to_not_match_regex", {"column": column, "regex": regex}, told)


def column_values_to_match_regex_list(
    column: str, regex_list: Sequence[str], *, match_on: Literal["any", "all"] = "any", **told: Unpack[Rowwise]
) -> Expectation:
    """Every value holds a match of any, or of all, of some patterns."""
    return made(
        "column_values_to_match_regex_list",
        {"column": column, "regex_list": regex_list, "match_on": match_on},
        told,
        match_on="any",
    )


def column_values_to_not_match_regex_list(
    column: str, regex_list: Sequence[str], **told: Unpack[Rowwise]
) -> Expectation:
    """No value holds a match of any of some patterns."""
    return made("column_values_to_not_match_regex_list", {"column": column, "regex_list": regex_list}, told)


def column_values_to_match_strftime_format(column: str, strftime_format: str, **told: Unpack[Rowwise]) -> Expectation:
    """Every text is a time written in a format of Python's `strftime`."""
    return made("column_values_to_match_strftime_format", {"column": column, "strftime_format": strftime_format}, told)


def column_values_to_be_json_parseable(column: str, **told: Unpack[Rowwise]) -> Expectation:
    """Every text is JSON."""
    return made("column_values_to_be_json_parseable", {"column": column}, told)


def column_values_to_match_json_schema(
    column: str, json_schema: Mapping[str, Any], **told: Unpack[Rowwise]
) -> Expectation:
    """Every text is JSON of a schema."""
    return made("column_values_to_match_json_schema", {"column": column, "json_schema": json_schema}, told)


def column_values_to_be_increasing(column: str, *, strictly: bool = False, **told: Unpack[Rowwise]) -> Expectation:
    """Each value is at least the one before it, in the order of the rows."""
    return made("column_values_to_be_increasing", {"column": column, "strictly": strictly}, told, strictly=False)


def column_values_to_be_decreasing(column: str, *, strictly: bool = False, **told: Unpack[Rowwise]) -> Expectation:
    """Each value is at most the one before it, in the order of the rows."""
    return made("column_values_to_be_decreasing", {"column": column, "strictly": strictly}, told, strictly=False)


def column_values_to_be_of_type(column: str, type_: str, **told: Unpack[Rowwise]) -> Expectation:
    """The column is of a Spark type, as `IntegerType`."""
    return made("column_values_to_be_of_type", {"column": column, "type_": type_}, told)


def column_values_to_be_in_type_list(column: str, type_list: Sequence[str], **told: Unpack[Rowwise]) -> Expectation:
    """The column is of one of some Spark types."""
    return made("column_values_to_be_in_type_list", {"column": column, "type_list": type_list}, told)


def column_value_z_scores_to_be_less_than(
    column: str, threshold: float, *, double_sided: bool, **told: Unpack[Rowwise]
) -> Expectation:
    """Every value lies within so many standard deviations of the mean."""
    return made(
        "column_value_z_scores_to_be_less_than",
        {"column": column, "threshold": threshold, "double_sided": double_sided},
        told,
    )


def column_values_to_not_be_outliers(
    column: str, *, method: Literal["iqr", "std"] = "iqr", multiplier: float = 1.5, **told: Unpack[Rowwise]
) -> Expectation:
    """No value lies far outside the middle of all."""
    return made(
        "column_values_to_not_be_outliers",
        {"column": column, "method": method, "multiplier": multiplier},
        told,
        method="iqr",
        multiplier=1.5,
    )
