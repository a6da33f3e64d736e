from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakeward.lake import delta, hadoop_crc, in_memory
from lakeward.lake.errors import LakewardError
from lakeward.lake.in_memory import Held

SCHEMA = "n int, _sha256 string, at timestamp, several array<string>"


@pytest.fixture
def table(spark: SparkSession, tmp_path: Path) -> Path:
    """Three partitions; the last one has a column more."""
    path = tmp_path / "table"
    how = {"step": "made", "about": "made", "note": {}, "partition_by": ("_sha256",)}
    made = (
        spark.range(6)
        .selectExpr(
            "cast(id as int) n",
            "concat('s', id % 2) _sha256",
            "timestamp_seconds(id) at",
            "array(cast(id as string)) several",
        )
        .coalesce(1)
    )
    delta.commit(made, path, **how)  # type: ignore[arg-type]
    more = made.limit(1).withColumns({"_sha256": F.lit("s2"), "more": F.lit("more")})
    delta.commit(more, path, **how, options={"mergeSchema": "true"})  # type: ignore[arg-type]
    return path


def _read(spark: SparkSession, path: Path, version: int) -> DataFrame:
    return spark.read.format("delta").option("versionAsOf", version).load(str(path))


def test_some_partitions_of_a_version_are_read(spark: SparkSession, table: Path) -> None:
    for version, wanted in ((0, {"s1", "s2"}), (1, {"s1", "s2"}), (1, {"s9"})):
        whole = _read(spark, table, version)
        held = in_memory.partitions(whole, table, version, "_sha256", wanted)
        assert held is not None
        here = held.frame()
        assert here.schema == whole.schema
        assert "LocalRelation" in str(here._jdf.queryExecution().optimizedPlan())
        assert sorted(here.collect()) == sorted(whole.where(F.col("_sha256").isin(*wanted)).collect())


def test_a_frame_of_a_table_computes_upon_rows_in_memory(spark: SparkSession, table: Path) -> None:
    whole = _read(spark, table, 1)
    part = whole.where("n > 2").select("*", F.explode("several").alias("each"))
    frame = part.unionByName(part.where("_sha256 = 's1'")).groupBy("each").agg(F.count("*"), F.max("at"))

    here = in_memory.partitions(whole, table, 1, "_sha256", {"s0", "s1", "s2"})
    assert here is not None
    upon = in_memory.upon(frame, here.frame())

    assert upon.schema == frame.schema
    assert sorted(upon.collect()) == sorted(frame.collect())
    assert len(upon.collect()) == 3
    assert "delta" not in str(upon._jdf.queryExecution().executedPlan()).lower()


def test_what_is_computed_is_not_computed_again(spark: SparkSession) -> None:
    drawn = Held.of(spark.range(3).select(F.rand().alias("lot"), F.lit(None).cast("string").alias("none"))).frame()

    assert drawn.collect() == drawn.collect()
    assert [field.dataType.simpleString() for field in drawn.schema] == ["double", "string"]


@pytest.mark.parametrize("is_beside", [True, False])
def test_a_bit_that_flipped_is_told_and_not_read(spark: SparkSession, table: Path, is_beside: bool) -> None:
    whole = _read(spark, table, 0)
    (file,) = (table / "_sha256=s1").glob("*.parquet")
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)
    if not is_beside:
        hadoop_crc.beside(file).unlink()

    assert in_memory.partitions(whole, table, 0, "_sha256", {"s0"}) is not None
    with pytest.raises(LakewardError, match="is damaged") as told:
        in_memory.partitions(whole, table, 0, "_sha256", {"s0", "s1"})
    assert "fsck --repair" in told.value.remedy


def test_no_more_is_held_than_there_is_memory_for(
    spark: SparkSession, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _read(spark, table, 0)
    monkeypatch.setattr(in_memory, "MOST_BYTES", 50)

    assert in_memory.partitions(whole, table, 0, "_sha256", {"s0", "s1"}) is None


def test_what_a_user_left_out_of_planning_stays_out(spark: SparkSession) -> None:
    own = spark.newSession()
    own.conf.set(in_memory.EXCLUDED, "org.apache.spark.sql.catalyst.optimizer.ReplaceExceptWithFilter")

    assert in_memory.tuning(own, are_few=True)[in_memory.EXCLUDED].split(",")[0].endswith("ReplaceExceptWithFilter")
    assert len(in_memory.tuning(spark.newSession(), are_few=False)[in_memory.EXCLUDED].split(",")) == 1
