"""What a whole run cost, told when its steps are done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lakeward.jobs.green.estimate import cost
from lakeward.jobs.green.meter import Meter
from lakeward.jobs.green.processor import host
from lakeward.lake import costs
from lakeward.lake.costs import RunCost
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake


def told_of(lake: Lake, run_id: str, steps: Sequence[Step], meter: Meter, beside: Mapping[str, str]) -> RunCost:
    """Add up what a run cost and record it; one that did nothing leaves no record.

    Args:
        lake: the lake.
        run_id: the run.
        steps: what it did.
        meter: what measured it.
        beside: what codecarbon told.
    """
    released = sum(step.bytes_released for step in steps)
    run = RunCost(
        run_id=run_id,
        started_at=meter.began,
        seconds=round(meter.seconds, 3),
        host=host(),
        cores=meter.cores,
        rows_written=sum(step.rows_written for step in steps),
        bytes_read=sum(step.bytes_read for step in steps),
        releases=sum(bool(step.release) for step in steps),
        cost=cost(meter.so_far(), meter, released),
        factors=meter.factors.told(),
        beside=beside,
    )
    if any(step.outcome != "unchanged" for step in steps):
        costs.record(lake, run)
    return run
