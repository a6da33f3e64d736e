"""Expectations across tables, for curated ones: codes that must exist elsewhere, sums that must agree, rows that stay.

Great Expectations has no words for these; the names follow its manner. What they find is reported also where it is
within the tolerance: a gap between two agencies is told, never hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lakeward.quality.expect import Expectation, Severity
from lakeward.quality.result import Result

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

EXIST_IN = "expect_column_values_to_exist_in_table"
RECONCILE = "expect_sums_to_reconcile_with_table"
NEAR_LAST = "expect_table_row_count_to_be_near_last_release"
SHOWN = 20


def column_values_to_exist_in_table(
    column: str, table: str, table_column: str = "", *, mostly: float = 1.0, severity: Severity = "critical"
) -> Expectation:
    """Every value stands in a column of another table; no value is no breach.

    Args:
        column: a column of this table.
        table: an input's full name, as `silver.maps.villages`.
        table_column: its column; by default of the same name.
        mostly: the share of rows (0–1) that must hold.
        severity: what a breach does.
    """
    arguments = {"column": column, "table": table, "table_column": table_column or column, "mostly": mostly}
    return Expectation(EXIST_IN, arguments, severity)


def sums_to_reconcile_with_table(
    column: str,
    table: str,
    table_column: str = "",
    *,
    by: Sequence[str] = (),
    tolerance: float = 0.0,
    severity: Severity = "critical",
) -> Expectation:
    """The sums of a column agree with those of another table's, in all or for each group.

    Args:
        column: a column of numbers of this table.
        table: an input's full name.
        table_column: its column; by default of the same name; `*` counts its rows.
        by: columns that both tables have; a group that one of them lacks sums to 0 there.
        tolerance: the share (0–1) of the larger sum by which they may differ.
        severity: what a breach does.
    """
    arguments = {
        "column": column, "table": table, "table_column": table_column or column, "by": tuple(by),
        "tolerance": tolerance,
    }  # fmt: skip
    return Expectation(RECONCILE, arguments, severity)


def table_row_count_to_be_near_last_release(
    *, max_loss: float = 0.1, max_growth: float | None = None, severity: Severity = "critical"
) -> Expectation:
    """The rows number about as many as in the last release; without one there is no breach.

    Args:
        max_loss: the share (0–1) of the last release's rows that may be gone.
        max_growth: the share of them that may have come; by default any.
        severity: what a breach does.
    """
    return Expectation(NEAR_LAST, {"max_loss": max_loss, "max_growth": max_growth}, severity)


def is_across(expectation: Expectation) -> bool:
    """True for an expectation of this module."""
    return expectation.type in _CHECKS


def check(
    frame: DataFrame, expectation: Expectation, other: Callable[[str], DataFrame], last_rows: int | None
) -> Result:
    """Check one expectation of this module.

    Args:
        frame: the table that is checked.
        expectation: one for which `is_across` holds.
        other: gives another table by its full name, at the version that the check is to rest on.
        last_rows: rows of the last release; None when there is none.
    """
    return _CHECKS[expectation.type](frame, expectation, other, last_rows)


def _exist_in(
    frame: DataFrame, expectation: Expectation, other: Callable[[str], DataFrame], last_rows: int | None
) -> Result:
    from pyspark.sql import functions as F

    told = expectation.arguments
    column = F.col(f"`{told['column']}`")
    known = other(told["table"]).select(F.col(f"`{told['table_column']}`").alias("_value")).distinct()
    values = frame.groupBy(column.alias("_value")).agg(F.count("*").alias("_rows"))
    marked = values.join(known.withColumn("_known", F.lit(True)), "_value", "left")
    is_absent = F.col("_value").isNotNull() & F.col("_known").isNull()
    row = marked.agg(
        F.sum("_rows").alias("all"),
        F.sum(F.when(F.col("_value").isNull(), F.col("_rows"))).alias("missing"),
        F.sum(F.when(is_absent, F.col("_rows"))).alias("absent"),
        _least(F.when(is_absent, F.col("_value")), F.col("_value")).alias("shown"),
    ).first()
    rows, missing, absent, shown = (row[name] if row else None for name in ("all", "missing", "absent", "shown"))
    elements, present, broken = rows or 0, (rows or 0) - (missing or 0), absent or 0
    numbers = {
        "element_count": elements,
        "unexpected_count": broken,
        "unexpected_percent": 100 * broken / present if present else None,
        "partial_unexpected_list": list(shown or ()),
        "missing_count": missing or 0,
        "missing_percent": 100 * (missing or 0) / elements if elements else None,
        "unexpected_percent_total": 100 * broken / elements if elements else None,
        "unexpected_percent_nonmissing": 100 * broken / present if present else None,
    }
    return Result(expectation, not present or (present - broken) / present >= told["mostly"], numbers)


def _reconcile(
    frame: DataFrame, expectation: Expectation, other: Callable[[str], DataFrame], last_rows: int | None
) -> Result:
    from pyspark.sql import functions as F

    told = expectation.arguments
    by = list(told["by"])
    ours = frame.groupBy(*by).agg(_sum(told["column"]).alias("_ours"))
    theirs = other(told["table"]).groupBy(*by).agg(_sum(told["table_column"]).alias("_theirs"))
    same = [ours[name].eqNullSafe(theirs[name]) for name in by]
    both = ours.join(theirs, same, "full") if by else ours.crossJoin(theirs)
    keys = [F.coalesce(ours[name], theirs[name]).alias(name) for name in by]
    sums = both.select(*keys, *(F.coalesce(name, F.lit(0.0)).alias(name) for name in ("_ours", "_theirs")))
    gap = F.abs(F.col("_ours") - F.col("_theirs"))
    is_off = gap > F.lit(told["tolerance"]) * F.greatest(F.abs("_ours"), F.abs("_theirs"))
    group = F.struct(*by, F.col("_ours").alias("here"), F.col("_theirs").alias("there"))
    row = sums.agg(
        F.count("*").alias("groups"),
        F.sum("_ours").alias("here"),
        F.sum("_theirs").alias("there"),
        F.count_if(gap > 0).alias("differing"),
        F.count_if(is_off).alias("off"),
        F.max_by(F.when(gap > 0, group), gap, SHOWN).alias("shown"),
    ).first()
    numbers: dict[str, Any] = row.asDict(recursive=True) if row else {}
    shown = [each for each in numbers.pop("shown", None) or () if each]
    observed = {**numbers, "gap": (numbers.get("here") or 0.0) - (numbers.get("there") or 0.0), "widest": shown}
    return Result(expectation, not numbers.get("off"), {"observed_value": observed})


def _near_last(
    frame: DataFrame, expectation: Expectation, other: Callable[[str], DataFrame], last_rows: int | None
) -> Result:
    rows, told = frame.count(), expectation.arguments
    growth = None if not last_rows else rows / last_rows - 1
    holds = growth is None or (
        growth >= -told["max_loss"] and (told["max_growth"] is None or growth <= told["max_growth"])
    )
    return Result(expectation, holds, {"observed_value": {"rows": rows, "last": last_rows, "growth": growth}})


def _sum(column: str) -> Column:
    from pyspark.sql import functions as F

    return (F.count("*") if column == "*" else F.sum(f"`{column}`")).cast("double")


def _least(value: Column, order: Column) -> Column:
    from pyspark.sql import functions as F

    return F.filter(F.min_by(value, F.when(value.isNotNull(), order), SHOWN), lambda each: each.isNotNull())


_CHECKS: Mapping[str, Callable[..., Result]] = {EXIST_IN: _exist_in, RECONCILE: _reconcile, NEAR_LAST: _near_last}
