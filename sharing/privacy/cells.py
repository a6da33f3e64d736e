"""Small cells: which rows to hide so that no small count is told, nor can be reckoned from totals and other rows.

A row is shown or hidden as a whole. Known are all rows that are shown and the totals of the declared groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lakeward.pipelines.disclosure import Disclosure

Key = tuple[object, ...]
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Cells:
    """A table of counts as numbers.

    Args:
        k: below which a count is small.
        keys: what each row is of.
        counts: each count, and what is left of a whole without its part; none where a row is hidden or untold.
        groups: rows whose total is known.
        hidden: rows that are hidden already.
    """

    k: int
    keys: tuple[Key, ...]
    counts: tuple[tuple[int | None, ...], ...]
    groups: tuple[tuple[int, ...], ...]
    hidden: frozenset[int]

    @property
    def small(self) -> set[int]:
        """The rows with a small count that is shown."""
        return {at for count in self.counts for at, value in enumerate(count) if value and 0 < value < self.k}

    @property
    def smallest(self) -> int | None:
        """The smallest count above 0."""
        return min((value for count in self.counts for value in count if value), default=None)


def cells(rows: pa.Table, rule: Disclosure, key: Sequence[str]) -> Cells:
    """Read a table's counts.

    Args:
        rows: with the columns of the rule and of the key.
        rule: its disclosure.
        key: its key columns.
    """
    told = {name: rows.column(name).to_pylist() for name in {*key, *rule.columns} & set(rows.schema.names)}
    hidden = frozenset(at for at, is_so in enumerate(told.get(rule.hidden, ())) if is_so)
    counts = [tuple(told[name]) for name in rule.counts]
    for part, whole in rule.parts:
        pairs = zip(told[part], told[whole], strict=True)
        counts.append(tuple(None if a is None or b is None else b - a for a, b in pairs))
    groups: dict[tuple[int, Key], list[int]] = defaultdict(list)
    for number, names in enumerate(rule.within):
        for at, group in enumerate(zip(*(told[name] for name in names), strict=True) if names else [()] * len(rows)):
            groups[number, group].append(at)
    keys = tuple(zip(*(told[name] for name in key), strict=True)) if key else tuple((at,) for at in range(len(rows)))
    return Cells(rule.k, keys, tuple(counts), tuple(map(tuple, groups.values())), hidden)


def to_hide(told: Cells, also: Iterable[Key] = ()) -> set[int]:
    """Choose the rows to hide: the small ones, those of `also`, and the smallest others that it takes.

    A group of which nothing is left to hide is hidden whole: its total is small then, wherever it is told.
    """
    also = set(also)
    hidden = told.small | told.hidden | {at for at, key in enumerate(told.keys) if key in also}
    of_row = defaultdict(list)
    for group in told.groups:
        for at in group:
            of_row[at].append(group)
    while True:
        while more := set(_complements(told, hidden)):
            hidden |= more
        near = {at for row in reckoned(told.groups, hidden) for group in of_row[row] for at in group} - hidden
        if not near:
            return hidden
        hidden.add(_smallest(told, near))


def reckoned(groups: Iterable[Sequence[int]], hidden: Set[int]) -> set[int]:
    """Give the hidden rows whose counts follow from the totals of groups of several rows."""
    equations = [each for group in groups if len(group) > 1 and (each := hidden & set(group))]
    return {at for part in _connected(equations) for at in _solved(part)}


def _solved(equations: Sequence[Set[int]]) -> Iterator[int]:
    """Give the unknowns to which the equations, each a sum of some, leave no freedom."""
    if len(equations) == 1:
        yield from equations[0] if len(equations[0]) == 1 else ()
        return
    unknowns = {at: number for number, at in enumerate(sorted(set[int]().union(*equations)))}
    matrix = np.zeros((len(equations), len(unknowns)))
    for row, equation in enumerate(equations):
        matrix[row, [unknowns[at] for at in equation]] = 1.0
    _, strengths, directions = np.linalg.svd(matrix)
    free = np.abs(directions[int((strengths > EXACT).sum()) :]) > EXACT
    yield from (at for at, number in unknowns.items() if not free[:, number].any())


def _complements(told: Cells, hidden: set[int]) -> Iterator[int]:
    """Give the next row to hide in each group whose total tells of a single hidden row, or of few people in several."""
    for group in told.groups:
        inside = hidden & set(group)
        sums = [sum(count[at] or 0 for at in inside) for count in told.counts]
        shown = set(group) - inside
        if inside and shown and (len(inside) == 1 or any(0 < total < told.k for total in sums)):
            yield _smallest(told, shown)


def _smallest(told: Cells, rows: Iterable[int]) -> int:
    """Choose the row of least use to readers, of those that count somebody if there are any."""
    return min(rows, key=lambda at: (not told.counts[0][at], told.counts[0][at] or 0, at))


def _connected(equations: Sequence[Set[int]]) -> Iterator[list[Set[int]]]:
    """Part equations into those that share no unknown."""
    holding = defaultdict(set)
    for number, equation in enumerate(equations):
        for at in equation:
            holding[at].add(number)
    left = set(range(len(equations)))
    while left:
        reached, part = [left.pop()], []
        while reached:
            part.append(equations[reached.pop()])
            near = set[int]().union(*(holding[at] for at in part[-1])) & left
            left -= near
            reached += near
        yield part
