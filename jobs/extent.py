"""How much a planned step is about to read: bytes and rows, told from listings and logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lakeward.jobs.plan import CuratedPlan, DatasetPlan, Plan
from lakeward.jobs.silver import BEHIND
from lakeward.lake import delta
from lakeward.lake.storage import Lake


@dataclass(frozen=True, slots=True)
class Extent:
    """What a step is about to read.

    Args:
        bytes: of deliveries, and of tables as they lie on disk.
        rows: of these; None where nothing tells, as for the first delivery of a data set.
    """

    bytes: int
    rows: int | None


def extents(lake: Lake, plan: Plan) -> dict[str, Extent]:
    """Estimate every step that has something to do; inputs that change are taken as they are now."""
    found = {}
    for name, step in plan.steps.items():
        if step.why:
            found[name] = _of_dataset(lake, step) if isinstance(step, DatasetPlan) else _of_curated(lake, step)
    return found


def _of_dataset(lake: Lake, step: DatasetPlan) -> Extent:
    """Add up what is to be read from files, and from bronze where silver is made anew or behind."""
    new = sum(each.delivery.bytes for each in step.unread)
    before = sum(each.delivery.bytes for each in step.arrivals) - new
    held = _of_tables(lake, [f"bronze.{step.dataset.name}"])
    judged_again = "engine changed" in step.why or BEHIND in step.why
    again = held if judged_again else Extent(0, 0)
    if not new:
        return again
    if not before or not held.rows or again.rows is None:
        return Extent(new + again.bytes, None)
    return Extent(new + again.bytes, round(held.rows * new / before) + again.rows)


def _of_curated(lake: Lake, step: CuratedPlan) -> Extent:
    tables = [thing.table for thing in step.curated.inputs] if step.work == "build" else [step.curated.table]
    return _of_tables(lake, tables)


def _of_tables(lake: Lake, tables: Sequence[str]) -> Extent:
    size, rows = 0, [delta.rows_of(lake.table(table)) for table in tables]
    for table in tables:
        if opened := delta.opened(lake.table(table)):
            size += sum(opened.get_add_actions(flatten=True).column("size_bytes").to_pylist())
    return Extent(size, sum(each or 0 for each in rows) if None not in rows else None)
