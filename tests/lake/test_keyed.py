"""Rows in the place of those with their key, as Arrow writes them; what they change: tests/jobs/test_merging.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakeward.lake import arrow_files, delta, hadoop_crc, keyed
from lakeward.lake.keyed import Keyed
from lakeward.lake.transaction import Transaction

BEGIN = datetime(2020, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC)


def _rows(spark: SparkSession, *rows: tuple[str, int, float]) -> DataFrame:
    told = [(station, BEGIN + timedelta(hours=hour), rain_mm) for station, hour, rain_mm in rows]
    return spark.createDataFrame(told, "station string, at timestamp, rain_mm double").coalesce(1)


def _merge(rows: DataFrame, path: Path) -> None:
    delta.commit(Keyed(rows, ("station", "at"), "made", 3), path, step="made", about="made", note={})


def test_a_file_is_worked_on_part_by_part_and_what_the_log_notes_is_of_all_parts(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "AT_ONCE", 2)
    monkeypatch.setattr(arrow_files, "GROUP_BYTES", 1)
    _rows(spark, *(("a", hour, hour / 2) for hour in range(9))).write.format("delta").save(str(tmp_path))

    _merge(_rows(spark, ("a", 3, 30.5), *(("b", hour, float("nan")) for hour in range(4))), tmp_path)

    held = [row.rain_mm for row in spark.read.format("delta").load(str(tmp_path)).where("station = 'a'").collect()]
    assert sorted(held) == [0, 0.5, 1, 2, 2.5, 3, 3.5, 4, 30.5]
    log = (tmp_path / "_delta_log" / f"{1:020}.json").read_text().splitlines()
    noted = [json.loads(line["add"]["stats"]) for line in map(json.loads, log) if "add" in line]
    assert [each["numRecords"] for each in noted] == [8, 3, 2]
    assert noted[0] == {
        "numRecords": 8,
        "minValues": {"station": "a", "at": "2020-01-01T00:00:00.123Z", "rain_mm": 0},
        "maxValues": {"station": "a", "at": "2020-01-01T08:00:00.124Z", "rain_mm": 4},
        "nullCount": {"station": 0, "at": 0, "rain_mm": 0},
    }
    assert "rain_mm" not in noted[2]["maxValues"]


def test_a_table_with_a_column_that_does_not_come_loses_nothing(spark: SparkSession, tmp_path: Path) -> None:
    _rows(spark, ("a", 1, 1.0)).selectExpr("*", "'kept' as remark").write.format("delta").save(str(tmp_path))

    with pytest.raises(ValueError, match="the table has station, at, rain_mm, remark; station, at, rain_mm come"):
        _merge(_rows(spark, ("a", 1, 2.0)), tmp_path)

    assert delta.version_of(tmp_path) == 0


def test_a_full_disk_is_not_told_as_damage_of_the_file_that_is_read(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rows(spark, ("a", 1, 1.0), ("a", 2, 1.0)).write.format("delta").save(str(tmp_path))
    before = {*tmp_path.rglob("*.parquet")}

    def full(*_: Any, **__: Any) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(hadoop_crc, "write", full)
    with pytest.raises(Exception, match=r"No space left|full") as told:
        _merge(_rows(spark, ("a", 1, 2.0)), tmp_path)

    assert "damaged" not in str(told.value)
    assert {*tmp_path.rglob("*.parquet")} == before


def test_files_of_a_commit_that_may_have_been_made_stay(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rows(spark, ("a", 1, 1.0), ("a", 2, 1.0)).write.format("delta").save(str(tmp_path))
    commit = Transaction.commit

    def interrupted(self: Transaction, *given: Any) -> None:
        commit(self, *given)
        raise KeyboardInterrupt

    monkeypatch.setattr(Transaction, "commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _merge(_rows(spark, ("a", 1, 2.0)), tmp_path)

    assert sorted(row.rain_mm for row in spark.read.format("delta").load(str(tmp_path)).collect()) == [1.0, 2.0]


def test_times_to_the_end_of_time_are_merged_too(spark: SparkSession, tmp_path: Path) -> None:
    last = "timestamp'9999-12-31 23:59:59.999999'"
    rows = spark.sql(f"select 'a' as station, {last} as at, 1.0d as rain_mm").coalesce(1)
    rows.write.format("delta").save(str(tmp_path))

    _merge(rows.selectExpr("station", "at", "2.0d as rain_mm"), tmp_path)
    _merge(rows.selectExpr("station", "at", "3.0d as rain_mm"), tmp_path)

    assert [row.rain_mm for row in spark.read.format("delta").load(str(tmp_path)).collect()] == [3.0]
