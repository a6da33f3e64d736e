"""A live view of a run: a line a table, with the stages and tasks of its running Spark jobs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from lakeward.jobs.observer import Observer, Silent
from lakeward.jobs.plan import Plan
from lakeward.lake.runs import Step

if TYPE_CHECKING:
    from pyspark import StatusTracker
    from pyspark.sql import SparkSession

POLL_SECONDS = 0.3
MARKS = {
    "built": "[green]✓",
    "checked": "[green]✓",
    "unchanged": "[dim]·",
    "refused": "[yellow]!",
    "failed": "[red]✗",
    "skipped": "[red]-",
}


class Plain(Silent):
    """Says in a line what somebody who waits should know."""

    def waiting(self, why: str) -> None:
        """Say whom the run waits for."""
        click.echo(f"note: {why}", err=True)


@contextmanager
def observer(*, is_live: bool, is_quiet: bool) -> Iterator[Observer]:
    """Give whom a run should tell: a live view on a terminal, else lines on standard error, or nobody."""
    if not is_live or is_quiet:
        yield Silent() if is_quiet else Plain()
        return
    columns = (
        SpinnerColumn(finished_text=" "),
        TextColumn("{task.fields[table]}"),
        BarColumn(bar_width=24),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        live = Live(progress)
        try:
            yield live
        finally:
            live.stop()


class Live(Silent):
    """Shows a run on a terminal; Spark is asked a few times a second how far each table's jobs are."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._doing: dict[str, str] = {}
        self._over = threading.Event()

    def waiting(self, why: str) -> None:
        """Say above the lines whom the run waits for."""
        self._progress.console.print(why, highlight=False, soft_wrap=True)

    def planned(self, plan: Plan, run_id: str) -> None:
        """Give each table its line."""
        for step in plan.steps.values():
            table = step.dataset.table if hasattr(step, "dataset") else step.curated.table
            self._tasks[table] = self._progress.add_task(step.why or "up to date", table=table, total=None)

    def session(self, spark: SparkSession) -> None:
        """Begin to ask Spark."""
        threading.Thread(target=self._follow, args=(spark,), daemon=True).start()

    def begun(self, table: str, what: str) -> None:
        """Show what is being done to a table."""
        self._doing[table] = what
        self._progress.update(self._tasks[table], description=what, completed=0, total=None)

    def done(self, step: Step) -> None:
        """Show what became of a table."""
        self._doing.pop(step.table_name, None)
        rows = f" {step.rows_written:,} rows" if step.rows_written else ""
        text = f"{MARKS[step.outcome]} {step.outcome}[/]{rows}"
        self._progress.update(self._tasks[step.table_name], description=text, total=1, completed=1)

    def stop(self) -> None:
        """Stop asking Spark."""
        self._over.set()

    def _follow(self, spark: SparkSession) -> None:
        with suppress(Exception):  # py4j has several for a Spark that was stopped
            self._poll(spark.sparkContext.statusTracker())

    def _poll(self, tracker: StatusTracker) -> None:
        while not self._over.wait(POLL_SECONDS):
            for table, what in list(self._doing.items()):
                stages = [
                    stage
                    for job_id in tracker.getJobIdsForGroup(table)
                    if (job := tracker.getJobInfo(job_id)) and job.status == "RUNNING"
                    for stage_id in job.stageIds
                    if (stage := tracker.getStageInfo(stage_id))
                ]
                total = sum(stage.numTasks for stage in stages)
                if total and table in self._doing:
                    done = sum(stage.numCompletedTasks for stage in stages)
                    text = f"{what} [dim]({len(stages)} stages, {done} of {total} tasks)"
                    self._progress.update(self._tasks[table], description=text, total=total, completed=done)
