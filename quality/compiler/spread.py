"""Expectations on where the middle of a column lies, and how far rows lie from it: two looks, one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lakeward.quality.compiled import Answers, Compiled, Measure, rows_breaking
from lakeward.quality.compiler.arguments import NUMBERS, Arguments, Types, check_bounds, type_of
from lakeward.quality.compiler.ranks import at_ranks
from lakeward.quality.compiler.verdict import bounded, on_rows, scope
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled, condition, literal, name


def compile_spread(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on quantiles, or on rows by their distance from the middle.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for these arguments.
    """
    return SPREAD[expectation.type](expectation, types)


def _number(told: Arguments, types: Types) -> str:
    if type_of(types, told["column"]) not in NUMBERS:
        raise NotCompiled(f"{told['column']} is no number")
    return name(told["column"])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _median(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    value = _without_nan(_number(told, types))
    check_bounds(told, int, float)
    return at_ranks(
        expectation, value, condition(told), (0.5, 0.5), lambda count: (math.ceil(count / 2), count // 2 + 1),
        lambda _, found: bounded(expectation, sum(found) / 2 if found else None),
    )  # fmt: skip


def _quantiles(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    value = _without_nan(_number(told, types))
    if told.get("allow_relative_error"):
        raise NotCompiled("it allows an error, and GX's depends on the partitions")
    quantiles, ranges = list(told["quantile_ranges"]["quantiles"]), list(told["quantile_ranges"]["value_ranges"])
    bounds = [bound for each in ranges for bound in each if bound is not None]
    if len(ranges) != len(quantiles) or not all(map(_is_number, [*quantiles, *bounds])):
        raise NotCompiled("its quantiles and their ranges are not numbers, as many of the one as of the other")
    if not quantiles or not all(0 <= each <= 1 for each in quantiles):
        raise NotCompiled("its quantiles are not between 0 and 1")

    def then(_: int, found: list[float]) -> Result:
        values: Sequence[float | None] = found or [None] * len(quantiles)
        held = [_is_within(value, *each) for value, each in zip(values, ranges, strict=True)]
        observed = {"quantiles": quantiles, "values": list(values)}
        return Result(expectation, all(held), {"observed_value": observed, "details": {"success_details": held}})

    return at_ranks(
        expectation, value, condition(told), quantiles,
        lambda count: [max(1, math.ceil(each * count)) for each in quantiles], then,
    )  # fmt: skip


def _without_nan(value: str) -> str:
    return f"nullif(cast({value} as double), double('NaN'))"


def _is_within(value: float | None, low: float | None, high: float | None) -> bool:
    """Hold a quantile to its range as GX does, which lets it miss by a ten-thousandth."""
    if value is None:
        return False
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    near = (bound for bound in (low, high) if value == bound or abs(value - bound) <= 1e-8 + 1e-4 * abs(bound))
    return low <= value <= high or any(math.isfinite(bound) or value == bound for bound in near)


def _far_rows(expectation: Expectation, types: Types, holds: str) -> Compiled:
    """Count the rows for which a condition does not hold, now that it can be written."""
    every, judged = scope(expectation)
    return on_rows(expectation, every, judged, rows_breaking(holds, every, judged))


def _mean_and_deviation(told: Arguments, value: str) -> tuple[Measure, Measure]:
    mean, deviation = (
        Measure(sql, value, condition(told), is_of_doubles=True) for sql in ("avg({})", "stddev_samp({})")
    )
    return mean, deviation


def _z_scores(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    value, threshold = _number(told, types), told["threshold"]
    if type_of(types, told["column"]) in ("tinyint", "smallint") or not _is_number(threshold):
        raise NotCompiled("GX has no mean of it, or its threshold is no number")
    mean, deviation = _mean_and_deviation(told, value)

    def judge(answers: Answers) -> Compiled:
        if not answers[deviation] or math.isnan(answers[deviation]):
            return _far_rows(expectation, types, "true")
        score = f"({value} - {literal(float(answers[mean]))}) / {literal(answers[deviation])}"
        if told.get("double_sided"):
            return _far_rows(expectation, types, f"abs({score}) < {literal(abs(threshold))}")
        return _far_rows(expectation, types, f"{score} < {literal(threshold)}")

    return Compiled(expectation, (mean, deviation), judge, again=True)


def _outliers(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    value, multiplier = _number(told, types), told.get("multiplier", 1.5)
    if not _is_number(multiplier):
        raise NotCompiled("its multiplier is no number")
    if told.get("method", "iqr") == "std":
        mean, deviation = _mean_and_deviation(told, value)

        def judge(answers: Answers) -> Compiled:
            middle, spread = _finite(answers[mean]), _finite(answers[deviation])
            if middle is None or spread is None:
                return _far_rows(expectation, types, "true")
            if multiplier * spread <= 0:
                return _far_rows(expectation, types, f"{value} = {literal(middle)}")
            return _far_rows(expectation, types, f"abs({value} - {literal(middle)}) < {literal(multiplier * spread)}")

        return Compiled(expectation, (mean, deviation), judge, again=True)
    if told.get("method", "iqr") != "iqr":
        raise NotCompiled(f"its method is {told['method']}")

    def then(count: int, found: list[float]) -> Compiled:
        low, high = (_between(count, share, found[n : n + 2]) for n, share in ((0, 0.25), (2, 0.75)))
        if low is None or high is None or not math.isfinite(reach := multiplier * (high - low)):
            return _far_rows(expectation, types, "true")
        return _far_rows(
            expectation, types, f"{value} >= {literal(low - reach)} and {value} <= {literal(high + reach)}"
        )

    return at_ranks(
        expectation, f"cast({value} as double)", condition(told), (0.25, 0.25, 0.75, 0.75),
        lambda count: [rank for share in (0.25, 0.75) for rank in _neighbours((count - 1) * share)], then,
    )  # fmt: skip


def _neighbours(place: float) -> tuple[int, int]:
    return math.floor(place) + 1, math.ceil(place) + 1


def _between(count: int, share: float, found: Sequence[float]) -> float | None:
    """Give Spark's `percentile`: between its two neighbours, in proportion."""
    if not found:
        return None
    place, (low, high) = (count - 1) * share, found
    below, above = math.floor(place), math.ceil(place)
    return _finite(low if low == high or below == above else (above - place) * low + (place - below) * high)


def _finite(value: float | Decimal | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


SPREAD: Mapping[str, Callable[[Expectation, Types], Compiled]] = {
    "expect_column_median_to_be_between": _median,
    "expect_column_quantile_values_to_be_between": _quantiles,
    "expect_column_value_z_scores_to_be_less_than": _z_scores,
    "expect_column_values_to_not_be_outliers": _outliers,
}
