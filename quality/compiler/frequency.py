"""Expectations on how often values occur: the most common one, and the whole distribution."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from lakeward.quality.compiled import Answers, Compiled, Grouping, Measure
from lakeward.quality.compiler.arguments import MOMENTS, NUMBERS, Arguments, Types, comparable, type_of
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled, condition, literal, name


def compile_frequency(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on how often values occur.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for these arguments.
    """
    return FREQUENCY[expectation.type](expectation, types)


def grouped(told: Arguments, measure: Measure) -> Grouping:
    """Ask something of a column's values, each once, `_rows` being how often it occurs."""
    column, where = name(told["column"]), condition(told)
    present = f"{column} is not null"
    return Grouping((column,), f"({where}) and {present}" if where else present, measure)


def _most_common(expectation: Expectation, types: Types) -> Compiled:
    told = expectation.arguments
    if type_of(types, told["column"]) in MOMENTS:
        raise NotCompiled("GX turns times into pandas' own")
    wanted = set(told.get("value_set") or ())
    most = grouped(told, Measure("max({})", "_rows"))

    def judge(answers: Answers) -> Result | Compiled:
        if answers[most] is None:
            return Result(expectation, False, {"observed_value": []})
        theirs = grouped(told, Measure("array_sort(collect_list({}))", "_1", f"_rows = {answers[most]}"))
        return Compiled(expectation, (theirs,), lambda answers: verdict(answers[theirs]))

    def verdict(found: Sequence[Any]) -> Result:
        known = len(wanted.intersection(found))
        holds = known > 0 if told.get("ties_okay") else len(found) == 1 == known
        return Result(expectation, holds, {"observed_value": list(found)})

    return Compiled(expectation, (most,), judge, again=True)


def _divergence(expectation: Expectation, types: Types) -> Compiled:
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
    column, holdout, inside = (
        name(told["column"]),
        told.get("tail_weight_holdout", 0),
        told.get("internal_weight_holdout", 0),
    )
    if (
        type_of(types, told["column"]) not in NUMBERS
        or not all(map(math.isfinite, bins))
        or not told.get("bucketize_data", True)
    ):
        raise NotCompiled("its bins are open, or of no numbers, or not to be used")
    if any(a >= b for a, b in pairwise(bins)) or (tails and (len(tails) != 2 or holdout)):
        raise NotCompiled("its bins are not in order, or its tails are told twice")
    edges = [f"{column} < {literal(bins[0])}", *_inner(column, bins), f"{column} > {literal(bins[-1])}"]
    counts = [Measure("count_if({})", f"coalesce({each}, false)", condition(told)) for each in edges]
    present = Measure("count({})", column, condition(told))
    empty = weights.count(0)
    scaled = [weight * (1 - holdout - inside) or (inside / empty if empty else 0.0) for weight in weights]
    outside = tails or [holdout / 2, holdout / 2]

    def judge(answers: Answers) -> Result:
        if not answers[present]:
            return Result(expectation, False, problem="the column is empty, so nothing is spread over bins")
        below, *within, above = (answers[each] / answers[present] for each in counts)
        return _compared(
            expectation, [below, *within, above], [outside[0], *scaled, outside[1]],
            {"bins": bins, "weights": within, "tail_weights": [below, above]},
            {"bins": bins, "weights": scaled, "tail_weights": outside},
        )  # fmt: skip

    return Compiled(expectation, (*counts, present), judge)


def _inner(column: str, bins: Sequence[float]) -> list[str]:
    """Give the bins' conditions: each without its upper edge, but for the last."""
    pairs = list(pairwise(bins))
    return [
        f"{column} >= {literal(low)} and {column} {'<=' if n == len(pairs) else '<'} {literal(high)}"
        for n, (low, high) in enumerate(pairs, start=1)
    ]


def _compared(
    expectation: Expectation,
    observed: Sequence[float],
    expected: Sequence[float],
    seen: Mapping[str, Any],
    meant: Mapping[str, Any],
) -> Result:
    from scipy.stats import entropy  # of GX's own requirements, and slow to import

    divergence, threshold = float(entropy(observed, expected)), expectation.arguments.get("threshold")
    numbers = {
        "observed_value": divergence if math.isfinite(divergence) else None,
        "details": {"observed_partition": seen, "expected_partition": meant},
    }
    return Result(expectation, threshold is None or divergence <= threshold, numbers)


FREQUENCY: Mapping[str, Callable[[Expectation, Types], Compiled]] = {
    "expect_column_most_common_value_to_be_in_set": _most_common,
    "expect_column_kl_divergence_to_be_less_than": _divergence,
}
