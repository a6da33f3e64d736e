"""Run tables from the landing zone to their releases.

spark-submit --py-files dist/lakeward.zip jobs/run.py gold.road_safety_weather --landing … --lake …
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from lakeward.jobs import plan as planning
from lakeward.jobs.combine import Task
from lakeward.jobs.counted import Validated
from lakeward.jobs.curate import curate
from lakeward.jobs.ingest import ingest
from lakeward.jobs.plan import CuratedPlan, DatasetPlan, Plan
from lakeward.jobs.publish import publish
from lakeward.jobs.validate import validate
from lakeward.lake import delta, ledger, lineage, runs, torn
from lakeward.lake.errors import EXIT_DATA, EXIT_DONE, EXIT_LATER, EXIT_OURS, EXIT_QUALITY, LakewardError
from lakeward.lake.lease import lease
from lakeward.lake.ledger import Entry
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table, declared, select
from lakeward.pipelines.dataset import Dataset

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

AT_ONCE = 4
WIDE = 30
GRAVEST = (EXIT_OURS, EXIT_LATER, EXIT_QUALITY, EXIT_DATA)


class Observer(Protocol):
    """Who is told how a run goes on."""

    def planned(self, plan: Plan) -> None:
        """Say what will be done."""

    def session(self, spark: SparkSession) -> None:
        """Say that Spark is up."""

    def begun(self, table: str, what: str) -> None:
        """Say what is being done to a table."""

    def done(self, step: Step) -> None:
        """Say what became of a table."""


class Silent:
    """Is told and says nothing."""

    def planned(self, plan: Plan) -> None:
        """Say nothing."""

    def session(self, spark: SparkSession) -> None:
        """Say nothing."""

    def begun(self, table: str, what: str) -> None:
        """Say nothing."""

    def done(self, step: Step) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Report:
    """What a run did, a step a table, in the order in which they ended."""

    run_id: str
    lake: Lake
    steps: list[Step] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The gravest of the steps' exit codes."""
        codes = {step.exit_code for step in self.steps}
        return next((code for code in (*GRAVEST, *sorted(codes)) if code in codes and code), EXIT_DONE)


def run(
    where: str,
    landing: str | None,
    selections: Sequence[str] = (),
    *,
    own: str | None = None,
    master: str | None = None,
    observer: Observer | None = None,
) -> Report:
    """Bring tables and all they rest on up to date, each by atomic commits; what is up to date is left alone.

    Args:
        where: the lake's folder or URI.
        landing: the landing root, a folder or URI; None to look for nothing new and only judge again what
            declarations now let pass.
        selections: names or patterns of tables; none means all.
        own: a user's folder or package of declarations.
        master: Spark's master.
        observer: who is told how it goes on.

    Raises:
        NothingSelected: a selection matches nothing.
        UsageError: the lake or the landing root cannot be used.
        TryAgainLater: another process is writing the lake.
        TornCommit: an acknowledged commit is torn.
    """
    tables = select(declared(own), selections)
    lake = Lake.at(where)
    lake.make()
    with lease(lake, f"run {' '.join(selections) or 'everything'}") as held:
        datasets = [name for name, table in tables.items() if isinstance(table, Dataset)]
        taken_back = torn.mend(lake, datasets, [name for name in tables if name not in datasets])
        work = _Run(lake, landing, tables, observer or Silent(), taken_back)
        work.observer.planned(work.plan)
        work.tell_late()
        work.note_arrivals()
        if not work.plan.is_idle:
            from lakeward.lake.session import driver_pid, session

            work.spark = session("lakeward", master=master, store=lake.store)
            held.tell_jvm(driver_pid(work.spark))
            work.observer.session(work.spark)
        with lineage.recorded(work.spark, lake, work.report.run_id) if work.spark else nullcontext():
            work.all_steps()
        return work.report


@contextmanager
def stopped_at_once(pool: ThreadPoolExecutor, spark: SparkSession | None) -> Iterator[None]:
    """When the user interrupts, let steps that run fail and none begin: a commit is whole or was not made."""
    try:
        yield
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        if spark is not None:
            spark.sparkContext.setLogLevel("OFF")  # each job that is cut short would tell its whole stack
            spark.stop()
        raise


class _Run:
    """One run: the plan, and the steps that carry it out side by side."""

    def __init__(
        self,
        lake: Lake,
        landing: str | None,
        tables: dict[str, Table],
        observer: Observer,
        taken_back: Mapping[str, str],
    ) -> None:
        now = datetime.now(UTC)
        self.lake, self.tables, self.observer, self.taken_back = lake, tables, observer, taken_back
        self.plan = planning.plan(lake, landing, tables.values())
        self.report = Report(f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}", lake)
        self.spark: SparkSession | None = None
        self._ledger = threading.Lock()

    def note_arrivals(self) -> None:
        """Tell the ledger what was found, before anything is loaded."""
        told = {(e.dataset, e.file, e.sha256, e.status, e.reason) for e in ledger.entries(self.lake)}
        fresh = []
        for step in self.plan.steps.values():
            if isinstance(step, DatasetPlan):
                for arrival in step.arrivals:
                    entry = arrival.entry(step.dataset.name, step.fingerprint)
                    if (entry.dataset, entry.file, entry.sha256, entry.status, entry.reason) not in told:
                        fresh.append(entry)
        ledger.record(self.lake, self.report.run_id, fresh)

    def tell_late(self) -> None:
        """Report what an earlier run brought to an end before it died without a word; the tables' logs tell."""
        told = {(step.run_id, step.table_name) for step in runs.steps(self.lake)}
        for table in (table.table for table in self.tables.values()):
            version, note = delta.noted(self.lake.table(table))
            if "counts" in note and (note["run"], table) not in told:
                began = datetime.strptime(note["run"].partition("-")[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
                step = Step(note["run"], table, "built", began, version_after=version, **note["counts"])
                runs.record(self.lake, replace(step, warnings=("the run died before it could report this",)))

    def all_steps(self) -> None:
        """Do every step as soon as what it rests on is done."""
        waiting = dict(self.tables)
        running: dict[Future[Step], str] = {}
        done: dict[str, Step] = {}
        with ThreadPoolExecutor(AT_ONCE) as pool, stopped_at_once(pool, self.spark):
            while waiting or running:
                for name, table in list(waiting.items()):
                    inputs = () if isinstance(table, Dataset) else table.tables
                    if all(thing.name in done for thing in inputs):
                        del waiting[name]
                        running[pool.submit(self._step, name, [done[thing.name] for thing in inputs])] = name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    done[running.pop(future)] = self._ended(future.result())

    def _ended(self, step: Step) -> Step:
        if step.outcome != "unchanged":
            runs.record(self.lake, step)
        self.report.steps.append(step)
        self.observer.done(step)
        return step

    def _step(self, name: str, inputs: Sequence[Step]) -> Step:
        plan = self.plan.steps[name]
        table = self.tables[name].table
        began, clock = datetime.now(UTC), time.monotonic()
        step = Step(
            self.report.run_id, table, "unchanged", began, version_before=delta.version_of(self.lake.table(table))
        )
        try:
            step = self._work(plan, step, inputs)
        except LakewardError as error:
            step = replace(step, outcome="failed", error=str(error), exit_code=error.exit_code)
        except Exception as error:
            self._keep_trace(table)
            told = str(error).strip().splitlines() or [type(error).__name__]
            step = replace(
                step, outcome="failed", error=f"{type(error).__name__}: {told[0][:500]}", exit_code=EXIT_OURS
            )
        return replace(
            step,
            seconds=round(time.monotonic() - clock, 3),
            version_after=delta.version_of(self.lake.table(table)),
            warnings=(*self._said_before(table), *step.warnings),
        )

    def _said_before(self, table: str) -> list[str]:
        """Give what was taken back of a table, or of the tables that its data set has before and beside it."""
        _, _, name = table.partition(".")
        kin = (table, f"bronze.{name}", f"quarantine.{name}") if table.startswith("silver.") else (table,)
        return [f"{each}: {self.taken_back[each]}" for each in kin if each in self.taken_back]

    def _work(self, plan: DatasetPlan | CuratedPlan, step: Step, inputs: Sequence[Step]) -> Step:
        if isinstance(plan, DatasetPlan):
            return self._dataset(plan, step)
        return self._curated(plan, step, inputs)

    def _keep_trace(self, table: str) -> None:
        path = self.lake.root / "_logs" / f"{self.report.run_id}-{table}.log"
        self.lake.store.replace(path, f"{traceback.format_exc()}\n")

    def _session(self, table: str, columns: int) -> SparkSession:
        if self.spark is None:
            raise RuntimeError("a step needs Spark that the plan did not foresee")
        self.spark.sparkContext.setJobGroup(table, f"lakeward {table}")
        own = self.spark.newSession()
        if columns > WIDE:  # its code would not fit into one method, and Spark says so at length
            own.conf.set("spark.sql.codegen.wholeStage", "false")
        return own

    def _dataset(self, plan: DatasetPlan, step: Step) -> Step:
        refused = [each.entry(plan.dataset.name, plan.fingerprint) for each in plan.refused]
        result, healed = Validated(), ""
        if plan.why:
            spark = self._session(plan.dataset.table, len(plan.dataset.columns))
            if plan.new:
                self.observer.begun(plan.dataset.table, f"reading {len(plan.new)} files")
                _, unread = ingest(spark, self.lake, plan.dataset, plan.new, self.report.run_id)
                refused += self._told([each.entry(plan.dataset.name, plan.fingerprint) for each in unread])
            task = self._task(plan)
            if task.entries:
                self.observer.begun(plan.dataset.table, f"checking {len(task.entries)} deliveries")
                quarantine = self.lake.table(f"quarantine.{plan.dataset.name}")
                aside = delta.rows_of(quarantine) if task.rebuild else 0
                result = validate(spark, self.lake, task)
                refused += self._told(_refused_by_gate(task, result))
                if aside:
                    healed = f"{aside:,} rows lay in quarantine, {delta.rows_of(quarantine):,} do now"
        return _dataset_step(plan, step, result, refused, healed)

    def _task(self, plan: DatasetPlan) -> Task:
        dataset = plan.dataset
        told = [entry for entry in ledger.entries(self.lake) if entry.dataset == dataset.name]
        state = planning.silver_state(self.lake, dataset, told, plan.fingerprint)
        first = {entry.sha256: entry for entry in reversed(told) if entry.status == "received"}
        if lost := state.pending - first.keys():
            raise LakewardError(
                f"nothing tells any more what {len(lost)} deliveries in bronze.{dataset.name} looked like",
                remedy="put their files back into the landing zone and run again",
                sha256=sorted(lost)[:3],
            )
        return Task(
            dataset,
            {sha256: first[sha256] for sha256 in sorted(state.pending)},
            state.bronze_version,
            plan.fingerprint,
            state.rebuild,
            self.report.run_id,
        )

    def _told(self, entries: list[Entry]) -> list[Entry]:
        with self._ledger:
            ledger.record(self.lake, self.report.run_id, entries)
        return entries

    def _curated(self, plan: CuratedPlan, step: Step, inputs: Sequence[Step]) -> Step:
        curated = plan.curated
        failed = [each for each in inputs if each.outcome in ("failed", "skipped")]
        missing = [name for name, version in planning.input_versions(self.lake, curated).items() if version is None]
        if failed or missing:
            names = ", ".join([each.table_name for each in failed] or missing)
            code = max((each.exit_code for each in inputs), default=0) or EXIT_DATA
            return replace(
                step, outcome="skipped", error=f"it rests on {names}, which could not be built", exit_code=code
            )
        fresh = planning.plan_curated(self.lake, curated, {})
        if not fresh.why:
            return step
        warnings: tuple[str, ...] = ()
        rows = delta.rows_of(self.lake.table(curated.table)) or 0
        if fresh.is_build:
            self.observer.begun(curated.table, "building")
            built = curate(self._session(curated.table, len(curated.columns)), self.lake, fresh, self.report.run_id)
            warnings, rows = built.warnings, built.rows
        self.observer.begun(curated.table, "releasing")
        released = publish(self.lake, curated, self.report.run_id)
        return replace(step, outcome="built", rows_read=rows, rows_written=rows, warnings=warnings, release=released)


def _refused_by_gate(task: Task, result: Validated) -> list[Entry]:
    remedy = f"`lakeward quarantine {task.dataset.name}` shows its rows; mend the file or the rule"
    told = {"status": "refused", "remedy": remedy, "exit_code": EXIT_QUALITY, "fingerprint": task.fingerprint}
    return [
        replace(task.entries[sha256], reason=why, seen_at=None, **told)  # type: ignore[arg-type]
        for sha256, why in result.refused.items()
    ]


def _dataset_step(plan: DatasetPlan, step: Step, result: Validated, refused: Sequence[Entry], healed: str) -> Step:
    said = [f"{each.file}: {each.reason}\n  remedy: {each.remedy}" for each in refused]
    return replace(
        step,
        outcome="refused" if refused else ("built" if result.tallies else "unchanged"),
        bytes_read=sum(arrival.delivery.bytes for arrival in plan.new),
        **result.counts,
        warnings=(*plan.warnings, *result.remarks, *filter(None, [healed])),
        error="\n".join(said),
        exit_code=next((code for code in GRAVEST if code in {each.exit_code for each in refused}), EXIT_DONE),
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run as a Spark job, with the same words as `lakeward run`."""
    from lakeward.jobs.cli import main as command_line

    return command_line(["run", *(sys.argv[1:] if argv is None else argv)])


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path(__file__).resolve().parent]
    raise SystemExit(main())
