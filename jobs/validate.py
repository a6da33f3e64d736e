"""Bronze to silver: typed and checked rows in, every refused row to quarantine with all its reasons.

Verdicts are reached before anything is written. A delivery that the gate refuses goes to quarantine whole, so read =
written + quarantined for every delivery.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lakeward.jobs.combine import Task, combine, sql_in
from lakeward.jobs.ingest import PROVENANCE
from lakeward.jobs.repeats import REPEATED, without_repeats
from lakeward.lake import delta
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Append, Correction
from lakeward.pipelines.head import KIND_FOOTER
from lakeward.pipelines.typed import checked, delivered, place, setting_aside
from lakeward.quality import history
from lakeward.quality.engine import Checks
from lakeward.quality.gate import Tally, delivery_verdict

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


@dataclass(slots=True)
class Validated:
    """What came out of some deliveries.

    Args:
        tallies: what was counted in each, by sha256.
        refused: why some were refused whole.
        footers: how many remarks below the data were set aside.
        fixes: how many rows each correction `fixed`, and how many it found `mended` by the agency.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    footers: int = 0
    fixes: dict[Correction, Counter[str]] = field(default_factory=dict)

    @property
    def remarks(self) -> list[str]:
        """What a person should know, though it stops nothing."""
        kept = sum((tally.warnings for tally in self.tallies.values()), Counter[str]())
        said = [f"{reason} ({count:,} rows kept)" for reason, count in kept.most_common()]
        said += dict.fromkeys(each for tally in self.tallies.values() for each in tally.remarks)
        for each, rows in self.fixes.items():
            if rows["fixed"]:
                said.append(f"{each.column}: {rows['fixed']:,} rows corrected: {each.reason}")
            if rows["mended"]:
                said.append(
                    f"{each.column}: {rows['mended']:,} rows no longer hold {each.found!r}, which is corrected since "
                    f"{each.on}: the agency seems to have mended them, so take the correction out"
                )
        return said

    @property
    def written(self) -> int:
        """Rows that went to silver."""
        return sum(tally.kept for sha256, tally in self.tallies.items() if sha256 not in self.refused)

    @property
    def read(self) -> int:
        """Rows that were delivered."""
        return sum(tally.read for tally in self.tallies.values())

    @property
    def counts(self) -> dict[str, Any]:
        """What the run's report says of it, named as in `Step`."""
        reasons = Counter[str]()
        for sha256, tally in self.tallies.items():
            reasons += tally.reasons
            if sha256 in self.refused:
                reasons["delivery refused whole"] += tally.kept
        return {
            "deliveries": len(self.tallies),
            "rows_read": self.read,
            "rows_written": self.written,
            "rows_quarantined": self.read - self.written,
            "rows_footer": self.footers,
            "reasons": dict((+reasons).most_common()),
        }


def validate(spark: SparkSession, lake: Lake, task: Task) -> Validated:
    """Bring deliveries from bronze to silver and quarantine, each table by one atomic commit."""
    from pyspark.sql import functions as F

    is_local = (spark.sparkContext.master or "").startswith("local[")
    with _tuned(spark, CHECKING | LOCALLY if is_local else CHECKING):
        bronze = spark.read.format("delta").option("versionAsOf", task.bronze_version).load(
            str(lake.table(f"bronze.{task.dataset.name}"))
        ).where(F.col("_sha256").isin(*task.entries))  # fmt: skip
        # Every verdict and write below reads it; computing it is the dear part.
        typed = checked(bronze, task.dataset, task.entries).persist()
        try:
            return _judged(spark, lake, task, bronze, typed)
        finally:
            typed.unpersist()


@contextmanager
def _tuned(spark: SparkSession, conf: Mapping[str, str]) -> Iterator[None]:
    """Change settings of a session for a while."""
    before = {name: spark.conf.get(name, None) for name in conf}
    try:
        for name, value in conf.items():
            spark.conf.set(name, value)
        yield
    finally:
        for name, old in before.items():
            spark.conf.set(name, old) if old is not None else spark.conf.unset(name)


def _judged(spark: SparkSession, lake: Lake, task: Task, bronze: DataFrame, typed: DataFrame) -> Validated:
    out: dict[str, str] = {}
    while True:
        rows = without_repeats(spark, lake, task, typed, out)
        result, periods = _tallied(rows, task)
        _check(rows, task, result)
        fresh = {sha: why for sha, why in _verdicts(task, result).items() if sha not in out}
        out |= fresh
        if not fresh or not isinstance(task.dataset.combine, Append) or len(out) == len(task.entries):
            break  # else: rows of what is refused whole must not make later rows repeats
    result.refused = out
    result.footers = bronze.where(f"_kind = '{KIND_FOOTER}'").count() if task.dataset.source.format.footers else 0
    history.record(lake, task.run_id, _validations(task, result))
    _quarantine(lake, task, bronze, rows, result)
    accepted = [sha256 for sha256 in result.tallies if sha256 not in result.refused]
    if accepted:
        combine(spark, lake, replace(task, counts=result.counts), rows, accepted, periods)
    return result


def _verdicts(task: Task, result: Validated) -> dict[str, str]:
    """Judge deliveries: those that fail by themselves, else the first that fails because it repeats others' rows."""
    most = task.dataset.max_refused
    all_told = {sha: delivery_verdict(tally, most) for sha, tally in result.tallies.items()}
    failed = {sha: all_told[sha] for sha in task.order() if all_told[sha]}
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


def _check(rows: DataFrame, task: Task, result: Validated) -> None:
    """Check each delivery by the suite: critical rules on rows over all rows, everything else over those kept."""
    setting = [rule.expectation for rule in setting_aside(task.dataset)]
    others = Checks.of([rule for rule in task.dataset.suite if rule not in setting], task.dataset.types)
    kept = rows.where("_reasons is null")
    of_all = Checks.of(setting, task.dataset.types).run_each(rows, "_sha256", task.entries)
    of_kept = others.run_each(kept, "_sha256", task.entries)
    by_gx = []
    if others.left:
        from lakeward.quality.through_gx import check

        frame = kept.select(*task.dataset.types)
        by_gx = check(frame, [others.suite[place] for place in others.left])  # of all deliveries together
    for sha256, tally in result.tallies.items():
        tally.results = (*of_all[sha256], *of_kept[sha256], *by_gx)


def _tallied(rows: DataFrame, task: Task) -> tuple[Validated, dict[str, set[str]]]:
    """Count each delivery's rows and reasons in one aggregation; also which periods it holds."""
    from pyspark.sql import functions as F

    corrections = task.dataset.corrections
    counted = rows.groupBy("_sha256", "_period", "_reasons").agg(
        F.count("*").alias("_times"),
        *(F.count_if(f"_fix_{n}").alias(f"_fixed_{n}") for n in range(len(corrections))),
        *(F.count_if(~F.col(f"_fix_{n}")).alias(f"_mended_{n}") for n in range(len(corrections))),
    )  # fmt: skip
    result = Validated({sha256: Tally() for sha256 in task.entries}, fixes={each: Counter() for each in corrections})
    periods: dict[str, set[str]] = {}
    for row in counted.collect():
        tally = result.tallies[row["_sha256"]]
        for number, correction in enumerate(corrections):
            result.fixes[correction] += Counter(fixed=row[f"_fixed_{number}"], mended=row[f"_mended_{number}"])
        if row["_reasons"]:
            tally.refused += row["_times"]
            for reason in row["_reasons"]:
                tally.reasons[reason] += row["_times"]
            continue
        tally.kept += row["_times"]
        if row["_period"]:
            periods.setdefault(row["_period"], set()).add(row["_sha256"])
    return result, periods


def _quarantine(lake: Lake, task: Task, bronze: DataFrame, rows: DataFrame, result: Validated) -> None:
    """Set refused rows aside, as delivered, with all their reasons; whole deliveries where the gate said so."""
    from pyspark.sql import functions as F

    path = lake.table(f"quarantine.{task.dataset.name}")
    stale = delta.partitions_of(path, "_sha256") & set(task.entries)
    refused = sum(tally.read if sha in result.refused else tally.refused for sha, tally in result.tallies.items())
    if not refused and not result.refused and not stale:
        return
    whole = F.lit(None).cast("string")
    for sha256, why in result.refused.items():
        whole = F.when(F.col("_sha256") == sha256, F.lit(f"delivery refused: {why}")).otherwise(whole)
    row_of = place(task.dataset)[1:]
    aside = rows.select(*row_of, F.coalesce("_reasons", F.array_compact(F.array(whole))).alias("reasons"))
    aside = aside.where("size(reasons) > 0")
    names = [name for name in bronze.columns if name not in (*PROVENANCE, "_ingested_at")]
    headers = [F.col(name).alias("header") for name in row_of[2:]]
    delta.commit(
        bronze.join(F.broadcast(aside) if refused <= FEW else aside, ["_sha256", "_row"]).select(
            F.col("_file").alias("file"), F.col("_row").alias("row_number"), "reasons",
            delivered(task.dataset, names, task.entries).alias("delivered"), *headers,
            F.col("_overflow").alias("overflow"), F.lit(task.run_id).alias("run_id"), "_sha256",
        ),
        path,
        step="quarantine",
        about=task.dataset.name,
        note=task.note,
        mode="overwrite",
        options={"replaceWhere": sql_in("_sha256", task.entries)} if delta.version_of(path) is not None else {},
        partition_by=("_sha256",),
    )  # fmt: skip
