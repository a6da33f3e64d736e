"""Run tables from the landing zone to their releases.

spark-submit --py-files dist/lakeward.zip jobs/run.py gold.road_safety_weather --landing … --lake …
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from lakeward.jobs import plan as planning
from lakeward.jobs.green import codecarbon
from lakeward.jobs.green.estimate import cost
from lakeward.jobs.green.meter import Meter
from lakeward.jobs.green.whole import told_of
from lakeward.jobs.interruption import SparkGone, is_gone, stopped_at_once, tidied
from lakeward.jobs.observer import Observer, Silent
from lakeward.jobs.plan import CuratedPlan, DatasetPlan
from lakeward.jobs.steps import GRAVEST, Bench, curated_step, dataset_step
from lakeward.lake import delta, ledger, lineage, runs, torn
from lakeward.lake.costs import RunCost
from lakeward.lake.errors import EXIT_DONE, EXIT_OURS, LakewardError, StoreAway, TryAgainLater
from lakeward.lake.event_log import event_log
from lakeward.lake.lease import lease
from lakeward.lake.overtaken import Overtaken
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table, declared, select
from lakeward.pipelines.dataset import Dataset

AT_ONCE = 4
TIMES_OVERTAKEN = 5


@dataclass(slots=True)
class Report:
    """What a run did, a step a table, in the order in which they ended."""

    run_id: str
    lake: Lake
    steps: list[Step] = field(default_factory=list)
    cost: RunCost | None = None

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
    conf: Mapping[str, str] | None = None,
    wait_s: float = 0.0,
    observer: Observer | None = None,
    is_alone: bool = False,
) -> Report:
    """Bring tables and all they rest on up to date, each by atomic commits; what is up to date is left alone.

    Args:
        where: the lake's folder or URI.
        landing: the landing root, a folder or URI; None to look for nothing new and only judge again what
            declarations now let pass.
        selections: names or patterns of tables; none means all.
        own: a user's folder or package of declarations.
        master: Spark's master.
        conf: more Spark settings; they win over ours.
        wait_s: how long to wait, in seconds, for another process that writes the lake.
        observer: who is told how it goes on.
        is_alone: whether this process does nothing but the run, so that its start is part of what the run cost.

    Raises:
        NothingSelected: a selection matches nothing.
        UsageError: the lake or the landing root cannot be used.
        TryAgainLater: another process is writing the lake, or Spark was stopped from outside.
        StoreAway: the store fails, or has no room.
        TornCommit: an acknowledged commit is torn.
    """
    tables = select(declared(own), selections)
    lake, watching = Lake.at(where), observer or Silent()
    lake.make()
    datasets = [name for name, table in tables.items() if isinstance(table, Dataset)]
    written = [layer + name for name in datasets for layer in ("bronze.", "quarantine.", "silver.")]
    written += [name for name in tables if name not in datasets]
    with (
        lake.store.explained(where),
        lease(lake, f"run {' '.join(selections) or 'everything'}", wait_s, watching.waiting) as held,
        tidied(lake, written),
        Meter(is_alone=is_alone) as meter,
    ):
        taken_back = torn.mend(lake, datasets, [name for name in tables if name not in datasets])
        work = _Run(lake, landing, tables, watching, taken_back, meter)
        work.observer.planned(work.plan, work.report.run_id)
        work.tell_late()
        work.note_arrivals()
        with codecarbon.beside(is_wanted=not work.plan.is_idle) as beside:
            if not work.plan.is_idle:
                from lakeward.lake.session import driver_pid, session

                told = {**event_log(lake), **(conf or {})}
                work.bench.spark = session(
                    "lakeward", master=master, store=lake.store, conf=told, is_long=work.plan.is_long
                )
                held.tell_jvm(driver_pid(work.bench.spark))
                meter.spark(work.bench.spark)
                work.observer.session(work.bench.spark)
            work.all_steps()
            if work.bench.spark:
                lineage.collect(lake, work.report.run_id)
        work.report.cost = told_of(lake, work.report.run_id, work.report.steps, meter, beside)
        work.observer.ended(work.report.exit_code)
        return work.report


class _Run:
    """One run: the plan, and the steps that carry it out side by side."""

    def __init__(
        self,
        lake: Lake,
        landing: str | None,
        tables: dict[str, Table],
        observer: Observer,
        taken_back: Mapping[str, str],
        meter: Meter,
    ) -> None:
        self.lake, self.landing, self.tables = lake, landing, tables
        self.observer, self.taken_back, self.meter = observer, taken_back, meter
        self.plan = planning.plan(lake, landing, tables.values())
        self.report = Report(runs.new_id(datetime.now(UTC)), lake)
        self.bench = Bench(lake, self.report.run_id, observer)

    def note_arrivals(self) -> None:
        """Tell the ledger what was found, before anything is loaded."""
        told = {entry.verdict for entry in ledger.entries(self.lake)}
        steps = [step for step in self.plan.steps.values() if isinstance(step, DatasetPlan)]
        entries = [entry for step in steps for entry in step.entries(step.arrivals)]
        ledger.record(self.lake, self.report.run_id, [entry for entry in entries if entry.verdict not in told])

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
        with ThreadPoolExecutor(AT_ONCE) as pool, stopped_at_once(pool, self.bench.spark):
            while waiting or running:
                for name, table in list(waiting.items()):
                    inputs = () if isinstance(table, Dataset) else table.tables
                    if all(thing.name in done for thing in inputs):
                        del waiting[name]
                        running[pool.submit(self._step, name, [done[thing.name] for thing in inputs])] = name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    step = future.result()
                    if step.outcome == "failed" and is_gone(self.bench.spark):
                        raise SparkGone
                    done[running.pop(future)] = self._ended(step)

    def _ended(self, step: Step) -> Step:
        if step.outcome != "unchanged":
            runs.record(self.lake, step)
        self.report.steps.append(step)
        self.observer.done(step)
        return step

    def _step(self, name: str, inputs: Sequence[Step]) -> Step:
        with self.meter.step(self.tables[name].table) as use:
            step = self._tried(name, inputs)
        return replace(step, cost=cost(use, self.meter, step.bytes_released))

    def _tried(self, name: str, inputs: Sequence[Step]) -> Step:
        plan = self.plan.steps[name]
        table = self.tables[name].table
        began, clock = datetime.now(UTC), time.monotonic()
        step = Step(
            self.report.run_id, table, "unchanged", began, version_before=delta.version_of(self.lake.table(table))
        )
        try:
            with self.lake.store.explained(table):
                step = self._work(plan, step, inputs)
        except StoreAway:
            raise  # and with it the run: every other call would wait in vain as well
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
        """Do a step; where another run does the same and is first, do what that leaves to do: mostly nothing."""
        for _ in range(TIMES_OVERTAKEN):
            try:
                if isinstance(plan, CuratedPlan):
                    return curated_step(self.bench, plan, step, inputs)
                return dataset_step(self.bench, plan, step)
            except Overtaken:
                step = replace(step, warnings=("another run did this at the same time, and was first",))
                if isinstance(plan, DatasetPlan):
                    told = [entry for entry in ledger.entries(self.lake) if entry.dataset == plan.dataset.name]
                    plan = planning.plan_dataset(self.lake, self.landing, plan.dataset, told)
        raise TryAgainLater(f"other runs write {step.table_name} again and again", remedy="wait for them to end")

    def _keep_trace(self, table: str) -> None:
        path = self.lake.root / "_logs" / f"{self.report.run_id}-{table}.log"
        self.lake.store.replace(path, f"{traceback.format_exc()}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run as a Spark job, with the same words as `lakeward run`."""
    from lakeward.jobs.cli import main as command_line

    if argv is None:
        sys.argv[1:1] = ["run"]
        return command_line()
    return command_line(["run", *argv])


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path(__file__).resolve().parent]
    raise SystemExit(main())
