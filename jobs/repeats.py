"""Keys that stand more than once: which rows must give way, and how they are told so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from lakeward.jobs.combine import Task
from lakeward.lake import delta
from lakeward.lake.functions import called
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Append
from lakeward.pipelines.typed import DELIVERY, REPEATED, place

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

FEW = 500
"""Up to here, hashes and rows are named in the query itself; more of them are joined."""


def without_repeats(
    spark: SparkSession, lake: Lake, task: Task, rows: DataFrame, out: Collection[str] = ()
) -> DataFrame:
    """Give good rows that repeat a key `REPEATED` as their reason.

    The first row of a key stays: within its delivery, or, where deliveries add up, within all of them and silver.
    Deliveries that are `out`, refused whole, stand in nobody's way.
    """
    from pyspark.sql import functions as F

    gone = _gone(spark, lake, task, rows.where("_reasons is null"), out)
    if gone is None:
        return rows
    few = gone.limit(FEW + 1).collect()
    if not few:
        return rows
    row_of = place(task.dataset)[1:]
    if len(few) <= FEW and row_of == ("_sha256", "_row"):
        number = {sha256: at for at, sha256 in enumerate(task.entries)}
        by_delivery: dict[int, list[int]] = {}
        for row in few:
            by_delivery.setdefault(number[row["_sha256"]], []).append(row["_row"])
        named = [(F.col(DELIVERY) == at) & F.col("_row").isin(*rows_at) for at, rows_at in by_delivery.items()]
        return _told(rows, reduce(lambda a, b: a | b, named))
    marked = gone.localCheckpoint().withColumn("_gone", F.lit(True))
    return _told(rows.join(marked, list(row_of), "left"), F.col("_gone")).select(*rows.columns)


def meet_silver(lake: Lake, task: Task) -> bool:
    """Say whether rows may not repeat a key that silver holds either."""
    is_added = isinstance(task.dataset.combine, Append) and not task.rebuild
    return is_added and delta.version_of(lake.table(task.dataset.table)) is not None


def _told(rows: DataFrame, is_repeat: Column) -> DataFrame:
    from pyspark.sql import functions as F

    is_first_fault = F.coalesce(is_repeat, F.lit(False)) & F.col("_reasons").isNull()
    return rows.withColumn("_reasons", F.when(is_first_fault, F.array(F.lit(REPEATED))).otherwise(F.col("_reasons")))


def _gone(spark: SparkSession, lake: Lake, task: Task, good: DataFrame, out: Collection[str]) -> DataFrame | None:
    """Find the place of each row that repeats a key; None when there are none."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    key = task.dataset.key
    if not key:
        return None
    held = _held(spark, lake, task)
    scope = key if isinstance(task.dataset.combine, Append) else (DELIVERY, *key)
    hashed = F.xxhash64(*scope)
    suspects, where = _twice(good, hashed, () if scope is key else scope[:1])
    if not suspects and held is None:
        return None
    near = good.where(F.col(DELIVERY).isin(where)) if where else good
    near = near.where(hashed.isin(suspects)) if len(suspects) <= FEW else near
    alone = [F.when(F.col("_sha256").isin(*out), F.col("_sha256"))] if out else []
    row_of = place(task.dataset)[1:]
    in_turn = Window.partitionBy(*scope, *alone).orderBy(task.number(), *row_of[1:])
    later = near.withColumn("_turn", F.row_number().over(in_turn)).where("_turn > 1").select(*row_of)
    if held is None:
        return later
    same = reduce(lambda a, b: a & b, (good[name].eqNullSafe(held[name]) for name in key))
    return good.join(held, same, "left_semi").select(*row_of).union(later).distinct()


def _twice(good: DataFrame, hashed: Column, alone: Sequence[str]) -> tuple[list[int], list[int]]:
    """List hashes of keys that stand more than once, at most `FEW` and one more, and the deliveries that have them.

    Equal keys have equal hashes: one cheap pass over a number a row tells whether a closer look is needed. Up to half
    a million rows of a delivery are compared where they are read; more are shuffled.

    Args:
        good: the rows.
        hashed: the hash of a row's key.
        alone: what rows are `alone` by: those of other groups are not compared.

    Returns:
        The hashes, and the deliveries by number: none where rows of all of them are compared, or shuffled.
    """
    from pyspark.sql import functions as F

    most = FEW + 1
    told = good.groupBy(*alone).agg(F.slice(called("repeated", hashed), 1, most).alias("_hashes"))
    near = told.where("_hashes is null or size(_hashes) > 0").collect()
    if all(row["_hashes"] is not None for row in near):
        return sorted({each for row in near for each in row["_hashes"]})[:most], [
            row[name] for row in near for name in alone
        ]
    seen_twice = good.groupBy(hashed.alias("_hash")).count().where("count > 1").select("_hash")
    return [row["_hash"] for row in seen_twice.limit(most).collect()], []


def _held(spark: SparkSession, lake: Lake, task: Task) -> DataFrame | None:
    """Give the keys that silver already holds, where a new row may not repeat them."""
    if not meet_silver(lake, task):
        return None
    path = lake.table(task.dataset.table)
    return spark.read.format("delta").load(str(path)).select(*task.dataset.key).distinct()
