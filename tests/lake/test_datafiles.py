from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakeward.lake import datafiles, delta
from lakeward.lake.datafiles import frame_at


@pytest.fixture
def table(spark: SparkSession, tmp_path: Path) -> Path:
    """Three partitions, two versions; the later one has a column more. The folder's name looks like a pattern."""
    path = tmp_path / "a [table] 表"
    how = {"step": "made", "about": "made", "note": {}, "partition_by": ("_sha256",)}
    made = spark.range(6).selectExpr("id n", "concat('0', id % 2) _sha256", "timestamp_seconds(id) at")
    delta.commit(made, path, **how)  # type: ignore[arg-type]
    more = made.limit(1).withColumns({"_sha256": F.lit("02"), "more": F.lit("more")})
    delta.commit(more, path, **how, options={"mergeSchema": "true"})  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("values", [(), ("01",), ("00", "02"), ("09",)])
def test_few_files_are_read_as_delta_reads_them(
    spark: SparkSession, table: Path, version: int, values: tuple[str, ...]
) -> None:
    by_delta = spark.read.format("delta").option("versionAsOf", version).load(str(table))
    wanted = by_delta.where(F.col("_sha256").isin(*values)) if values else by_delta

    found = frame_at(spark, table, version, "_sha256" if values else "", values)

    assert {field.name: field.dataType for field in found.schema} == {f.name: f.dataType for f in wanted.schema}
    assert sorted(found.select(wanted.columns).collect()) == sorted(wanted.collect())


def test_many_files_and_tables_that_are_more_than_their_files_are_delta_s(
    spark: SparkSession, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[int]()
    by_name = datafiles.frame_of

    def noted(*told: Any) -> DataFrame:
        asked.append(len(told[1]))
        return by_name(*told)

    monkeypatch.setattr(datafiles, "frame_of", noted)

    frame_at(spark, table, 1)
    monkeypatch.setattr(datafiles, "MOST_NAMED", 2)
    assert frame_at(spark, table, 1).count() == 7
    monkeypatch.setattr(datafiles, "MOST_NAMED", 32)
    spark.sql(f"ALTER TABLE delta.`{table}` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')")
    spark.sql(f"DELETE FROM delta.`{table}` WHERE n = 3")  # noqa: S608
    assert 3 not in {row["n"] for row in frame_at(spark, table, int(delta.version_of(table) or 0)).collect()}
    assert len(asked) == 1
