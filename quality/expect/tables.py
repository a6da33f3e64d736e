"""Expectations on the table as a whole, and those that hold a query or a class of your own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

from lakeward.quality.expect.expectation import Common, Expectation, Rowwise, bounded, made

DEFINED_IN = "defined_in"
"""The key in `meta` of the module that defines a custom expectation."""


def column_to_exist(column: str, column_index: int | None = None, **told: Unpack[Common]) -> Expectation:
    """The table has the column."""
    return made("column_to_exist", {"column": column, "column_index": column_index}, told)


def column_type_to_be(column: str, type_: str, **told: Unpack[Common]) -> Expectation:
    """The column is of a Spark type, as `IntegerType`."""
    return made("column_type_to_be", {"column": column, "type_": type_}, told)


def table_row_count_to_be_between(
    min_value: int | None = None,
    max_value: int | None = None,
    *,
    strict_min: bool = False,
    strict_max: bool = False,
    **told: Unpack[Common],
) -> Expectation:
    """The rows number between two bounds."""
    return bounded("table_row_count_to_be_between", {}, min_value, max_value, strict_min, strict_max, told)


def table_row_count_to_equal(value: int, **told: Unpack[Common]) -> Expectation:
    """The rows number so many."""
    return made("table_row_count_to_equal", {"value": value}, told)


def table_column_count_to_be_between(
    min_value: int | None = None, max_value: int | None = None, **told: Unpack[Common]
) -> Expectation:
    """The columns number between two bounds."""
    return made("table_column_count_to_be_between", {"min_value": min_value, "max_value": max_value}, told)


def table_column_count_to_equal(value: int, **told: Unpack[Common]) -> Expectation:
    """The columns number so many."""
    return made("table_column_count_to_equal", {"value": value}, told)


def table_columns_to_match_ordered_list(column_list: Sequence[str], **told: Unpack[Common]) -> Expectation:
    """The columns are these, in this order."""
    return made("table_columns_to_match_ordered_list", {"column_list": column_list}, told)


def table_columns_to_match_set(
    column_set: Sequence[str], *, exact_match: bool = True, **told: Unpack[Common]
) -> Expectation:
    """The columns are these, in any order."""
    return made(
        "table_columns_to_match_set", {"column_set": column_set, "exact_match": exact_match}, told, exact_match=True
    )


def unexpected_rows(unexpected_rows_query: str, **told: Unpack[Common]) -> Expectation:
    """A query in Spark SQL finds no row: `SELECT * FROM {batch} WHERE …`."""
    expectation = made("", {"unexpected_rows_query": unexpected_rows_query}, told)
    return replace(expectation, type="unexpected_rows_expectation")


def custom(type_: str, arguments: Mapping[str, Any], defined_in: str, **told: Unpack[Rowwise]) -> Expectation:
    """Expect what a class of your own says, checked by GX's engine in the same run.

    Args:
        type_: GX's name of the class: `expect_beds_to_be_even` of `ExpectBedsToBeEven`.
        arguments: what the class takes.
        defined_in: the module that defines the class. It imports GX, so it is imported only when a table is checked;
            among declarations, give its file a name that begins with `_`.
        told: as everywhere.
    """
    expectation = made("", arguments, told)
    return replace(expectation, type=type_, meta={**expectation.meta, DEFINED_IN: defined_in})
