"""How far the spread of a column's values is from the expected one: the Kullback–Leibler divergence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from lakeward.quality.compiled import Answers, Compiled, Measure, rows_where
from lakeward.quality.compiler.arguments import MOMENTS, NUMBERS, Arguments, Types, comparable, type_of
from lakeward.quality.compiler.frequency import grouped
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled, condition, literal, name

DIVERGENCE = ("expect_column_kl_divergence_to_be_less_than",)


def compile_divergence(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on the spread of values, or of numbers over bins.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for these arguments.
    """
    told = expectation.arguments
    partition, threshold = told.get("partition_object"), told.get("threshold")
    if not isinstance(partition, Mapping):
        raise NotCompiled("it has no partition, so GX makes one")
    if threshold is not None and not (isinstance(threshold, int | float) and threshold >= 0):
        raise NotCompiled(f"its threshold is {threshold!r}")
    if not all(0 <= told.get(key, 0) <= 1 for key in ("tail_weight_holdout", "internal_weight_holdout")):
        raise NotCompiled("a holdout is no share")
    weights, tails = list(partition.get("weights", ())), list(partition.get("tail_weights", ()))
    if not math.isclose(sum(weights) + sum(tails), 1, rel_tol=1e-5):
        raise NotCompiled("the weights of its partition do not sum to 1")
    if len(partition.get("values", ())) == len(weights):
        return _of_values(expectation, types, list(partition["values"]), weights)
    if len(partition.get("bins", ())) == len(weights) + 1:
        return _of_bins(expectation, types, list(partition["bins"]), weights, tails)
    raise NotCompiled("its partition has not as many values or bins as weights")


def _of_values(expectation: Expectation, types: Types, values: list[Any], weights: list[float]) -> Compiled:
    told, holdout = expectation.arguments, expectation.arguments.get("tail_weight_holdout", 0)
    comparable(types, told["column"], *values)
    if type_of(types, told["column"]) in MOMENTS or len(set(values)) < len(values):
        raise NotCompiled("its values are times, or not all different")
    if told.get("internal_weight_holdout"):
        raise NotCompiled("an internal holdout is not for values")
    occurring = grouped(told, Measure("array_sort(collect_list(struct(_1, _rows)))"))

    def judge(answers: Answers) -> Result:
        found: dict[Any, int] = dict(answers[occurring] or ())
        strange = [value for value in found if value not in set(values)]
        known = [weight * (1 - holdout) if strange else weight for weight in weights]
        total = sum(found.values()) or 1
        observed = [found.get(value, 0) / total for value in [*values, *strange]]
        expected = [*known, *(holdout / len(strange) for _ in strange)]
        about = {"values": [*values, *strange]}
        return _compared(expectation, observed, expected, about | {"weights": observed}, about | {"weights": expected})

    return Compiled(expectation, (occurring,), judge)


def _of_bins(
    expectation: Expectation, types: Types, bins: list[float], weights: list[float], tails: list[float]
) -> Compiled:
    told = expectation.arguments
    holdout, inside = (told.get(f"{where}_weight_holdout", 0) for where in ("tail", "internal"))
    if type_of(types, told["column"]) not in NUMBERS or not told.get("bucketize_data", True):
        raise NotCompiled("its bins are of no numbers, or not to be used")
    if not all(map(math.isfinite, bins)) or any(a >= b for a, b in pairwise(bins)):
        raise NotCompiled("its bins are open, or not in order")
    if tails and (len(tails) != 2 or holdout):
        raise NotCompiled("the weights of its tails are told twice")
    counts = _counts(told, type_of(types, told["column"]), bins)
    present = Measure("count({})", name(told["column"]), condition(told))
    scaled = [weight * (1 - holdout - inside) for weight in weights]
    scaled = [weight or inside / scaled.count(0) for weight in scaled]
    outside = tails or [holdout / 2, holdout / 2]

    def judge(answers: Answers) -> Result:
        if not answers[present]:
            return Result(expectation, False, problem="the column is empty, so nothing is spread over bins")
        below, *within, at_end, above = (answers[each] / answers[present] for each in counts)
        within[-1] += at_end
        return _compared(
            expectation, [below, *within, above], [outside[0], *scaled, outside[1]],
            {"bins": bins, "weights": within, "tail_weights": [below, above]},
            {"bins": bins, "weights": scaled, "tail_weights": outside},
        )  # fmt: skip

    return Compiled(expectation, (*counts, present), judge)


def _counts(told: Arguments, kind: str, bins: Sequence[float]) -> list[Measure]:
    """Count values below the bins, in each but for its upper edge, at the end of the last, and above.

    GX lets Spark's Bucketizer count, to which -0.0 is less than 0.0.
    """
    column, every = name(told["column"]), f"({where})" if (where := condition(told)) else ""
    text = f"cast({column} as string)"
    over, under = {}, {}
    for edge in bins:
        at_zero = edge == 0 and kind in ("float", "double")
        over[edge] = f"({column} > 0 or {text} = '0.0')" if at_zero else f"{column} >= {literal(edge)}"
        under[edge] = f"({column} < 0 or {text} = '-0.0')" if at_zero else f"{column} < {literal(edge)}"
    inner = [f"{over[low]} and {under[high]}" for low, high in pairwise(bins)]
    first, last = (f"{column} {sign} {literal(edge)}" for sign, edge in (("<", bins[0]), ("=", bins[-1])))
    parts = [first, *inner, last, f"{column} > {literal(bins[-1])}"]
    return [rows_where(every, f"({each})") for each in parts]


def _compared(
    expectation: Expectation,
    observed: Sequence[float],
    expected: Sequence[float],
    seen: Mapping[str, Any],
    meant: Mapping[str, Any],
) -> Result:
    from scipy.stats import entropy  # comes with GX, and is slow to import

    divergence, threshold = float(entropy(observed, expected)), expectation.arguments.get("threshold")
    numbers = {
        "observed_value": divergence if math.isfinite(divergence) else None,
        "details": {"observed_partition": seen, "expected_partition": meant},
    }
    return Result(expectation, threshold is None or divergence <= threshold, numbers)
