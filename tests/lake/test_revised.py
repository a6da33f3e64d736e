"""Rows that a table is to hold next, held against Delta's own MERGE: what it then holds, and what its feed tells."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from errno import ENOSPC
from pathlib import Path
from random import Random
from typing import Any

import pytest
from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from lakeward.lake import delta, hadoop_crc
from lakeward.lake.errors import LakewardError
from lakeward.lake.overtaken import Overtaken
from lakeward.lake.revised import Revised
from lakeward.lake.transaction import Transaction

KEY = ("town", "no")
VALUES: dict[str, tuple[str, list[Any]]] = {
    "name": ("string", [None, "", "臺", "台"]),
    "rain_mm": ("double", [None, 0.0, -0.0, 1.5, float("nan"), float("inf")]),
    "cost": ("decimal(9,2)", [None, Decimal("1.10"), Decimal("1.20")]),
    "on": ("date", [None, date(1911, 12, 31), date(2020, 1, 1)]),
    "at": ("timestamp", [None, datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]),
    "open": ("boolean", [None, True, False]),
}
SCHEMA = (
    "town string, no int, " + ", ".join(f"`{name}` {kind}" for name, (kind, _) in VALUES.items()) + ", _file string"
)
FED = {"delta.enableChangeDataFeed": "true"}


def _rows(spark: SparkSession, of: Random, file: str, chance: float) -> DataFrame:
    """Make rows of which each key is there by chance; few columns differ from the rows of another file."""
    rows = []
    for town in (None, "a", "b"):
        for no in range(20):
            if of.random() < chance:
                fixed = Random(f"{town}{no}")  # noqa: S311 - made rows
                values = [(fixed if of.random() < 0.9 else of).choice(each) for _, each in VALUES.values()]
                rows.append((town, no, *values, file))
    return spark.createDataFrame(rows, SCHEMA).coalesce(1)


def _revise(spark: SparkSession, path: Path, come: DataFrame) -> None:
    rows = Revised(spark, come.toArrow(), come.schema, KEY, tuple(VALUES))
    delta.commit(rows, path, step="made", about="made", note={"made": "so"})


def _merge(spark: SparkSession, path: Path, come: DataFrame) -> None:
    same = " and ".join(f"held.{name} <=> come.{name}" for name in KEY)
    differs = " or ".join(f"not (held.`{name}` <=> come.`{name}`)" for name in VALUES)
    (
        DeltaTable.forPath(spark, str(path)).alias("held").merge(come.alias("come"), same)
        .whenMatchedUpdateAll(differs).whenNotMatchedInsertAll().whenNotMatchedBySourceDelete().execute()
    )  # fmt: skip


def _held(spark: SparkSession, path: Path) -> list[str]:
    return sorted(str(tuple(row)) for row in spark.read.format("delta").load(str(path)).collect())


def _fed(spark: SparkSession, path: Path) -> list[str]:
    feed = spark.read.format("delta").option("readChangeFeed", "true").option("startingVersion", 0).load(str(path))
    return sorted(str(tuple(row)) for row in feed.drop("_commit_timestamp").collect())


@pytest.mark.parametrize("seed", range(3))
def test_it_does_what_a_merge_does(spark: SparkSession, tmp_path: Path, seed: int) -> None:
    ours, theirs, of = tmp_path / "ours {名} 50%", tmp_path / "theirs", Random(seed)  # noqa: S311 - made rows
    first = _rows(spark, of, "first", 0.7)
    for path in (ours, theirs):
        first.repartition(3, "no").write.format("delta").options(**FED).save(str(path))

    for number, chance in enumerate((0.9, 0.0, 0.6, 1.0), 1):
        come = _rows(spark, of, f"file {number}", chance)
        _revise(spark, ours, come)
        _merge(spark, theirs, come)
        assert _held(spark, ours) == _held(spark, theirs)

    assert _fed(spark, ours) == _fed(spark, theirs)
    assert len(delta.data_files(ours)) <= len(delta.data_files(theirs))


def test_files_whose_rows_all_stay_stay(spark: SparkSession, tmp_path: Path) -> None:
    schema = "town string, no int, name string"
    for no in range(3):
        rows = spark.createDataFrame([("a", no, "x")], schema).coalesce(1)
        rows.write.format("delta").mode("append").options(**FED).save(str(tmp_path))
    before = {*delta.data_files(tmp_path)}
    come = spark.createDataFrame([("a", 0, "x"), ("a", 1, "y"), ("a", 2, "x")], schema)

    revised = Revised(spark, come.toArrow(), come.schema, KEY, ("name",))
    delta.commit(revised, tmp_path, step="made", about="made", note={})

    assert len(before & {*delta.data_files(tmp_path)}) == 2
    kept = {file.name for version in range(4) for file in delta.files_of(tmp_path, version)}
    assert {file.name for file in tmp_path.rglob("*.parquet")} <= kept


def test_who_is_overtaken_writes_nothing(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _rows(spark, Random(1), "first", 1).write.format("delta").options(**FED).save(str(tmp_path))  # noqa: S311
    told = delta.data_files
    files = {*tmp_path.rglob("*.parquet")}

    def meanwhile(path: Path, version: int | None = None) -> list[Path]:
        spark.sql(f"DELETE FROM delta.`{path}` WHERE no = 1")  # noqa: S608 - a path of our own
        files.update(path.rglob("*.parquet"))
        return told(path, version)

    monkeypatch.setattr(delta, "data_files", meanwhile)
    with pytest.raises(Overtaken):
        _revise(spark, tmp_path, _rows(spark, Random(2), "second", 1))  # noqa: S311

    assert delta.version_of(tmp_path) == 1
    assert {*tmp_path.rglob("*.parquet")} == files


def test_a_column_that_does_not_come_is_not_lost(spark: SparkSession, tmp_path: Path) -> None:
    rows = spark.createDataFrame([("a", 1, "x")], "town string, no int, name string")
    rows.selectExpr("*", "1 as more").write.format("delta").options(**FED).save(str(tmp_path))

    with pytest.raises(ValueError, match="the table has town, no, name, more; town, no, name come"):
        schema = StructType.fromJson(rows.schema.jsonValue())
        delta.commit(
            Revised(spark, rows.toArrow(), schema, KEY, ("name",)), tmp_path, step="made", about="made", note={}
        )


def test_a_damaged_file_is_told(spark: SparkSession, tmp_path: Path) -> None:
    rows = _rows(spark, Random(1), "first", 1)  # noqa: S311
    rows.write.format("delta").options(**FED).save(str(tmp_path))
    (file,) = delta.data_files(tmp_path)
    content = bytearray(file.read_bytes())
    content[30] ^= 1
    file.write_bytes(content)

    with pytest.raises(LakewardError, match="is damaged"):
        _revise(spark, tmp_path, rows)


def test_rows_that_were_deleted_are_not_taken_for_rows_that_stay(spark: SparkSession, tmp_path: Path) -> None:
    rows = spark.createDataFrame([("a", 1, "x"), ("a", 2, "x")], "town string, no int, name string").coalesce(1)
    vectors = {"delta.enableDeletionVectors": "true"}
    rows.write.format("delta").options(**FED, **vectors).save(str(tmp_path))
    spark.sql(f"DELETE FROM delta.`{tmp_path}` WHERE no = 1")  # noqa: S608 - a path of our own
    revised = Revised(spark, rows.toArrow(), rows.schema, KEY, ("name",))

    with pytest.raises(LakewardError, match="were deleted and still lie in its files"):
        delta.commit(revised, tmp_path, step="made", about="made", note={})


def test_files_of_a_commit_that_may_have_been_made_stay(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = _rows(spark, Random(1), "first", 1)  # noqa: S311
    rows.write.format("delta").options(**FED).save(str(tmp_path))
    commit = Transaction.commit

    def interrupted(self: Transaction, *given: Any) -> None:
        commit(self, *given)
        raise KeyboardInterrupt

    monkeypatch.setattr(Transaction, "commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _revise(spark, tmp_path, _rows(spark, Random(2), "second", 1))  # noqa: S311

    assert delta.version_of(tmp_path) == 1
    assert all(file.is_file() for file in delta.data_files(tmp_path))
    assert len(_fed(spark, tmp_path)) > rows.count()


def test_a_full_disk_is_not_told_as_damage(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rows(spark, Random(1), "first", 1).write.format("delta").options(**FED).save(str(tmp_path))  # noqa: S311
    before = {*tmp_path.rglob("*")}

    def full(*_: Any, **__: Any) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(hadoop_crc, "write", full)
    with pytest.raises(Exception, match=r"No space left|full") as told:
        _revise(spark, tmp_path, _rows(spark, Random(2), "second", 1))  # noqa: S311

    assert "damaged" not in str(told.value)
    assert {*tmp_path.rglob("*.parquet")} == {file for file in before if file.suffix == ".parquet"}
