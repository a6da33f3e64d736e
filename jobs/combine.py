"""How deliveries come together in a silver table: rows added, periods replaced, a snapshot, or rows by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lakeward.jobs import displaced, editions, merging
from lakeward.jobs.in_hand import InHand
from lakeward.jobs.order import in_order
from lakeward.lake import delta
from lakeward.lake.handful import Handful
from lakeward.lake.in_memory import Held
from lakeward.lake.ledger import Entry
from lakeward.lake.staged import INDEXED
from lakeward.lake.storage import Lake
from lakeward.lake.transaction import INDEXED_COLUMNS
from lakeward.lake.tuned import tuned
from lakeward.pipelines.dataset import Dataset, ReplacePart, ReplacePeriod, Snapshot, Upsert
from lakeward.pipelines.typed import DELIVERY, PLACE, place
from lakeward.quality.sql import sql_in

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession


@dataclass(frozen=True, slots=True)
class Task:
    """What validation is to do: which deliveries, in which order, to which version of the declaration.

    Args:
        dataset: its declaration.
        entries: the ledger's line of each delivery, by sha256.
        bronze_version: the version of bronze that silver will stand for.
        fingerprint: of the declaration and its engine.
        rebuild: silver is made again from all that is given.
        run_id: the run.
        counts: what validation counted, for the commit that ends the task: should the run die before it reports, the
            report is told from there.
        is_in_hand: whether the rows are so few that they are read and written without jobs of Spark.
        bronze_id: what tells bronze from one that was lost and made anew, whose versions begin at 0 again.
    """

    dataset: Dataset
    entries: Mapping[str, Entry]
    bronze_version: int
    fingerprint: str
    rebuild: bool
    run_id: str
    counts: Mapping[str, Any] = field(default_factory=dict)
    is_in_hand: bool = False
    bronze_id: str = ""

    def order(self) -> dict[str, int]:
        """Number the deliveries from the one that gives way to all others."""
        return in_order(self.dataset, self.entries.values())

    def number(self) -> Column:
        """Give that number for the delivery that a row is of."""
        from pyspark.sql import functions as F

        order = self.order()
        numbers = F.create_map(*(F.lit(x) for pair in order.items() for x in pair))
        return numbers[F.col("_sha256")] if len(order) > 1 else F.lit(0)

    @property
    def once(self) -> dict[str, str]:
        """Give Delta's options by which an increment is committed once."""
        made_by = f"lakeward/silver/{self.fingerprint}/{self.bronze_id}"
        return {"txnAppId": made_by, "txnVersion": str(self.bronze_version)}

    @property
    def note(self) -> dict[str, object]:
        """What the commits of this task are made from."""
        told = {"counts": dict(self.counts)} if self.counts else {}
        return {"bronze": self.bronze_version, "fingerprint": self.fingerprint, "run": self.run_id, **told}


def combine(
    spark: SparkSession, lake: Lake, task: Task, rows: DataFrame, accepted: Sequence[str], periods: dict[str, set[str]],
    in_hand: InHand | None = None,
) -> list[str]:  # fmt: skip
    """Bring good rows into silver as one commit; as one a delivery where a snapshot keeps its history.

    Args:
        spark: the session.
        lake: the lake.
        task: what is being validated.
        rows: checked rows.
        accepted: sha256 of the deliveries that the gate lets pass.
        periods: which deliveries hold rows of each period or part.
        in_hand: the rows, where they are in hand.

    Returns:
        Whose good rows gave way to a delivery of another name, for a person to see whether that was meant.
    """
    from pyspark.sql import functions as F

    dataset, path = task.dataset, lake.table(task.dataset.table)
    order, columns = task.order(), (*dataset.types, *place(dataset))
    good = every = rows.where("_reasons is null")
    if len(accepted) < len(task.entries):
        taken = set(accepted)
        good = good.where(F.col(DELIVERY).isin([at for at, sha256 in enumerate(task.entries) if sha256 in taken]))
    # Nobody searches rows by their file, its hash or their number, and to note the ends of these is a tenth of a write.
    options = {"overwriteSchema": "true", INDEXED_COLUMNS: str(min(len(dataset.types), INDEXED))}
    mode = "overwrite"
    said: list[str] = []
    is_new = task.rebuild or delta.version_of(path) is None
    way = dataset.combine
    if isinstance(way, Snapshot) and way.keep_history:
        editions.write(spark, path, task, good.select(*columns), accepted)
        return said
    if isinstance(way, Snapshot):
        last = max(accepted, key=order.__getitem__)
        said = displaced.within(good.withColumn("_period", F.lit("")), task, {"": last}) if len(accepted) > 1 else []
        good = good.where(F.col("_sha256") == last) if len(accepted) > 1 else good
    elif isinstance(way, ReplacePeriod | ReplacePart):
        winners = _winners(periods, set(accepted), order)
        rivals = {period: each for period, each in winners.items() if len(periods[period] & set(accepted)) > 1}
        said = displaced.within(good, task, rivals) if rivals else []
        good = _of_winners(good, periods, set(accepted), winners)
        if not is_new:
            gone = displaced.Place.of(path, dataset, way, winners)
            if gone.is_empty and not lake.store.is_shared:  # in a store another run may bring the same meanwhile
                mode, options = "append", {}
            else:
                options = {"replaceWhere": gone.condition}
                said += displaced.before(spark, path, task, gone, winners)
    elif isinstance(way, Upsert):
        good = _latest(good, task) if len(accepted) > 1 else good
        if not is_new:
            merging.merge(spark, path, task, good.select(*columns))
            return said
        options["maxRecordsPerFile"] = str(merging.ROWS_A_FILE)
    elif not is_new and lake.store.is_shared:  # another run may bring the same delivery: one takes the other's place
        options = {"replaceWhere": sql_in("_sha256", accepted)}
    elif not is_new:
        mode, options = "append", {}
    if not is_new and not isinstance(way, Snapshot):
        options |= task.once
    by_hand = task.is_in_hand and "replaceWhere" not in options
    with tuned(spark, displaced.NEAR):
        delta.commit(
            _handful(good.select(*columns), in_hand if good is every else None) if by_hand else good.select(*columns),
            path, step="silver", about=dataset.name, note=task.note, mode=mode, options=options,
        )  # fmt: skip
    return said


def _handful(good: DataFrame, in_hand: InHand | None) -> Handful:
    return Handful(in_hand.good() if in_hand else Held.of(good), counting=PLACE[-1:])


def _winners(periods: dict[str, set[str]], accepted: set[str], order: Mapping[str, int]) -> dict[str, str]:
    """Give for each period the last delivery that holds it."""
    rivals = {period: shas & accepted for period, shas in periods.items()}
    return {period: max(shas, key=order.__getitem__) for period, shas in rivals.items() if shas}


def _of_winners(
    good: DataFrame, periods: dict[str, set[str]], accepted: set[str], winners: Mapping[str, str]
) -> DataFrame:
    """Keep for each period the rows of its winner."""
    from pyspark.sql import functions as F

    lost: dict[str, list[str]] = {}
    for period, winner in winners.items():
        for sha256 in (periods[period] & accepted) - {winner}:
            lost.setdefault(sha256, []).append(period)
    for sha256, gone in lost.items():
        good = good.where(~((F.col("_sha256") == sha256) & F.col("_period").isin(*gone)))
    return good


def _latest(good: DataFrame, task: Task) -> DataFrame:
    """Keep for each key the row of the last delivery that has it."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    key = task.dataset.key
    numbered = good.withColumn("_order", task.number())
    # Equal keys have equal hashes, and grouping by one number is far cheaper than by the key.
    rivals = numbered.groupBy(F.xxhash64(*key)).agg(F.min("_order").alias("a"), F.max("_order").alias("b"))
    if not rivals.where("a <> b").take(1):
        return good
    last = Window.partitionBy(*key).orderBy(F.desc("_order"))
    return numbered.withColumn("_place", F.row_number().over(last)).where("_place = 1").drop("_place", "_order")
