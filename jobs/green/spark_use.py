"""What Spark itself tells of the jobs of each table: seconds of its tasks, bytes read, written and shuffled."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OVER = ("COMPLETE", "FAILED", "SKIPPED")


@dataclass(frozen=True, slots=True)
class Volumes:
    """What stages did.

    Args:
        task_seconds: CPU time of task threads; neither JIT, GC, driver nor Python workers are in it.
        scanned: bytes read from tables and files by Spark's own readers.
        written: bytes written by Spark.
        shuffled: bytes written for other tasks to read.
    """

    task_seconds: float = 0.0
    scanned: int = 0
    written: int = 0
    shuffled: int = 0

    def __add__(self, other: Volumes) -> Volumes:
        return Volumes(
            self.task_seconds + other.task_seconds,
            self.scanned + other.scanned,
            self.written + other.written,
            self.shuffled + other.shuffled,
        )

    def __sub__(self, other: Volumes) -> Volumes:
        return Volumes(
            self.task_seconds - other.task_seconds,
            self.scanned - other.scanned,
            self.written - other.written,
            self.shuffled - other.shuffled,
        )


class SparkUse:
    """What the jobs of each group used since they were first asked for.

    Spark keeps this for its own pages, whether they are shown or not. A stage that ended is asked for once.
    """

    def __init__(self, spark: SparkSession) -> None:
        context = spark.sparkContext
        self._tracker: Any = context.statusTracker()
        self._store: Any = context._jsc.sc().statusStore()
        self._before: dict[str, set[int]] = {}
        self._stages: dict[str, dict[int, Volumes]] = {}
        self._jobs_over: set[int] = set()

    def begun(self, group: str) -> None:
        """Leave out the jobs that a group had before; a session may have seen other runs."""
        self._before.setdefault(group, set(self._tracker.getJobIdsForGroup(group)))

    def of(self, group: str) -> Volumes:
        """Give what a group's jobs used until now; what cannot be asked for any more stays as it was last told."""
        stages = self._stages.setdefault(group, {})
        with suppress(Exception):  # py4j has several for a Spark that was stopped
            for job in set(self._tracker.getJobIdsForGroup(group)) - self._before.get(group, set()) - self._jobs_over:
                self._look(job, stages)
        return sum(stages.values(), Volumes())

    def _look(self, job: int, stages: dict[int, Volumes]) -> None:
        told = self._store.job(job)
        ids, is_over = told.stageIds(), told.status().toString() != "RUNNING"
        for number in [int(ids.apply(at)) for at in range(ids.size())]:
            with suppress(Exception):  # a stage that Spark has not begun or no longer keeps
                stage = self._store.lastStageAttempt(number)
                stages[number] = Volumes(
                    stage.executorCpuTime() / 1e9, stage.inputBytes(), stage.outputBytes(), stage.shuffleWriteBytes()
                )
                is_over &= stage.status().toString() in OVER
        if is_over:
            self._jobs_over.add(job)
