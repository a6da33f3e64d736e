"""What a run and its steps use, measured while they go on.

CPU seconds are those of the whole process tree. Between two moments at which a step begins or ends, each running step
gets what Spark's tasks used for it, and what else was used (driver, planning, compiling, garbage collection, Python
workers) is shared out evenly. So the steps and what was used outside them add up to the total.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from lakeward.jobs.green.factors import factors
from lakeward.jobs.green.rapl import Rapl
from lakeward.jobs.green.spark_use import SparkUse, Volumes
from lakeward.jobs.green.tree import Tree
from lakeward.lake import transaction
from lakeward.lake.session import driver_pid

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EVERY_SECONDS, AT_MOST = 1.0, 0.005
"""How often memory is looked at, and which share of a core that may take; where a look takes long, it is rarer."""
ON_TREE = "process tree"
ON_CLUSTER = "process tree of the driver and Spark's executorCpuTime (without JIT, GC and Python workers of executors)"


@dataclass(slots=True)
class Use:
    """What was used.

    Args:
        cpu_seconds: of all processes.
        core_seconds: cores that were reserved, by the time they were.
        byte_seconds: memory that was held, by the time it was.
        peak_bytes: the most memory that all processes of the run held at one moment meanwhile.
        joules: what hardware counted; None where it does not.
        volumes: what Spark told.
        by_hand: bytes written to tables by this process, which Spark does not tell of.
    """

    cpu_seconds: float = 0.0
    core_seconds: float = 0.0
    byte_seconds: float = 0.0
    peak_bytes: int = 0
    joules: float | None = None
    volumes: Volumes = field(default_factory=Volumes)
    by_hand: int = 0

    def take(self, cpu_seconds: float, joules: float | None) -> None:
        """Add CPU time and counted energy."""
        self.cpu_seconds += cpu_seconds
        if joules is not None:
            self.joules = (self.joules or 0.0) + joules

    def hold(self, core_seconds: float, byte_seconds: float, held: int) -> None:
        """Add reserved cores and memory."""
        self.core_seconds += core_seconds
        self.byte_seconds += byte_seconds
        self.peak_bytes = max(self.peak_bytes, held)


class Meter:
    """Measures one run; use it with `with`.

    Args:
        is_alone: whether this process does nothing but the run, so that its start counts as well.
        tree: whose processes are measured.
        rapl: counters of energy.
    """

    def __init__(self, *, is_alone: bool = False, tree: Tree | None = None, rapl: Rapl | None = None) -> None:
        self.factors, self.began = factors(), datetime.now(UTC)
        self.cores, self.method, self.total = 1, ON_TREE, Use()
        self._tree, self._rapl = tree or Tree(), rapl or Rapl()
        self._running: dict[str, Use] = {}
        self._spark: SparkUse | None = None
        self._is_local = True
        self._lock, self._over = threading.Lock(), threading.Event()
        self._cpu = 0.0 if is_alone else self._tree.cpu_seconds()
        self._begun = self._clock = time.monotonic()
        self._joules, self._held = self._rapl.joules(), self._tree.bytes()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        with self._lock:
            self._move()

    def spark(self, spark: SparkSession) -> None:
        """Tell which session the steps work in."""
        context = spark.sparkContext
        with self._lock:
            self._move()
            self._spark = SparkUse(spark)
            if jvm := driver_pid(spark):
                self._tree.join(jvm)
            self._is_local = re.match(r"local(?!-cluster)", str(context.master)) is not None
            self.cores = context.defaultParallelism if self._is_local else context.defaultParallelism + 1
            self.method = ON_TREE if self._is_local else ON_CLUSTER

    @property
    def seconds(self) -> float:
        """How long it has been measuring."""
        return time.monotonic() - self._begun

    @contextmanager
    def step(self, table: str) -> Iterator[Use]:
        """Measure a step, which may go on beside others; what it used is whole once it has ended."""
        use = Use()
        with self._lock:
            self._move()
            if self._spark:
                self._spark.begun(table)
            self._running[table] = use
        try:
            with transaction.tallied() as written:
                yield use
        finally:
            with self._lock:
                self._move()
                use.by_hand = sum(written)
                self.total.by_hand += use.by_hand
                del self._running[table]

    def so_far(self) -> Use:
        """Give what the run used until now."""
        with self._lock:
            self._move()
            return self.total

    def _move(self) -> None:
        """Share out what was used since the last time."""
        self._pass_time()
        now, joules = self._tree.cpu_seconds(), self._rapl.joules()
        in_tree, self._cpu = max(0.0, now - self._cpu), now
        used, self._joules = None if None in (joules, self._joules) else joules - self._joules, joules  # type: ignore[operator]
        by_tasks = {table: self._by_tasks(table, use) for table, use in self._running.items()}
        tasks = sum(by_tasks.values())
        beside = tasks if not self._is_local else 0.0  # executors are no part of the tree
        scale = min(1.0, in_tree / tasks) if tasks and self._is_local else 1.0
        rest = max(0.0, in_tree + beside - scale * tasks)
        self.total.take(in_tree + beside, used)
        for table, use in self._running.items():
            cpu = scale * by_tasks[table] + rest / len(self._running)
            share = cpu / (in_tree + beside) if in_tree + beside else 1 / len(self._running)
            use.take(cpu, None if used is None else share * used)

    def _by_tasks(self, table: str, use: Use) -> float:
        """Give what Spark's tasks used for a step since the last time."""
        if self._spark is None:
            return 0.0
        before, use.volumes = use.volumes, self._spark.of(table)
        more = use.volumes - before
        self.total.volumes += more
        return max(0.0, more.task_seconds)

    def _pass_time(self) -> None:
        """Count reserved cores and held memory until now; steps side by side share both."""
        now = time.monotonic()
        seconds, self._clock = now - self._clock, now
        self.total.hold(seconds * self.cores, seconds * self._held, self._held)
        for use in self._running.values():
            share = seconds / len(self._running)
            use.hold(share * self.cores, share * self._held, self._held)

    def _watch(self) -> None:
        pause = EVERY_SECONDS
        while not self._over.wait(pause):
            began = time.thread_time()
            held = self._tree.bytes()
            with self._lock:
                self._held = held
                self._pass_time()
            pause = max(EVERY_SECONDS, (time.thread_time() - began) / AT_MOST)
