"""Values at given places of a sorted column, exact and without sorting it.

The pass keeps a small sketch that bounds each place; a second look takes only the values between the bounds, grouped.
Up to `FEW` values it takes them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from lakeward.quality.compiled import Answers, Compiled, Grouping, Measure, Question, rows_where
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import literal

FEW = 10_000
ACCURACY = 10_000
MARGIN = 3 / ACCURACY
"""As a share of all values: the sketch errs by 1 / ACCURACY, and a place asked for lies a value or two off."""

Then = Callable[[int, list[float]], Result | Compiled]


def at_ranks(
    expectation: Expectation,
    value: str,
    where: str,
    shares: Sequence[float],
    ranks: Callable[[int], Sequence[int]],
    then: Then,
) -> Compiled:
    """Find values by their rank.

    Args:
        expectation: what is compiled.
        value: SQL of the column, a double; where it is NULL there is no value.
        where: SQL condition of the rows that count; empty for all.
        shares: about where (0–1) each rank lies.
        ranks: gives the ranks, from 1 on, of so many values: one a share.
        then: goes on with how many values there are, and those found.
    """
    count = Measure("count({})", value, where)
    edges = [min(max(share + margin, 0.0), 1.0) for share in shares for margin in (-MARGIN, MARGIN)]
    sketch = Measure(f"approx_percentile({{}}, array({', '.join(map(literal, edges))}), {ACCURACY})", value, where)

    def judge(answers: Answers) -> Result | Compiled:
        found = answers[count]
        if not found:
            return then(0, [])
        if found <= FEW:
            bounds = [(-math.inf, math.nan)] * len(shares)  # to Spark, NaN is the largest number
        else:
            told = iter(answers[sketch])
            bounds = list(zip(told, told, strict=True))
        return _looked_up(expectation, value, where, bounds, ranks(found), lambda values: then(found, values))

    return Compiled(expectation, (count, sketch), judge, again=True)


def _looked_up(
    expectation: Expectation,
    value: str,
    where: str,
    bounds: Sequence[tuple[float, float]],
    ranks: Sequence[int],
    then: Callable[[list[float]], Result | Compiled],
) -> Compiled:
    """Take the values between bounds and count those below them."""
    within = " or ".join(f"{value} between {literal(low)} and {literal(high)}" for low, high in dict.fromkeys(bounds))
    groups = Grouping(
        (value,), f"({where}) and ({within})" if where else f"({within})", Measure("collect_list(struct(_1, _rows))")
    )
    below = [rows_where(where and f"({where})", f"{value} < {literal(low)}") for low, _ in bounds]

    def judge(answers: Answers) -> Result | Compiled:
        kept = sorted(((row[0], row[1]) for row in answers[groups]), key=lambda each: (math.isnan(each[0]), each[0]))
        return then(
            [
                _at(rank - answers[less], [each for each in kept if not each[0] < low])
                for rank, less, (low, _) in zip(ranks, below, bounds, strict=True)
            ]
        )

    questions: Iterable[Question] = (groups, *below)
    return Compiled(expectation, tuple(dict.fromkeys(questions)), judge)


def _at(rank: int, groups: Sequence[tuple[float, int]]) -> float:
    for value, rows in groups:
        rank -= rows
        if rank <= 0:
            return value
    raise ValueError("the sketch left a value out")
