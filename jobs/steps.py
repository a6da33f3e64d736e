"""The steps of a run: a data set from its files to silver, a curated table from its inputs to its release."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lakeward.jobs.bulk import in_hand
from lakeward.jobs.combine import Task
from lakeward.jobs.counted import Validated
from lakeward.jobs.curate import check_again, curate
from lakeward.jobs.ingest import ingest
from lakeward.jobs.observer import Observer
from lakeward.jobs.plan import CuratedPlan, DatasetPlan, input_versions, plan_curated
from lakeward.jobs.publish import publish
from lakeward.jobs.silver import readings_of, silver_state
from lakeward.jobs.validate import validate
from lakeward.lake import delta, ledger
from lakeward.lake.errors import EXIT_DATA, EXIT_DONE, EXIT_LATER, EXIT_OURS, EXIT_QUALITY, LakewardError
from lakeward.lake.in_memory import SMALL
from lakeward.lake.ledger import Entry
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Curated
from lakeward.quality.misasked import the_rule_named

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WIDE = 30
SMALL_ROWS = 20_000
"""Up to so many rows of all inputs, making code for a curated table costs more than it saves."""
GRAVEST = (EXIT_OURS, EXIT_LATER, EXIT_QUALITY, EXIT_DATA)


@dataclass(slots=True)
class Bench:
    """What the steps of one run work with, side by side.

    Args:
        lake: the lake.
        run_id: the run.
        observer: who is told how it goes on.
        spark: the session; None where the plan needs none.
    """

    lake: Lake
    run_id: str
    observer: Observer
    spark: SparkSession | None = None
    _ledger: threading.Lock = field(default_factory=threading.Lock)

    def session(self, table: str, columns: int, *, is_small: bool = False) -> SparkSession:
        """Give a table a session of its own, its jobs named after it.

        Args:
            table: its name.
            columns: how many it has.
            is_small: whether its rows are so few that making code for them costs more than it saves.
        """
        if self.spark is None:
            raise RuntimeError("a step needs Spark that the plan did not foresee")
        self.spark.sparkContext.setJobGroup(table, f"lakeward {table}")
        own = self.spark.newSession()
        if columns > WIDE:  # its code would not fit into one method, and Spark says so at length
            own.conf.set("spark.sql.codegen.wholeStage", "false")
        for name, value in SMALL.items() if is_small else ():
            own.conf.set(name, value)
        return own

    def for_curated(self, curated: Curated) -> SparkSession:
        """Give a curated table a session of its own."""
        rows = [delta.rows_of(self.lake.table(each.table)) for each in curated.inputs]
        is_small = None not in rows and sum(each or 0 for each in rows) <= SMALL_ROWS
        return self.session(curated.table, len(curated.columns), is_small=is_small)

    def told(self, entries: list[Entry]) -> list[Entry]:
        """Tell the ledger, and give back what was told."""
        with self._ledger:
            ledger.record(self.lake, self.run_id, entries)
        return entries


def dataset_step(bench: Bench, plan: DatasetPlan, step: Step) -> Step:
    """Read what is new of a data set, check it, and bring it into silver."""
    refused = plan.entries(plan.refused)
    result, healed = Validated(), ""
    if plan.why:
        spark = bench.session(plan.dataset.table, len(plan.dataset.columns), is_small=plan.is_small)
        if plan.unread:
            bench.observer.begun(plan.dataset.table, f"reading {len(plan.unread)} files")
            _, unread = ingest(spark, bench.lake, plan.dataset, plan.unread, bench.run_id)
            refused += bench.told(plan.entries(unread))
        task = _task(bench, plan)
        if task.entries:
            bench.observer.begun(plan.dataset.table, f"checking {len(task.entries)} deliveries")
            quarantine = bench.lake.table(f"quarantine.{plan.dataset.name}")
            aside = delta.rows_of(quarantine) if task.rebuild else 0
            with the_rule_named(spark, plan.dataset.name, plan.dataset.suite, plan.dataset.columns):
                result = validate(spark, bench.lake, task)
            refused += bench.told(_refused_by_gate(task, result))
            if aside:
                healed = f"{aside:,} rows lay in quarantine, {delta.rows_of(quarantine):,} do now"
    return _told_of(plan, step, result, refused, healed)


def curated_step(bench: Bench, plan: CuratedPlan, step: Step, inputs: Sequence[Step]) -> Step:
    """Build a curated table from its inputs, and release it."""
    curated = plan.curated
    failed = [each for each in inputs if each.outcome in ("failed", "skipped")]
    missing = [name for name, version in input_versions(bench.lake, curated).items() if version is None]
    if failed or missing:
        names = ", ".join([each.table_name for each in failed] or missing)
        code = max((each.exit_code for each in inputs), default=0) or EXIT_DATA
        return replace(step, outcome="skipped", error=f"it rests on {names}, which could not be built", exit_code=code)
    fresh = plan_curated(bench.lake, curated, {})
    if not fresh.why:
        return step
    warnings = step.warnings
    rows = delta.rows_of(bench.lake.table(curated.table)) or 0
    if fresh.work == "build":
        bench.observer.begun(curated.table, "building")
        spark = bench.for_curated(curated)
        with the_rule_named(spark, curated.name, curated.suite, curated.columns):
            built = curate(spark, bench.lake, fresh, bench.run_id)
        warnings, rows = (*warnings, *built.warnings), built.rows
    if fresh.work == "check":
        bench.observer.begun(curated.table, "checking")
        spark = bench.for_curated(curated)
        with the_rule_named(spark, curated.name, curated.suite, curated.columns):
            told = check_again(spark, bench.lake, curated, bench.run_id)
        step = replace(step, outcome="checked", rows_read=rows, rows_written=rows, warnings=(*warnings, *told))
        if not plan_curated(bench.lake, curated, {}).why:
            return step
        warnings = step.warnings
    bench.observer.begun(curated.table, "releasing")
    released = publish(bench.lake, curated, bench.run_id)
    step = replace(step, release=released["release"], bytes_released=released["bytes"])
    return replace(step, outcome="built", rows_read=rows, rows_written=rows, warnings=warnings)


def _task(bench: Bench, plan: DatasetPlan) -> Task:
    dataset = plan.dataset
    told = [entry for entry in ledger.entries(bench.lake) if entry.dataset == dataset.name]
    state = silver_state(bench.lake, dataset, told, plan.fingerprint)
    path = bench.lake.table(f"bronze.{dataset.name}")
    received, bronze = ledger.received(told, readings_of(path)), delta.opened(path)
    if lost := state.pending - received.keys():
        raise LakewardError(
            f"nothing tells any more what {len(lost)} deliveries in bronze.{dataset.name} looked like",
            remedy="put their files back into the landing zone and run again",
            sha256=sorted(lost)[:3],
        )
    return Task(
        dataset,
        {sha256: received[sha256] for sha256 in sorted(state.pending)},
        state.bronze_version,
        plan.fingerprint,
        state.rebuild,
        bench.run_id,
        is_in_hand=in_hand(bench.lake, [received[sha256] for sha256 in state.pending]),
        bronze_id=str(bronze.metadata().id) if bronze else "",
    )


def _refused_by_gate(task: Task, result: Validated) -> list[Entry]:
    remedy = f"`lakeward quarantine {task.dataset.name}` shows its rows; mend the file or the rule"
    told = {"status": "refused", "remedy": remedy, "exit_code": EXIT_QUALITY, "fingerprint": task.fingerprint}
    return [
        replace(task.entries[sha256], reason=why, seen_at=None, **told)  # type: ignore[arg-type]
        for sha256, why in result.refused.items()
    ]


def _told_of(plan: DatasetPlan, step: Step, result: Validated, refused: Sequence[Entry], healed: str) -> Step:
    said = [f"{each.file}: {each.reason}\n  remedy: {each.remedy}" for each in refused]
    return replace(
        step,
        outcome="refused" if refused else ("built" if result.tallies else "unchanged"),
        bytes_read=sum(arrival.delivery.bytes for arrival in plan.unread),
        **result.counts,
        warnings=(*step.warnings, *plan.warnings, *result.remarks, *filter(None, [healed])),
        error="\n".join(said),
        exit_code=next((code for code in GRAVEST if code in {each.exit_code for each in refused}), EXIT_DONE),
    )
