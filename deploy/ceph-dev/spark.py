"""Spark's own standalone cluster on the loopback: a master and two workers of one core each."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from daemon import ClusterError, Daemon, until
from ports import answers, free_port

WORKERS = (1, 2)
_WORKER_MEMORY = os.environ.get("LAKEWARD_CLUSTER_WORKER_MEMORY", "3g")


@dataclass(frozen=True, slots=True)
class Spark:
    """The cluster whose logs and process ids lie in a folder."""

    folder: Path

    def up(self, environment: Mapping[str, str]) -> None:
        """Start what does not run, and wait until the workers have joined.

        Args:
            environment: variables for the workers, and so for executors: a store's keys, as each node has them.

        Raises:
            ClusterError: the master or a worker does not come up within a minute.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.master.pid() is None:
            port = free_port()
            self._port.write_text(str(port), "utf-8")
            self._start(self.master, "master.Master", {}, "--port", str(port))
            if not until(lambda: answers(port) or self.master.pid() is None, 60) or not answers(port):
                raise ClusterError(f"Spark's master does not come up; see {self._log(self.master)}")
        self.start_workers(WORKERS, environment)

    def down(self) -> None:
        """Stop the workers, then the master."""
        for daemon in reversed(self.daemons()):
            daemon.stop()

    def destroy(self) -> None:
        """Stop everything and remove the folder."""
        self.down()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_workers(self, numbers: Collection[int], environment: Mapping[str, str]) -> None:
        """Start the workers that do not run, and wait until they have joined the master."""
        started = [worker for worker in map(self.worker, numbers) if worker.pid() is None]
        for worker in started:
            self._log(worker).unlink(missing_ok=True)
            scratch = str(self.folder / worker.name)
            sizes = ("--cores", "1", "--memory", _WORKER_MEMORY, "--work-dir", scratch)
            self._start(worker, "worker.Worker", {**environment, "SPARK_LOCAL_DIRS": scratch}, *sizes, self.url)
        if not until(lambda: all(map(self._has_joined, started)), 60):
            raise ClusterError(f"a worker does not join Spark's master; see {self.folder}")

    def daemons(self) -> tuple[Daemon, ...]:
        """Give the master and the workers, running or not."""
        return (self.master, *map(self.worker, WORKERS))

    @property
    def url(self) -> str:
        """What `--master` takes; empty while there is no master."""
        return f"spark://127.0.0.1:{self._port.read_text('utf-8')}" if self.master.pid() else ""

    @property
    def master(self) -> Daemon:
        """The master."""
        return self._daemon("master", "master.Master")

    def worker(self, number: int) -> Daemon:
        """One of the workers, counted from 1."""
        if number not in WORKERS:
            raise ClusterError(f"there is no worker {number}: take one of {', '.join(map(str, WORKERS))}")
        return self._daemon(f"worker.{number}", "worker.Worker")

    @property
    def _port(self) -> Path:
        return self.folder / "port"

    def _daemon(self, name: str, kind: str) -> Daemon:
        return Daemon(name, self.folder / f"{name}.pid", f"org.apache.spark.deploy.{kind}")

    def _log(self, daemon: Daemon) -> Path:
        return self.folder / f"{daemon.name}.log"

    def _has_joined(self, worker: Daemon) -> bool:
        return "Successfully registered" in self._log(worker).read_text("utf-8", "replace")

    def _start(self, daemon: Daemon, kind: str, environment: Mapping[str, str], *arguments: str) -> None:
        spec = importlib.util.find_spec("pyspark")
        if spec is None or spec.origin is None:
            raise ClusterError("pyspark is not installed here: run this with .venv/bin/python after `make setup`")
        home = Path(spec.origin).parent
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", "--host", "127.0.0.1"]
        ours = {
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
        }
        daemon.start(
            [*command, "--webui-port", "0", *arguments], self._log(daemon), os.environ | ours | dict(environment)
        )
