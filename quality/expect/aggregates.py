"""Expectations on what one column comes to: its bounds, mean, share, set of values, spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

from lakeward.quality.expect.expectation import Bound, Common, Expectation, Values, bounded, made


def column_max_to_be_between(
    column: str,
    min_value: Bound = None,
    max_value: Bound = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The largest value lies between two bounds."""
    return bounded("column_max_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


def column_min_to_be_between(
    column: str,
    min_value: Bound = None,
    max_value: Bound = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The smallest value lies between two bounds."""
    return bounded("column_min_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


def column_mean_to_be_between(
    column: str,
    min_value: Bound = None,
    max_value: Bound = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The mean lies between two bounds."""
    return bounded("column_mean_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


def column_median_to_be_between(
    column: str,
    min_value: Bound = None,
    max_value: Bound = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The median lies between two bounds."""
    return bounded(
        "column_median_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told
    )


def column_sum_to_be_between(
    column: str,
    min_value: Bound = None,
    max_value: Bound = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The sum lies between two bounds."""
    return bounded("column_sum_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


def column_stdev_to_be_between(
    column: str,
    min_value: Bound = None,
    max_value: Bound = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The sample standard deviation lies between two bounds."""
    return bounded("column_stdev_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


def column_unique_value_count_to_be_between(
    column: str,
    min_value: int | None = None,
    max_value: int | None = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """So many different values occur."""
    return bounded(
        "column_unique_value_count_to_be_between",
        {"column": column},
        min_value,
        max_value,
        strict_min,
        strict_max,
        told,
    )


def column_proportion_of_unique_values_to_be_between(
    column: str,
    min_value: float | None = None,
    max_value: float | None = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The different values are such a share (0–1) of all values."""
    return bounded(
        "column_proportion_of_unique_values_to_be_between",
        {"column": column},
        min_value,
        max_value,
        strict_min,
        strict_max,
        told,
    )


def column_proportion_of_non_null_values_to_be_between(
    column: str,
    min_value: float | None = None,
    max_value: float | None = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The rows with a value are such a share (0–1) of all."""
    return bounded(
        "column_proportion_of_non_null_values_to_be_between",
        {"column": column},
        min_value,
        max_value,
        strict_min,
        strict_max,
        told,
    )


def column_distinct_values_to_be_in_set(column: str, value_set: Values, **told: Unpack[Common]) -> Expectation:
    """No value occurs but those of a list."""
    return made("column_distinct_values_to_be_in_set", {"column": column, "value_set": value_set}, told)


def column_distinct_values_to_contain_set(column: str, value_set: Values, **told: Unpack[Common]) -> Expectation:
    """Every value of a list occurs."""
    return made("column_distinct_values_to_contain_set", {"column": column, "value_set": value_set}, told)


def column_distinct_values_to_equal_set(column: str, value_set: Values, **told: Unpack[Common]) -> Expectation:
    """The values of a list occur, and no others."""
    return made("column_distinct_values_to_equal_set", {"column": column, "value_set": value_set}, told)


def column_most_common_value_to_be_in_set(
    column: str, value_set: Values, *, ties_okay: bool | None = None, **told: Unpack[Common]
) -> Expectation:
    """The value that occurs most is one of a list."""
    return made(
        "column_most_common_value_to_be_in_set",
        {"column": column, "value_set": value_set, "ties_okay": ties_okay},
        told,
    )


def column_quantile_values_to_be_between(
    column: str,
    quantile_ranges: Mapping[str, Any],
    *,
    allow_relative_error: bool | float = False,
    **told: Unpack[Common],
) -> Expectation:
    """Quantiles lie in their ranges: `{"quantiles": […], "value_ranges": [[low, high], …]}`."""
    return made(
        "column_quantile_values_to_be_between",
        {"column": column, "quantile_ranges": quantile_ranges, "allow_relative_error": allow_relative_error},
        told,
        allow_relative_error=False,
    )


def column_kl_divergence_to_be_less_than(
    column: str,
    partition_object: Mapping[str, Any] | None,
    threshold: float | None,
    *,
    bucketize_data: bool = True,
    tail_weight_holdout: float = 0,
    internal_weight_holdout: float = 0,
    **told: Unpack[Common],
) -> Expectation:
    """The values are spread as a partition says, within a Kullback–Leibler divergence.

    A partition is `{"values": […], "weights": […]}` or `{"bins": […], "weights": […]}`; the holdouts (0–1) are the
    weight given to values outside it, and to bins whose weight is 0.
    """
    given = {"column": column, "partition_object": partition_object, "threshold": threshold}
    more = {
        "bucketize_data": bucketize_data,
        "tail_weight_holdout": tail_weight_holdout,
        "internal_weight_holdout": internal_weight_holdout,
    }
    defaults = {"bucketize_data": True, "tail_weight_holdout": 0, "internal_weight_holdout": 0}
    return made("column_kl_divergence_to_be_less_than", given | more, told, **defaults)
