"""Bronze to silver: typed and checked rows in, every refused row to quarantine with all its reasons.

Verdicts are reached before anything is written. A delivery that the gate refuses goes to quarantine whole, so read =
written + quarantined for every delivery.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lakeward.jobs.bulk import is_small
from lakeward.jobs.combine import Task, combine
from lakeward.jobs.counted import Validated, counted
from lakeward.jobs.drift import profiled
from lakeward.jobs.in_hand import InHand
from lakeward.jobs.ingest import PROVENANCE
from lakeward.jobs.portions import portions
from lakeward.jobs.repeats import meet_silver, without_repeats
from lakeward.lake import delta, in_memory, lineage
from lakeward.lake.datafiles import frame_at
from lakeward.lake.handful import Handful
from lakeward.lake.in_memory import Held
from lakeward.lake.session import is_on_one_machine
from lakeward.lake.storage import Lake
from lakeward.lake.transaction import Rows
from lakeward.lake.tuned import tuned
from lakeward.pipelines.dataset import Append
from lakeward.pipelines.typed import FOOTER, REPEATED, checked, delivered, named, place
from lakeward.quality import history
from lakeward.quality.gate import Tally, delivery_verdict
from lakeward.quality.sql import sql_in

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Fused into one method, the projection of 23 typed columns was too long for the JVM to compile (8,000 bytes) and ran
# interpreted: a fifth of the samples of a whole run. Unfused, Spark cuts it into methods that are compiled. Bronze is
# read by partition, so its files need not be looked up by statistics; the cache lives for seconds and is not packed.
CHECKING = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.databricks.delta.stats.skipping": "false",
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
}
# On one machine there is nothing to re-plan between the few partitions of a shuffle, and each re-planning is a job.
LOCALLY = {"spark.sql.adaptive.enabled": "false"}
FEW = 100_000
"""Up to here, refused rows are sent to where bronze is read; more of them meet it in a shuffle."""


def validate(spark: SparkSession, lake: Lake, task: Task) -> Validated:
    """Bring deliveries from bronze to silver and quarantine, each table by one atomic commit."""
    bronze, columns = lake.table(f"bronze.{task.dataset.name}"), len(task.dataset.types)
    conf = (
        CHECKING
        | (LOCALLY if is_on_one_machine(spark) else {})
        | portions(bronze, task.bronze_version, task.entries, columns)
    )
    with tuned(spark, conf), _read(spark, lake, task) as (told, rows):
        return _judged(spark, lake, told, rows)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a task's deliveries.

    Args:
        delivered: as they lie in bronze.
        typed: as they are typed and checked; computed once, as every verdict and write reads them.
        traced: the same, from bronze itself: what tells where each column came from.
        in_hand: the same in this process's memory, where they are few and wide rows do not become long.
    """

    delivered: DataFrame
    typed: DataFrame
    traced: DataFrame
    in_hand: InHand | None = None


@contextmanager
def _read(spark: SparkSession, lake: Lake, task: Task) -> Iterator[tuple[Task, _Rows]]:
    """Give the rows, and the task, which is in hand no more where they turn out too many for that."""
    path, version = lake.table(f"bronze.{task.dataset.name}"), task.bronze_version
    table = frame_at(spark, path, version, "_sha256", task.entries)
    typed = checked(table, task.dataset, task.entries)
    traced = named(typed, task.dataset, task.entries)
    here = in_memory.partitions(table, path, version, "_sha256", task.entries) if task.is_in_hand else None
    if here is not None:
        with tuned(spark, in_memory.tuning(spark, are_few=is_small(task.entries.values()))):
            bronze = here.frame()
            held = Held.of(in_memory.upon(typed, bronze))
            in_hand = None if task.dataset.source.unpivot else InHand(task.dataset, task.entries, here, held)
            yield task, _Rows(bronze, named(held.frame(), task.dataset, task.entries), traced, in_hand)
        return
    typed.persist()
    try:
        yield replace(task, is_in_hand=False), _Rows(table, traced, traced)
    finally:
        typed.unpersist()


def _judged(spark: SparkSession, lake: Lake, task: Task, of: _Rows) -> Validated:
    out: dict[str, str] = {}
    while True:
        told = _told_repeats(spark, lake, task, of, out)
        result = counted(told.typed, task)
        fresh = _verdicts(task, result, out)
        out |= fresh
        if not fresh or not isinstance(task.dataset.combine, Append) or len(out) == len(task.entries):
            break  # else: rows of what is refused whole must not make later rows repeats
    result.refused = out
    history.record(lake, task.run_id, _validations(task, result))
    _quarantine(lake, task, of.delivered, told.in_hand or told.typed, result)
    accepted = [sha256 for sha256 in result.tallies if sha256 not in result.refused]
    if accepted:
        result.drift = profiled(lake, task, result.profiles, accepted)
        columns = (*task.dataset.types, *place(task.dataset))
        lineage.tell(lake, task.dataset.table, of.traced.where("_reasons is null").select(*columns), task.run_id)
        done = replace(task, counts=result.counts)
        result.displaced = combine(spark, lake, done, told.typed, accepted, result.periods, told.in_hand)
    return result


def _told_repeats(spark: SparkSession, lake: Lake, task: Task, of: _Rows, out: Collection[str]) -> _Rows:
    """Tell rows that repeat a key so; deliveries that are `out` stand in nobody's way."""
    if of.in_hand and of.in_hand.has_exact_keys and not out and not meet_silver(lake, task):
        in_hand = of.in_hand.without_repeats(task.order())
        if in_hand is of.in_hand:
            return of
        return replace(of, typed=named(in_hand.typed.frame(), task.dataset, task.entries), in_hand=in_hand)
    rows = without_repeats(spark, lake, task, of.typed, out)
    return of if rows is of.typed else replace(of, typed=rows, in_hand=None)


def _verdicts(task: Task, result: Validated, out: Collection[str]) -> dict[str, str]:
    """Judge deliveries that are not `out`: those that fail by themselves, else the first that fails for its repeats."""
    most = task.dataset.max_refused
    all_told = {sha: delivery_verdict(tally, most) for sha, tally in result.tallies.items()}
    failed = {sha: all_told[sha] for sha in task.order() if all_told[sha] and sha not in out}
    if not isinstance(task.dataset.combine, Append):
        return failed
    alone = {}
    for sha, why in failed.items():
        tally = result.tallies[sha]
        repeats = tally.reasons[REPEATED]
        results = () if repeats else tally.results
        if delivery_verdict(Tally(tally.kept + repeats, tally.refused - repeats, results=results), most):
            alone[sha] = why
    return alone or dict(list(failed.items())[:1])


def _validations(task: Task, result: Validated) -> list[history.Validation]:
    return [
        history.Validation(
            task.dataset.table, task.entries[sha256].file, tally.results, result.refused.get(sha256, ""), sha256
        )
        for sha256, tally in result.tallies.items()
    ]


def _quarantine(lake: Lake, task: Task, bronze: DataFrame, rows: DataFrame | InHand, result: Validated) -> None:
    """Set refused rows aside, as delivered, with all their reasons; whole deliveries where the gate said so."""
    path = lake.table(f"quarantine.{task.dataset.name}")
    stale = delta.partitions_of(path, "_sha256") & set(task.entries)
    bad = {sha: tally.read if sha in result.refused else tally.refused for sha, tally in result.tallies.items()}
    refused = sum(bad.values())
    if not refused and not result.refused and not stale:
        return
    names = [name for name in bronze.columns if name not in (*PROVENANCE, "_ingested_at")]
    if isinstance(rows, InHand):
        told: Rows | DataFrame = Handful(rows.aside(result.refused, names, task.run_id))
    else:
        touched = [sha256 for sha256, count in bad.items() if count]
        bronze = bronze.where(sql_in("_sha256", touched))  # it is read by partition: that of others is not
        aside = _aside(task, bronze, rows, result.refused, names, is_few=refused <= FEW)
        told = Handful(Held.of(aside)) if task.is_in_hand else aside
    delta.commit(
        told,
        path,
        step="quarantine",
        about=task.dataset.name,
        note=task.note,
        mode="overwrite",
        options={"replaceWhere": sql_in("_sha256", task.entries)} if delta.version_of(path) is not None else {},
        partition_by=("_sha256",),
    )


def _aside(
    task: Task, bronze: DataFrame, rows: DataFrame, out: Mapping[str, str], names: Sequence[str], *, is_few: bool
) -> DataFrame:
    """Give the refused rows as quarantine has them; `is_few` where they are sent to where bronze is read."""
    from pyspark.sql import functions as F

    whole = F.lit(None).cast("string")
    for sha256, why in out.items():
        whole = F.when(F.col("_sha256") == sha256, F.lit(f"delivery refused: {why}")).otherwise(whole)
    row_of = place(task.dataset)[1:]
    aside = rows.select(*row_of, F.coalesce("_reasons", F.array_compact(F.array(whole))).alias("reasons"))
    aside = aside.where("size(reasons) > 0").where(~F.array_contains("reasons", FOOTER))
    headers = [F.col(name).alias("header") for name in row_of[2:]]
    return bronze.join(F.broadcast(aside) if is_few else aside, ["_sha256", "_row"]).select(
        F.col("_file").alias("file"), F.col("_row").alias("row_number"), "reasons",
        delivered(task.dataset, names, task.entries).alias("delivered"), *headers,
        F.col("_overflow").alias("overflow"), F.lit(task.run_id).alias("run_id"), "_sha256",
    )  # fmt: skip
