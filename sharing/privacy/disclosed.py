"""Whether a table's small groups are guarded as it declares, alone and beside its last release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from lakeward.lake import release
from lakeward.lake.storage import Lake
from lakeward.lake.table import Personal
from lakeward.lake.treatment import Aggregated
from lakeward.pipelines.dataset import Curated
from lakeward.pipelines.disclosure import Disclosure
from lakeward.sharing.privacy.cells import Cells, cells, reckoned
from lakeward.sharing.privacy.differencing import derived
from lakeward.sharing.releases.rows import rows_of


@dataclass(frozen=True, slots=True)
class Disclosed:
    """How small a table's groups are.

    Args:
        k: below which they are small.
        smallest: the smallest count above 0, or number of rows that share what could identify somebody.
        small: rows that show a small count, or combinations in too few rows.
        hidden: rows whose numbers are hidden.
        derived: what small numbers follow from the last release and this one together.
        public: why small ones may be seen; empty where they may not.
        problems: why the table may not be published.
    """

    k: int
    smallest: int | None
    small: int
    hidden: int
    derived: tuple[str, ...]
    public: str
    problems: tuple[str, ...]


def columns_of(curated: Curated) -> tuple[str, ...]:
    """Name the columns that are needed to judge."""
    return tuple(dict.fromkeys((*curated.key, *(curated.disclosure.columns if curated.disclosure else ()))))


def released(lake: Lake, curated: Curated) -> pa.Table | None:
    """Read what the last release tells of the counts; None where there is none, or it had other columns."""
    last = release.newest(lake, curated.table) if curated.disclosure else None
    names = columns_of(curated)
    if last is None or not set(names) <= {each["name"] for each in last["schema"]}:
        return None
    return rows_of(lake, last, names)


def disclosed(curated: Curated, rows: pa.Table, before: pa.Table | None) -> Disclosed | None:
    """Judge a curated table by its disclosure; None where it has none.

    Args:
        curated: its declaration.
        rows: what it holds, at least `columns_of` it.
        before: the same of its last release.
    """
    rule = curated.disclosure
    if rule is None:
        return None
    now = cells(rows, rule, curated.key)
    together = tuple(derived(cells(before, rule, curated.key), now, rule)) if before is not None else ()
    sizes = _sizes(rows, rule)
    small = len(now.small) + sum(size < rule.k for size in sizes)
    smallest = min([*sizes, *filter(None, [now.smallest])], default=None)
    problems = () if rule.public else (*_problems(rule, now, sizes), *together)
    return Disclosed(rule.k, smallest, small, len(now.hidden), together, rule.public, problems)


def lacks_disclosure(curated: Curated) -> Iterator[str]:
    """Say which columns call themselves aggregated where nothing guards small groups."""
    named = [c.name for c in curated.columns if isinstance(c, Personal) and isinstance(c.treated, Aggregated)]
    if named and curated.disclosure is None:
        yield f"{', '.join(named)}: aggregated, and no Disclosure(…) of the table guards groups that are too small"


def _sizes(rows: pa.Table, rule: Disclosure) -> list[int]:
    """Count the rows of each combination of what could identify somebody."""
    if not rule.identifying:
        return []
    counted = rows.group_by(list(rule.identifying)).aggregate([([], "count_all")])
    return [size or 0 for size in counted.column("count_all").to_pylist()]


def _problems(rule: Disclosure, now: Cells, sizes: list[int]) -> Iterator[str]:
    if now.small:
        how = "build it again" if rule.hidden else 'hide them with Disclosure(…, hidden="is_hidden")'
        yield f"{len(now.small):,} rows count fewer than {rule.k}: {how}, count by larger groups, or say why in public="
    if lone := reckoned(now.groups, now.hidden):
        yield f"{len(lone):,} hidden rows can be reckoned from the totals of their groups: build it again"
    if few := sum(size < rule.k for size in sizes):
        told = ", ".join(rule.identifying)
        yield f"{few:,} combinations of {told} stand in fewer than {rule.k} rows: generalise, or say why in public="
