"""How much of bronze a task takes at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakeward.jobs import portions
from lakeward.lake.tuned import tuned

ROWS = 40_000
"""Random numbers, which no file packs: 8 bytes a row and more."""


@pytest.fixture
def bronze(spark: SparkSession, tmp_path: Path) -> Path:
    for sha256 in ("aa", "bb"):
        rows = spark.range(0, ROWS, 1, 1).select(F.rand(7).alias("cell"), F.lit(sha256).alias("_sha256"))
        rows.write.format("delta").mode("append").partitionBy("_sha256").save(str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("deliveries", "columns", "tasks"), [(("aa",), 1, 1), (("aa",), 4, 4), (("aa", "bb"), 4, 8)])
def test_a_task_takes_no_more_cells_than_memory_holds_however_well_they_are_packed(
    spark: SparkSession, bronze: Path, monkeypatch: pytest.MonkeyPatch, deliveries: tuple[str, ...], columns: int,
    tasks: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(portions, "CELLS", 2 * ROWS)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(portions, "OPENING", 1_000)

    with tuned(spark, portions.portions(bronze, 1, deliveries, columns)):
        rows = spark.read.format("delta").load(str(bronze)).where(F.col("_sha256").isin(*deliveries))
        taken = rows.rdd.getNumPartitions()

    assert tasks <= taken <= 2 * tasks


def test_many_small_files_share_a_task(spark: SparkSession, tmp_path: Path) -> None:
    rows = spark.range(0, 50, 1, 50).withColumn("_sha256", F.lit("aa"))
    rows.write.format("delta").partitionBy("_sha256").save(str(tmp_path))

    with tuned(spark, portions.portions(tmp_path, 0, ("aa",), 10)):
        assert spark.read.format("delta").load(str(tmp_path)).rdd.getNumPartitions() < 10
