"""Great Expectations' names and arguments, held as plain data: a suite loads without GX and without a session.

One function for each of GX's core expectations that can be asked of a table on Spark, named as there without
`expect_`. Arguments not given are left to GX's defaults. All take `severity`, `meta`, and `row_condition`: Spark SQL
that says which rows are meant, or a condition of GX as a dictionary. `mostly` is the share of rows (0–1) that must
hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypedDict, Unpack

Severity = Literal["critical", "warning", "info"]
Bound = float | str | None
Values = Sequence[Any]
DEFINED_IN = "defined_in"
"""The key in `meta` of the module that defines a custom expectation."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation: GX's own name of its type, its arguments, and how grave a breach is.

    A critical row expectation sends the rows that break it to quarantine, and refuses the delivery when fewer than
    `mostly` hold; a critical table expectation refuses the delivery. Anything less grave is recorded and shown.
    `also` is what a suite's file of GX says besides (`id`, `description`, `notes`): it changes no verdict, and is kept
    to be written back.
    """

    type: str
    arguments: Mapping[str, Any]
    severity: Severity = "critical"
    meta: Mapping[str, Any] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def about(self) -> str:
        """The columns it speaks of, for people."""
        return ", ".join(self.columns) or "table"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it speaks of."""
        told = self.arguments
        pair = tuple(told[each] for each in ("column_A", "column_B") if each in told)
        return (told["column"],) if "column" in told else pair or tuple(told.get("column_list", ()))


class Common(TypedDict, total=False):
    """What every expectation takes."""

    severity: Severity
    meta: Mapping[str, Any]
    row_condition: str | Mapping[str, Any] | None


class Rowwise(Common, total=False):
    """What every expectation on rows takes."""

    mostly: float


def _expect(type_: str, given: Mapping[str, Any], told: Common | Rowwise, **defaults: object) -> Expectation:
    """Keep what was given; tuples for lists, so that an expectation can be compared."""
    more = {key: value for key, value in told.items() if key not in ("severity", "meta") and value is not None}
    if isinstance(more.get("row_condition"), str):
        more["condition_parser"] = "spark"
    kept = {key: tuple(v) if isinstance(v, list | set) else v for key, v in given.items() if v != defaults.get(key)}
    return Expectation(f"expect_{type_}", kept | more, told.get("severity", "critical"), told.get("meta", {}))


def _bounded(
    type_: str, about: Mapping[str, Any], low: Bound, high: Bound, strict_min: bool, strict_max: bool, told: Common
) -> Expectation:
    bounds = {"min_value": low, "max_value": high, "strict_min": strict_min, "strict_max": strict_max}
    return _expect(type_, {**about, **bounds}, told, strict_min=False, strict_max=False)


def column_values_to_not_be_null(column: str, **told: Unpack[Rowwise]) -> Expectation:
    """Every row has a value."""
    return _expect("column_values_to_not_be_null", {"column": column}, told)


def column_values_to_be_null(column: str, **told: Unpack[Rowwise]) -> Expectation:
    """No row has a value."""
    return _expect("column_values_to_be_null", {"column": column}, told)


def column_values_to_be_unique(column: str, **told: Unpack[Rowwise]) -> Expectation:
    """No value occurs twice."""
    return _expect("column_values_to_be_unique", {"column": column}, told)


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
    return _bounded(
        "column_values_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told
    )


def column_values_to_be_in_set(column: str, value_set: Values, **told: Unpack[Rowwise]) -> Expectation:
    """Every value is one of a list; no value is no breach."""
    return _expect("column_values_to_be_in_set", {"column": column, "value_set": value_set}, told)


def column_values_to_not_be_in_set(column: str, value_set: Values, **told: Unpack[Rowwise]) -> Expectation:
    """No value is one of a list."""
    return _expect("column_values_to_not_be_in_set", {"column": column, "value_set": value_set}, told)


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
    return _bounded(
        "column_value_lengths_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told
    )


def column_value_lengths_to_equal(column: str, value: int, **told: Unpack[Rowwise]) -> Expectation:
    """Every text has so many letters."""
    return _expect("column_value_lengths_to_equal", {"column": column, "value": value}, told)


def column_values_to_match_regex(column: str, regex: str, **told: Unpack[Rowwise]) -> Expectation:
    """Every value holds a match of the pattern; no value is no breach."""
    return _expect("column_values_to_match_regex", {"column": column, "regex": regex}, told)


def column_values_to_not_match_regex(column: str, regex: str, **told: Unpack[Rowwise]) -> Expectation:
    """No value holds a match of the pattern."""
    return _expect("column_values_to_not_match_regex", {"column": column, "regex": regex}, told)


def column_values_to_match_regex_list(
    column: str, regex_list: Sequence[str], *, match_on: Literal["any", "all"] = "any", **told: Unpack[Rowwise]
) -> Expectation:
    """Every value holds a match of any, or of all, of some patterns."""
    return _expect(
        "column_values_to_match_regex_list",
        {"column": column, "regex_list": regex_list, "match_on": match_on},
        told,
        match_on="any",
    )


def column_values_to_not_match_regex_list(
    column: str, regex_list: Sequence[str], **told: Unpack[Rowwise]
) -> Expectation:
    """No value holds a match of any of some patterns."""
    return _expect("column_values_to_not_match_regex_list", {"column": column, "regex_list": regex_list}, told)


def column_values_to_match_strftime_format(column: str, strftime_format: str, **told: Unpack[Rowwise]) -> Expectation:
    """Every text is a time written in a format of Python's `strftime`."""
    return _expect(
        "column_values_to_match_strftime_format", {"column": column, "strftime_format": strftime_format}, told
    )


def column_values_to_be_json_parseable(column: str, **told: Unpack[Rowwise]) -> Expectation:
    """Every text is JSON."""
    return _expect("column_values_to_be_json_parseable", {"column": column}, told)


def column_values_to_match_json_schema(
    column: str, json_schema: Mapping[str, Any], **told: Unpack[Rowwise]
) -> Expectation:
    """Every text is JSON of a schema."""
    return _expect("column_values_to_match_json_schema", {"column": column, "json_schema": json_schema}, told)


def column_values_to_be_increasing(column: str, *, strictly: bool = False, **told: Unpack[Rowwise]) -> Expectation:
    """Each value is at least the one before it, in the order of the rows."""
    return _expect("column_values_to_be_increasing", {"column": column, "strictly": strictly}, told, strictly=False)


def column_values_to_be_decreasing(column: str, *, strictly: bool = False, **told: Unpack[Rowwise]) -> Expectation:
    """Each value is at most the one before it, in the order of the rows."""
    return _expect("column_values_to_be_decreasing", {"column": column, "strictly": strictly}, told, strictly=False)


def column_values_to_be_of_type(column: str, type_: str, **told: Unpack[Rowwise]) -> Expectation:
    """The column is of a Spark type, as `IntegerType`."""
    return _expect("column_values_to_be_of_type", {"column": column, "type_": type_}, told)


def column_values_to_be_in_type_list(column: str, type_list: Sequence[str], **told: Unpack[Rowwise]) -> Expectation:
    """The column is of one of some Spark types."""
    return _expect("column_values_to_be_in_type_list", {"column": column, "type_list": type_list}, told)


def column_value_z_scores_to_be_less_than(
    column: str, threshold: float, *, double_sided: bool, **told: Unpack[Rowwise]
) -> Expectation:
    """Every value lies within so many standard deviations of the mean."""
    return _expect(
        "column_value_z_scores_to_be_less_than",
        {"column": column, "threshold": threshold, "double_sided": double_sided},
        told,
    )


def column_values_to_not_be_outliers(
    column: str, *, method: Literal["iqr", "std"] = "iqr", multiplier: float = 1.5, **told: Unpack[Rowwise]
) -> Expectation:
    """No value lies far outside the middle of all."""
    return _expect(
        "column_values_to_not_be_outliers",
        {"column": column, "method": method, "multiplier": multiplier},
        told,
        method="iqr",
        multiplier=1.5,
    )


def column_pair_values_to_be_equal(
    column_A: str, column_B: str, *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """Two columns agree."""
    return _expect(
        "column_pair_values_to_be_equal",
        {"column_A": column_A, "column_B": column_B, "ignore_row_if": ignore_row_if},
        told,
    )


def column_pair_values_a_to_be_greater_than_b(
    column_A: str,
    column_B: str,
    *,
    or_equal: bool | None = None,
    ignore_row_if: str | None = None,
    **told: Unpack[Rowwise],
) -> Expectation:
    """The first column's value is greater than the second's."""
    return _expect(
        "column_pair_values_a_to_be_greater_than_b",
        {"column_A": column_A, "column_B": column_B, "or_equal": or_equal, "ignore_row_if": ignore_row_if},
        told,
    )


def column_pair_values_to_be_in_set(
    column_A: str,
    column_B: str,
    value_pairs_set: Sequence[tuple[Any, Any]],
    *,
    ignore_row_if: str | None = None,
    **told: Unpack[Rowwise],
) -> Expectation:
    """Two columns' values are one of some pairs."""
    return _expect(
        "column_pair_values_to_be_in_set",
        {
            "column_A": column_A,
            "column_B": column_B,
            "value_pairs_set": value_pairs_set,
            "ignore_row_if": ignore_row_if,
        },
        told,
    )


def compound_columns_to_be_unique(
    column_list: Sequence[str], *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """No two rows agree in all these columns."""
    return _expect("compound_columns_to_be_unique", {"column_list": column_list, "ignore_row_if": ignore_row_if}, told)


def select_column_values_to_be_unique_within_record(
    column_list: Sequence[str], *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """No two of these columns agree within a row."""
    return _expect(
        "select_column_values_to_be_unique_within_record",
        {"column_list": column_list, "ignore_row_if": ignore_row_if},
        told,
    )


def multicolumn_values_to_be_equal(
    column_list: Sequence[str], *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """All these columns agree."""
    return _expect("multicolumn_values_to_be_equal", {"column_list": column_list, "ignore_row_if": ignore_row_if}, told)


def multicolumn_sum_to_equal(
    column_list: Sequence[str], sum_total: float, *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """These columns sum to a number in every row."""
    return _expect(
        "multicolumn_sum_to_equal",
        {"column_list": column_list, "sum_total": sum_total, "ignore_row_if": ignore_row_if},
        told,
    )


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
    return _bounded("column_max_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


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
    return _bounded("column_min_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


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
    return _bounded("column_mean_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


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
    return _bounded(
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
    return _bounded("column_sum_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told)


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
    return _bounded(
        "column_stdev_to_be_between", {"column": column}, min_value, max_value, strict_min, strict_max, told
    )


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
    return _bounded(
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
    return _bounded(
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
    return _bounded(
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
    return _expect("column_distinct_values_to_be_in_set", {"column": column, "value_set": value_set}, told)


def column_distinct_values_to_contain_set(column: str, value_set: Values, **told: Unpack[Common]) -> Expectation:
    """Every value of a list occurs."""
    return _expect("column_distinct_values_to_contain_set", {"column": column, "value_set": value_set}, told)


def column_distinct_values_to_equal_set(column: str, value_set: Values, **told: Unpack[Common]) -> Expectation:
    """The values of a list occur, and no others."""
    return _expect("column_distinct_values_to_equal_set", {"column": column, "value_set": value_set}, told)


def column_most_common_value_to_be_in_set(
    column: str, value_set: Values, *, ties_okay: bool | None = None, **told: Unpack[Common]
) -> Expectation:
    """The value that occurs most is one of a list."""
    return _expect(
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
    return _expect(
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
    return _expect("column_kl_divergence_to_be_less_than", given | more, told, **defaults)


def column_to_exist(column: str, column_index: int | None = None, **told: Unpack[Common]) -> Expectation:
    """The table has the column."""
    return _expect("column_to_exist", {"column": column, "column_index": column_index}, told)


def column_type_to_be(column: str, type_: str, **told: Unpack[Common]) -> Expectation:
    """The column is of a Spark type, as `IntegerType`."""
    return _expect("column_type_to_be", {"column": column, "type_": type_}, told)


def table_row_count_to_be_between(
    min_value: int | None = None,
    max_value: int | None = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The rows number between two bounds."""
    return _bounded("table_row_count_to_be_between", {}, min_value, max_value, strict_min, strict_max, told)


def table_row_count_to_equal(value: int, **told: Unpack[Common]) -> Expectation:
    """The rows number so many."""
    return _expect("table_row_count_to_equal", {"value": value}, told)


def table_column_count_to_be_between(
    min_value: int | None = None, max_value: int | None = None, **told: Unpack[Common]
) -> Expectation:
    """The columns number between two bounds."""
    return _expect("table_column_count_to_be_between", {"min_value": min_value, "max_value": max_value}, told)


def table_column_count_to_equal(value: int, **told: Unpack[Common]) -> Expectation:
    """The columns number so many."""
    return _expect("table_column_count_to_equal", {"value": value}, told)


def table_columns_to_match_ordered_list(column_list: Sequence[str], **told: Unpack[Common]) -> Expectation:
    """The columns are these, in this order."""
    return _expect("table_columns_to_match_ordered_list", {"column_list": column_list}, told)


def table_columns_to_match_set(
    column_set: Sequence[str], *, exact_match: bool = True, **told: Unpack[Common]
) -> Expectation:
    """The columns are these, in any order."""
    return _expect(
        "table_columns_to_match_set", {"column_set": column_set, "exact_match": exact_match}, told, exact_match=True
    )


def unexpected_rows(unexpected_rows_query: str, **told: Unpack[Common]) -> Expectation:
    """A query in Spark SQL finds no row: `SELECT * FROM {batch} WHERE …`."""
    made = _expect("", {"unexpected_rows_query": unexpected_rows_query}, told)
    return replace(made, type="unexpected_rows_expectation")


def custom(type_: str, arguments: Mapping[str, Any], defined_in: str, **told: Unpack[Rowwise]) -> Expectation:
    """Expect what a class of your own says, checked by GX's engine in the same run.

    Args:
        type_: GX's name of the class: `expect_beds_to_be_even` of `ExpectBedsToBeEven`.
        arguments: what the class takes.
        defined_in: the module that defines the class. It imports GX, so it is imported only when a table is checked;
            among declarations, give its file a name that begins with `_`.
        told: as everywhere.
    """
    made = _expect("", arguments, told)
    return replace(made, type=type_, meta={**made.meta, DEFINED_IN: defined_in})
