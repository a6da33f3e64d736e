"""A run's tasks, as Spark's event log tells them, replayed on any number of cores."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run of one table: its stages follow one another, and between them only the driver works.

    Args:
        stages: the seconds of each stage's tasks, in the order in which the stages began.
        wall_s: from the first event of the application to its last.
        driver_s: of that, how long no task ran.
    """

    stages: tuple[tuple[float, ...], ...]
    wall_s: float
    driver_s: float

    @property
    def task_s(self) -> float:
        """All tasks' seconds together."""
        return sum(map(sum, self.stages))


def recorded(log: Path) -> Recorded:
    """Read an event log that Spark wrote with zstd.

    Raises:
        ValueError: it tells of no task.
    """
    tasks: dict[int, list[float]] = {}
    spans, begun, ended = list[tuple[float, float]](), 0.0, 0.0
    for event in _events(log):
        if event["Event"] == "SparkListenerApplicationStart":
            begun = event["Timestamp"] / 1000
        elif event["Event"] == "SparkListenerApplicationEnd":
            ended = event["Timestamp"] / 1000
        elif event["Event"] == "SparkListenerTaskEnd":
            told = event["Task Info"]
            span = told["Launch Time"] / 1000, told["Finish Time"] / 1000
            spans.append(span)
            tasks.setdefault(event["Stage ID"], []).append(span[1] - span[0])
    if not spans:
        raise ValueError(f"{log} tells of no task")
    wall = ended - begun
    return Recorded(tuple(tuple(tasks[stage]) for stage in sorted(tasks)), wall, wall - _covered(spans))


def _events(log: Path) -> Iterator[dict[str, Any]]:
    with pa.input_stream(str(log), compression="zstd") as stream:
        yield from map(json.loads, stream.read().splitlines())


def _covered(spans: Sequence[tuple[float, float]]) -> float:
    """Add up the time in which at least one of some spans runs."""
    total, reached = 0.0, 0.0
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total


def replayed(stages: Sequence[Sequence[float]], cores: int, times: int = 1) -> float:
    """Give the seconds that the stages take when each core takes the next task as soon as it is free.

    Args:
        stages: the seconds of their tasks.
        cores: how many work side by side.
        times: how often each task is there, as the data grow by more deliveries.
    """
    total = 0.0
    for tasks in stages:
        free = [0.0] * min(cores, len(tasks) * times)
        for _ in range(times):
            for seconds in tasks:
                heapq.heapreplace(free, free[0] + seconds)
        total += max(free)
    return total


def modelled(stages: Sequence[Sequence[float]], cores: int, times: int = 1) -> float:
    """Give the seconds that the stages take when work divides evenly, and no stage is shorter than its longest task."""
    return sum(max(*tasks, times * sum(tasks) / cores) for tasks in stages)
