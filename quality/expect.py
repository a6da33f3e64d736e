"""Great Expectations' names and arguments, held as plain data: a suite loads without GX and without a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation: GX's own name of its type, its arguments, and how grave a breach is.

    A critical row expectation sends the rows that break it to quarantine; a critical table expectation refuses the
    delivery. A warning is recorded and shown.
    """

    type: str
    arguments: Mapping[str, Any]
    severity: Severity = "critical"

    @property
    def about(self) -> str:
        """The columns it speaks of, for people."""
        columns = self.arguments.get("column") or ", ".join(self.arguments.get("column_list", ())) or "table"
        return str(columns)


def column_values_to_not_be_null(column: str, *, severity: Severity = "critical") -> Expectation:
    """Every row has a value."""
    return Expectation("expect_column_values_to_not_be_null", {"column": column}, severity)


def column_values_to_be_between(
    column: str,
    min_value: float | str | None = None,
    max_value: float | str | None = None,
    *,
    severity: Severity = "critical",
) -> Expectation:
    """Every value lies between two bounds, both included; no value is no breach. Dates are written as ISO text."""
    arguments = {"column": column, "min_value": min_value, "max_value": max_value}
    return Expectation("expect_column_values_to_be_between", arguments, severity)


def column_values_to_be_in_set(
    column: str, value_set: Sequence[str | int], *, severity: Severity = "critical"
) -> Expectation:
    """Every value is one of a list; no value is no breach."""
    arguments = {"column": column, "value_set": tuple(value_set)}
    return Expectation("expect_column_values_to_be_in_set", arguments, severity)


def column_values_to_match_regex(column: str, regex: str, *, severity: Severity = "critical") -> Expectation:
    """Every value holds a match of the pattern; no value is no breach."""
    return Expectation("expect_column_values_to_match_regex", {"column": column, "regex": regex}, severity)


def compound_columns_to_be_unique(column_list: Sequence[str], *, severity: Severity = "critical") -> Expectation:
    """No two of the rows that are kept agree in all these columns."""
    return Expectation("expect_compound_columns_to_be_unique", {"column_list": tuple(column_list)}, severity)


def table_row_count_to_be_between(
    min_value: int | None = None, max_value: int | None = None, *, severity: Severity = "critical"
) -> Expectation:
    """The rows that are kept number between two bounds, both included."""
    arguments = {"min_value": min_value, "max_value": max_value}
    return Expectation("expect_table_row_count_to_be_between", arguments, severity)
