"""What trials run on: Ceph behind a wire, a Spark that stays warm, and Python drivers that may be killed at any moment."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import psutil
from mishaps import PATIENCE_SECONDS
from wire import Wire

from lakeward.lake.objects import Objects
from lakeward.lake.s3 import S3

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HERE = Path(__file__).parent
RUN_SECONDS = 120.0
QUIET_SECONDS = 4.0
"""Longer than any pause between two tries of S3A's, with the settings below."""
# Compiling a plan for ten rows costs more than it saves; patience is short, so that a trial need not wait for it.
SETTINGS = {
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.hadoop.fs.s3a.retry.interval": "100ms",
    "spark.hadoop.fs.s3a.retry.throttle.interval": "100ms",
    "spark.hadoop.fs.s3a.retry.limit": "5",
    "spark.hadoop.fs.s3a.retry.throttle.limit": "5",
}


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: its exit code, None when its driver died, and what it said."""

    code: int | None
    said: str = ""
    outcomes: tuple[str, ...] = ()


class Driver:
    """A process of `driver.py`."""

    def __init__(self, endpoint: str, spark: SparkSession | None) -> None:
        told = {
            "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "AWS_ENDPOINT_URL": endpoint,
            "LAKEWARD_S3_TIMEOUT": str(PATIENCE_SECONDS),
            "LAKEWARD_LINEAGE": "0",
        }
        if spark is not None:
            gateway = spark.sparkContext._gateway.gateway_parameters  # type: ignore[union-attr]
            told |= {"PYSPARK_GATEWAY_PORT": str(gateway.port), "PYSPARK_GATEWAY_SECRET": str(gateway.auth_token)}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "driver.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | told,
            text=True,
        )
        self._is_ready = False

    def ask(self, **asked: Any) -> None:
        """Ask for a run."""
        self._is_ready = self._is_ready or self._line() == "ready\n"
        into = cast("IO[str]", self.process.stdin)
        into.write(f"{json.dumps(asked)}\n")
        into.flush()

    def end(self) -> End:
        """Wait for the run's end; one that takes for ever is killed."""
        try:
            line = self._line()
        except TimeoutError as late:
            return End(None, str(late))
        if not line:
            self.process.wait()
            return End(None)
        told = json.loads(line)
        return End(told["code"], told["said"], tuple(told.get("outcomes", ())))

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()

    def _line(self) -> str:
        from_it = cast("IO[str]", self.process.stdout)
        if not select.select([from_it], [], [], RUN_SECONDS)[0]:
            self.kill()
            raise TimeoutError(f"a run has not ended after {RUN_SECONDS:.0f} s")
        return from_it.readline()


@dataclass(slots=True)
class Stand:
    """Everything that is up.

    Args:
        wire: before the gateway; drivers and JVM know no other way to the store, this process goes past it.
        endpoint: the wire's.
        spark: the session of the JVM.
        bucket: where lakes may be made.
    """

    wire: Wire
    endpoint: str
    spark: SparkSession
    bucket: str
    _drivers: list[Driver] = field(default_factory=list)

    def driver(self) -> Driver:
        """Give a driver that lives; a spare one is always on its way up."""
        self._drivers = [each for each in self._drivers if each.process.poll() is None]
        while len(self._drivers) < 2:
            self._drivers.append(Driver(self.endpoint, self.spark))
        return self._drivers[0]

    def run(self, **asked: Any) -> End:
        """Run as a driver would, and wait for the end."""
        driver = self.driver()
        driver.ask(**asked)
        end = driver.end()
        if end.code is None:
            self._bury()
        return end

    def kill_driver(self) -> None:
        """Kill the driver that runs, as a machine that loses power: of what its JVM still does nothing arrives."""
        self.wire.cut()
        self._drivers[0].kill()

    @property
    def has_executors(self) -> bool:
        """True where executors are processes of their own."""
        return str(self.spark.sparkContext.master).startswith("spark://")

    def kill_executors(self) -> None:
        """Kill the executors; their workers start others."""
        app = str(self.spark.sparkContext.applicationId)
        for process in psutil.process_iter(["cmdline"]):
            if {"org.apache.spark.executor.CoarseGrainedExecutorBackend", app} <= {*(process.info["cmdline"] or ())}:
                process.kill()

    def _bury(self) -> None:
        """Let the jobs of a dead driver end, while nothing of them reaches the store."""
        self.wire.cut()
        self.spark.sparkContext.cancelAllJobs()
        self.wire.settle(QUIET_SECONDS, RUN_SECONDS)

    def close(self) -> None:
        """End every driver."""
        for each in self._drivers:
            each.kill()
            each.process.wait()


@contextmanager
def stand() -> Iterator[Stand]:
    """Put everything up on the cluster that the environment tells of."""
    from lakeward.lake.session import session

    settings = S3.from_environment()
    wire = Wire(urlsplit(settings.endpoint).port or 80)
    with wire as endpoint:
        os.environ |= {"LAKEWARD_LINEAGE": "0", "LAKEWARD_SHUFFLE_PARTITIONS": "1", "LAKEWARD_LOG_LEVEL": "OFF"}
        os.environ.setdefault("LAKEWARD_MASTER", os.environ.get("LAKEWARD_CLUSTER_MASTER") or "local[2]")
        through = replace(settings, endpoint=endpoint, answer_seconds=PATIENCE_SECONDS)
        spark = session("faults", store=Objects(through), conf=SETTINGS)
        made = Stand(wire, endpoint, spark, os.environ["LAKEWARD_CLUSTER_BUCKET"])
        try:
            yield made
        finally:
            made.close()
            spark.stop()
