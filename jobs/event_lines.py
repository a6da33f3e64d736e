"""A run as lines of JSON on standard error, one an event, for whatever gathers the logs of a machine or a cluster.

Every line has `at` (UTC), `level`, `event` and `run_id`. Events: `run.waiting` (why), `run.planned` (tables; todo: why,
by table), `spark.started` (app_id, master, ui), `step.begun` (table, what), `step.ended` (what `lakeward runs --json`
tells of a step), `run.ended` (exit_code, seconds; problem, remedy and facts where it failed).
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import click

from lakeward.jobs.green.told import step_document
from lakeward.jobs.plan import Plan
from lakeward.lake.errors import LakewardError
from lakeward.lake.runs import Step

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LEVELS = {"failed": "error", "refused": "warning", "skipped": "warning"}


class EventLines:
    """Tells a run in lines of JSON; steps side by side share the stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock, self._began = stream, threading.Lock(), time.monotonic()
        self._run_id = ""

    def waiting(self, why: str) -> None:
        """Say whom the run waits for."""
        self.say("run.waiting", why=why)

    def planned(self, plan: Plan, run_id: str) -> None:
        """Say what will be done."""
        self._run_id = run_id
        todo = {name: step.why for name, step in plan.steps.items() if step.why}
        self.say("run.planned", tables=len(plan.steps), todo=todo)

    def session(self, spark: SparkSession) -> None:
        """Say that Spark is up, and where."""
        context = spark.sparkContext
        self.say("spark.started", app_id=context.applicationId, master=context.master, ui=context.uiWebUrl)

    def begun(self, table: str, what: str) -> None:
        """Say what is being done to a table."""
        self.say("step.begun", table=table, what=what)

    def done(self, step: Step) -> None:
        """Say what became of a table."""
        self.say("step.ended", LEVELS.get(step.outcome, "info"), **step_document(step))

    def ended(self, exit_code: int) -> None:
        """Say that all steps are done."""
        self.say("run.ended", "error" if exit_code else "info", exit_code=exit_code, seconds=self._seconds)

    def failed(self, error: LakewardError) -> None:
        """Say why the run ended early."""
        told = {"problem": error.problem, "remedy": error.remedy, "facts": error.facts}
        self.say("run.ended", "error", exit_code=error.exit_code, seconds=self._seconds, **told)

    def say(self, event: str, level: str = "info", **facts: object) -> None:
        """Write one line, whole."""
        told = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": event}
        line = json.dumps({**told, "run_id": self._run_id, **facts}, ensure_ascii=False, default=str)
        with self._lock:
            self._stream.write(f"{line}\n")
            self._stream.flush()

    @property
    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 3)


@contextmanager
def event_lines() -> Iterator[EventLines]:
    """Give whom a run should tell; errors that a user can meet become a line too, and are not said again."""
    lines = EventLines(sys.stderr)
    try:
        yield lines
    except LakewardError as error:
        lines.failed(error)
        raise click.exceptions.Exit(error.exit_code) from error
