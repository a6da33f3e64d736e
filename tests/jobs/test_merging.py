"""Rows that take the place of those with their key: which files are written anew, and what the log says of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakeward.jobs import merging
from lakeward.jobs.combine import Task
from lakeward.lake import delta
from lakeward.lake.errors import LakewardError
from lakeward.lake.in_memory import COMPILED
from lakeward.lake.overtaken import Overtaken
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Dataset, Source, Upsert

READINGS = Dataset(
    name="made.readings", title="Made", title_zh="虛構", agency="nobody",
    source=Source("made/readings/*.csv", licence="CC0-1.0", cadence="never"),
    columns=(
        Column("station", "string", "station", key=True),
        Column("at", "timestamp", "time", key=True),
        Column("level", "int", "level"),
    ),
    combine=Upsert(),
)  # fmt: skip
TASK = Task(
    READINGS, {}, bronze_version=7, fingerprint="made", rebuild=False, run_id="run", counts={"rows_written": 9}, bronze_id="b"
)  # fmt: skip
BEGIN = datetime(2020, 1, 1, 0, 0, 0, 123_456)
Row = tuple[str | None, int, int]


@pytest.fixture(autouse=True, params=["by Arrow", "by Spark"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "by Spark":
        monkeypatch.setattr(merging, "MOST_CELLS", 0)
    return str(request.param)


def _rows(spark: SparkSession, *rows: Row) -> DataFrame:
    told = [(station, BEGIN + timedelta(hours=hour), level) for station, hour, level in rows]
    return spark.createDataFrame(told, "station string, at timestamp, level int").coalesce(1)


def _table(spark: SparkSession, path: Path, *files: tuple[Row, ...]) -> None:
    for rows in files:
        _rows(spark, *rows).write.format("delta").mode("append").save(str(path))


def _held(spark: SparkSession, path: Path) -> list[Row]:
    rows = spark.read.format("delta").load(str(path)).collect()
    return sorted(((row.station, round((row["at"] - BEGIN) / timedelta(hours=1)), row.level) for row in rows), key=str)


def _log(path: Path, version: int) -> dict[str, list[dict[str, Any]]]:
    told: dict[str, list[dict[str, Any]]] = {}
    for line in (path / "_delta_log" / f"{version:020}.json").read_text().splitlines():
        ((kind, content),) = json.loads(line).items()
        told.setdefault(kind, []).append(content)
    return told


@pytest.mark.parametrize("many_rows", [0, 1_000])
def test_only_files_that_hold_a_key_that_comes_are_written_anew(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many_rows: int
) -> None:
    monkeypatch.setattr(merging, "MANY_ROWS", many_rows)
    path = tmp_path / "odd [1] {名} 50% x" / "table"
    _table(spark, path, (("a", 1, 1), ("b", 1, 2)), (("a", 2, 3), ("b", 2, 4)), (("a", 3, 5), ("b", 3, 6)))
    before = {file.name for file in delta.data_files(path)}

    merging.merge(spark, path, TASK, _rows(spark, ("b", 3, 60), ("c", 2, 70)))

    assert _held(spark, path) == [
        ("a", 1, 1), ("a", 2, 3), ("a", 3, 5), ("b", 1, 2), ("b", 2, 4), ("b", 3, 60), ("c", 2, 70),
    ]  # fmt: skip
    assert len(before & {file.name for file in delta.data_files(path)}) == 2
    log = _log(path, 3)
    assert len(log["remove"]) == 1
    assert log["txn"][0] | {"lastUpdated": 0} == {"appId": "lakeward/silver/made/b", "version": 7, "lastUpdated": 0}
    assert not log["commitInfo"][0]["isBlindAppend"]
    assert log["commitInfo"][0]["operationParameters"]["predicate"] == "the rows whose station, at came again"
    assert delta.note_of(path) == {"lakeward": 1, **TASK.note}


def test_new_keys_alone_are_added_and_files_are_not_looked_into_that_cannot_hold_them(
    spark: SparkSession, tmp_path: Path
) -> None:
    path = tmp_path / "table"
    _table(spark, path, (("a", 1, 1),), (("a", 9, 2),))
    (first,) = (file for file in delta.data_files(path) if '"at":"2020-01-01T01' in _stats(path, file))
    first.write_bytes(b"whoever reads this fails")

    merging.merge(spark, path, TASK, _rows(spark, ("a", 8, 3), ("a", 10, 4)))

    assert "remove" not in _log(path, 2)
    assert delta.rows_of(path) == 4


def test_a_key_that_lacks_a_part_is_found_too(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "table"
    _table(spark, path, ((None, 1, 1), ("b", 1, 2)), (("b", 2, 3),))

    merging.merge(spark, path, TASK, _rows(spark, (None, 1, 10), ("b", 2, 30)))

    assert _held(spark, path) == [("b", 1, 2), ("b", 2, 30), (None, 1, 10)]


def test_all_rows_of_a_file_may_be_replaced(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "table"
    _table(spark, path, (("a", 1, 1), ("b", 1, 2)))

    merging.merge(spark, path, TASK, _rows(spark, ("a", 1, 10), ("b", 1, 20)))

    assert _held(spark, path) == [("a", 1, 10), ("b", 1, 20)]


def test_large_tables_are_kept_in_files_of_so_many_rows_in_their_order(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "ROWS_A_FILE", 3)
    path = tmp_path / "table"
    _table(spark, path, *(tuple(("a", 3 * file + n, 0) for n in range(3)) for file in range(3)))

    merging.merge(spark, path, TASK, _rows(spark, *(("a", hour, 1) for hour in (0, 3, 6, 9, 10, 11, 12))))

    assert [level for *_, level in _held(spark, path)].count(1) == 7
    opened = delta.opened(path)
    assert opened
    assert sorted(opened.get_add_actions(flatten=True).column("num_records").to_pylist()) == [1, 2, 2, 2, 3, 3]


def test_what_was_merged_is_not_merged_again_over_newer_rows(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "table"
    _table(spark, path, (("a", 1, 1),))
    merging.merge(spark, path, TASK, _rows(spark, ("a", 1, 10)))
    merging.merge(spark, path, replace(TASK, bronze_version=8), _rows(spark, ("a", 1, 20)))

    merging.merge(spark, path, TASK, _rows(spark, ("a", 1, 10)))

    assert _held(spark, path) == [("a", 1, 20)]
    assert delta.version_of(path) == 2


def test_deleted_rows_do_not_come_back(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "table"
    vectors = {"delta.enableDeletionVectors": "true"}
    _rows(spark, ("a", 1, 1), ("b", 1, 2), ("c", 1, 3)).write.format("delta").options(**vectors).save(str(path))
    spark.sql(f"DELETE FROM delta.`{path}` WHERE station = 'b'")  # noqa: S608 - a path of our own
    with pytest.raises(LakewardError, match="were deleted"):
        merging.merge(spark, path, TASK, _rows(spark, ("a", 1, 10)))
    assert _held(spark, path) == [("a", 1, 1), ("c", 1, 3)]

    spark.sql(f"REORG TABLE delta.`{path}` APPLY (PURGE)")
    merging.merge(spark, path, TASK, _rows(spark, ("a", 1, 10)))

    assert _held(spark, path) == [("a", 1, 10), ("c", 1, 3)]


def test_who_is_overtaken_writes_nothing(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    path = tmp_path / "table"
    _table(spark, path, (("a", 1, 1),))
    files = set(path.iterdir())
    of, name = (merging, "frame_of") if way == "by Spark" else (delta, "files_between")
    told = getattr(of, name)

    def meanwhile(*given: Any) -> Any:
        _table(spark, path, (("z", 1, 9),))
        return told(*given)

    monkeypatch.setattr(of, name, meanwhile)
    with pytest.raises(Overtaken):
        merging.merge(spark, path, TASK, _rows(spark, ("a", 1, 10)))

    assert _held(spark, path) == [("a", 1, 1), ("z", 1, 9)]
    assert len({file for file in path.iterdir() if file.suffix == ".parquet"} - files) == 1


def test_a_damaged_file_is_told_and_the_table_stays(spark: SparkSession, tmp_path: Path, way: str) -> None:
    path = tmp_path / "table"
    _table(spark, path, (("a", 1, 1), ("b", 1, 2)))
    (file,) = delta.data_files(path)
    content = bytearray(file.read_bytes())
    content[20] ^= 1
    file.write_bytes(content)
    before = {each.name for each in path.iterdir()}

    with pytest.raises(LakewardError if way == "by Arrow" else Exception, match=r"damaged|[Cc]hecksum"):
        merging.merge(spark, path, TASK, _rows(spark, ("a", 1, 10)))

    assert {each.name for each in path.iterdir()} == before
    assert delta.version_of(path) == 0


def test_settings_are_as_before(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "table"
    _table(spark, path, (("a", 1, 1),))
    names = merging.TOUCHING | COMPILED
    before = {name: spark.conf.get(name, None) for name in names}

    merging.merge(spark, path, replace(TASK, run_id="other"), _rows(spark, ("a", 2, 10)))

    assert {name: spark.conf.get(name, None) for name in names} == before


def _stats(path: Path, file: Path) -> str:
    added = [each for version in (0, 1) for each in _log(path, version)["add"]]
    return next(str(each["stats"]) for each in added if each["path"] == file.name)
