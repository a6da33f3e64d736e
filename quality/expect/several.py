"""Expectations on each row, over several columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from lakeward.quality.expect.expectation import Expectation, Rowwise, made


def column_pair_values_to_be_equal(
    column_A: str, column_B: str, *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """Two columns agree."""
    return made(
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
    return made(
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
    return made(
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
    return made("compound_columns_to_be_unique", {"column_list": column_list, "ignore_row_if": ignore_row_if}, told)


def select_column_values_to_be_unique_within_record(
    column_list: Sequence[str], *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """No two of these columns agree within a row."""
    return made(
        "select_column_values_to_be_unique_within_record",
        {"column_list": column_list, "ignore_row_if": ignore_row_if},
        told,
    )


def multicolumn_values_to_be_equal(
    column_list: Sequence[str], *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """All these columns agree."""
    return made("multicolumn_values_to_be_equal", {"column_list": column_list, "ignore_row_if": ignore_row_if}, told)


def multicolumn_sum_to_equal(
    column_list: Sequence[str], sum_total: float, *, ignore_row_if: str | None = None, **told: Unpack[Rowwise]
) -> Expectation:
    """These columns sum to a number in every row."""
    return made(
        "multicolumn_sum_to_equal",
        {"column_list": column_list, "sum_total": sum_total, "ignore_row_if": ignore_row_if},
        told,
    )
