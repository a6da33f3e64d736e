"""Profiles of the deliveries that a run accepts, and in what they are unlike the last good ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lakeward.jobs.combine import Task
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import ReplacePeriod
from lakeward.pipelines.layout import fit
from lakeward.quality import profile
from lakeward.quality.drift import drift, peers_of
from lakeward.quality.profile import Profile, Profiled

SHOWN = 10
"""So much is said of one delivery in the report of a run; `lakeward quality` says all."""


def profiled(
    lake: Lake, task: Task, columns: Mapping[str, Mapping[str, Profile]], accepted: Iterable[str]
) -> list[str]:  # fmt: skip
    """Keep the profiles of accepted deliveries, and say what is unlike in each.

    A delivery that was profiled before is judged by what came before it; where it looks the same, what was said stands.

    Args:
        lake: where `_profiles` is.
        task: what is validated.
        columns: a profile of each column of each delivery, by sha256.
        accepted: the deliveries that pass the gate.
    """
    table = task.dataset.table
    before = profile.deliveries(profile.records(lake, table))
    known = {each.sha256: each for each in before}
    way = task.dataset.combine
    within = way.within if isinstance(way, ReplacePeriod) else ""
    order = task.order()
    beside = [
        Profiled(
            table, task.entries[sha].file, sha, fit(task.dataset, task.entries[sha].header).layout.name, columns[sha]
        )
        for sha in sorted(accepted, key=lambda sha: order[sha])
    ]
    said, fresh = list[str](), list[Profiled]()
    for each in beside:
        was = known.get(each.sha256)
        if was and _counts(was) == _counts(each):
            told = was.drift
        else:
            earlier = before[: before.index(was)] if was else before
            told = tuple(drift(each, peers_of(each, earlier, beside, within), task.dataset.types, task.dataset.key))
            fresh.append(replace(each, drift=told))
        said += [f"{each.batch}: {text}" for text in told[:SHOWN]]
        if len(told) > SHOWN:
            said.append(f"{each.batch}: {len(told) - SHOWN} more: `lakeward quality {task.dataset.name}`")
    profile.record(lake, task.run_id, fresh)
    return said


def _counts(told: Profiled) -> dict[str, Profile]:
    """Leave out quantiles: a sketch draws lots, and gives them a little differently each time."""
    return {column: replace(each, spread=()) for column, each in told.columns.items()}
