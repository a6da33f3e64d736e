from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyarrow import parquet
from pyspark.sql import DataFrame, SparkSession

from lakeward.lake import delta, hadoop_crc, handful, transaction
from lakeward.lake.errors import LakewardError
from lakeward.lake.handful import Handful
from lakeward.lake.in_memory import Held
from lakeward.lake.overtaken import Overtaken

Writer = Callable[..., int]
WAYS: list[tuple[str, dict[str, str]]] = [
    ("overwrite", {"overwriteSchema": "true"}),
    ("append", {"txnAppId": "tests", "txnVersion": "3"}),
    ("append", {"mergeSchema": "true"}),
    ("overwrite", {"replaceWhere": "t in ('1', '2')"}),
]
KINDS = (
    "whole int, long bigint, real double, exact decimal(12,2), much decimal(30,0), yes boolean, text string, day date, "
    "at timestamp, bytes binary, several array<string>, named map<string,string>, _sha256 string"
)
VALUES: tuple[Any, ...] = (
    1, 2**40, 0.5, Decimal("12.30"), Decimal(10**29), True, "臺北 ' \u3000", date(1911, 1, 1),
    datetime(1899, 12, 31, 23, 59, 59, 1, tzinfo=UTC), b"\x00", ["a", None], {"b": None}, "aa",
)  # fmt: skip


def _rows(spark: SparkSession, *numbers: int) -> DataFrame:
    return spark.createDataFrame([(n, f"{n}") for n in numbers], "n int, t string").coalesce(1)


def _commit(frame: DataFrame, path: Path, **how: Any) -> int:
    return delta.commit(
        Handful(Held.of(frame)), path, **{"step": "made", "about": "made", "note": {"made": "so"}, **how}
    )


def _held(path: Path) -> list[Any]:
    return sorted(DeltaTable(path).to_pyarrow_table().column("n").to_pylist())


def _said(path: Path, version: int) -> list[tuple[str, Any]]:
    kept = {"operation", "operationParameters", "isBlindAppend", "userMetadata", "appId", "version", "schemaString"}
    kept |= {"partitionColumns", "configuration", "minWriterVersion", "writerFeatures", "partitionValues"}
    told = []
    for line in (path / "_delta_log" / f"{version:020}.json").read_text().splitlines():
        ((kind, content),) = json.loads(line).items()
        told.append((kind, {name: content[name] for name in sorted(kept & content.keys())}))
        if "stats" in content:
            told[-1][1]["stats"] = json.loads(content["stats"])
    return sorted(told, key=str)


@pytest.mark.parametrize(("mode", "options"), WAYS, ids=[next(iter(options)) for _, options in WAYS])
def test_the_log_says_what_sparks_own_writer_would_have_said(
    spark: SparkSession, tmp_path: Path, mode: str, options: dict[str, str]
) -> None:
    paths = tmp_path / "ours [1] {名}", tmp_path / "theirs [1] {名}"
    writers: tuple[Writer, ...] = (_commit, delta.commit)
    for path, writer in zip(paths, writers, strict=True):
        how: dict[str, Any] = {"step": "made", "about": "made", "note": {}, "partition_by": ("t",)}
        writer(_rows(spark, 1, 5), path, **how)
        assert writer(_rows(spark, 1, 2), path, **{**how, "mode": mode, "options": options}) == 1

    ours, theirs = ([_said(path, version) for version in (0, 1)] for path in paths)
    assert [kind for kind, _ in ours[0]] == [kind for kind, _ in theirs[0]]
    assert ours == theirs
    assert _held(paths[0]) == _held(paths[1])


def test_every_kind_of_value_comes_back_by_every_reader(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "table"
    nothing = (*[None] * (len(VALUES) - 1), "bb")
    rows = spark.createDataFrame([VALUES, nothing], KINDS)

    _commit(rows, path, partition_by=("_sha256",))

    read = spark.read.format("delta").load(str(path))
    assert read.schema == rows.schema
    assert sorted(read.collect(), key=lambda row: row["_sha256"]) == rows.collect()
    kinds = {field.name: str(field.type) for field in DeltaTable(path).to_pyarrow_table().schema}
    assert (kinds["at"], kinds["exact"], kinds["whole"]) == ("timestamp[us, tz=UTC]", "decimal128(12, 2)", "int32")
    told = DeltaTable(path).get_add_actions(flatten=True)
    assert told.column("num_records").to_pylist() == [1, 1]
    assert sorted(told.column("null_count.text").to_pylist()) == [0, 1]


def test_it_is_written_once(spark: SparkSession, tmp_path: Path) -> None:
    path, once = tmp_path / "table", {"txnAppId": "tests", "txnVersion": "7"}

    assert [_commit(_rows(spark, n), path, options=once) for n in (1, 2)] == [0, 0]
    assert _commit(_rows(spark, 3), path, options={**once, "txnVersion": "8"}) == 1

    assert _held(path) == [1, 3]


def test_columns_that_come_later_are_added_and_others_may_not_change(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "table"
    _commit(_rows(spark, 1), path)
    _commit(spark.createDataFrame([(True, 2)], "more boolean, N int"), path, options={"mergeSchema": "true"})

    read = spark.read.format("delta").load(str(path))
    assert read.dtypes == [("n", "int"), ("t", "string"), ("more", "boolean")]
    assert sorted(map(tuple, read.collect())) == [(1, "1", None), (2, None, True)]
    files = [*path.rglob("*.parquet")]
    with pytest.raises(ValueError, match="n is integer in the table and string in what comes"):
        _commit(spark.createDataFrame([("x",)], "n string"), path)
    with pytest.raises(ValueError, match="the table has no column other"):
        _commit(spark.createDataFrame([("x",)], "other string"), path)
    assert [*path.rglob("*.parquet")] == files
    assert _held(path) == [1, 2], "whoever reads files by their columns' names"


@pytest.mark.parametrize("odd", ["a%20b", "", None, "a/b"])
def test_a_partition_is_named_by_a_plain_word(spark: SparkSession, tmp_path: Path, odd: str | None) -> None:
    with pytest.raises(ValueError, match="cannot name a partition"):
        _commit(spark.createDataFrame([(1, odd)], "n int, t string"), tmp_path / "table", partition_by=("t",))


def test_the_log_notes_the_ends_that_spark_notes(spark: SparkSession, tmp_path: Path) -> None:
    kinds = "whole int, long bigint, real double, yes boolean, text string, day date, at timestamp, several array<int>"
    first: tuple[Any, ...] = (
        1,
        2**40,
        -0.5,
        True,
        "臺北",
        date(1911, 1, 1),
        datetime(1899, 12, 31, 23, 59, 59, 1_000, tzinfo=UTC),
        [1],
    )
    last: tuple[Any, ...] = (7, None, 2.0, False, "台", date(2024, 2, 29), datetime(2024, 2, 29, tzinfo=UTC), None)
    given: list[tuple[Any, ...]] = [first, last, (None,) * 8]
    rows = spark.createDataFrame(given, kinds).coalesce(1)
    paths = tmp_path / "ours", tmp_path / "theirs"
    writers: tuple[Writer, ...] = (_commit, delta.commit)
    for path, writer in zip(paths, writers, strict=True):
        writer(rows, path, step="made", about="made", note={})
        writer(
            rows, path / "few", step="made", about="made", note={}, options={"delta.dataSkippingNumIndexedCols": "2"}
        )

    ours, theirs = ({**dict(_said(path, 0))["add"]["stats"]} for path in paths)
    assert ours.pop("nullCount").items() <= theirs.pop("nullCount").items(), "of an array Spark notes it too"
    assert ours == theirs
    assert ours["minValues"]["at"] == "1899-12-31T23:59:59.001Z"
    few = [dict(_said(path / "few", 0))["add"]["stats"] for path in paths]
    assert few[0] == few[1]
    assert [*few[0]["minValues"]] == ["whole", "long"]


def test_ends_are_noted_only_where_they_are_exact(spark: SparkSession, tmp_path: Path) -> None:
    late = datetime(2024, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    given: list[Any] = [(float("nan"), "x" * 33, late, 1), (1.0, "a", late, None)]
    rows = spark.createDataFrame(given, "r double, t string, at timestamp, n int")
    _commit(rows, tmp_path)

    stats = dict(_said(tmp_path, 0))["add"]["stats"]
    assert stats["minValues"] == {"at": "2024-01-01T00:00:00.000Z", "n": 1}
    assert stats["maxValues"] == {"at": "2024-01-01T00:00:00.001Z", "n": 1}, "up to the next millisecond"
    assert (
        spark.read.format("delta")
        .load(str(tmp_path))
        .where(f"at = timestamp_micros({int(late.timestamp() * 1e6)})")
        .count()
        == 2
    )


def test_who_comes_second_is_told_and_changes_nothing(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table"
    _commit(_rows(spark, 1), path)
    written = handful._written

    def while_another_writes(*args: Any) -> Any:
        monkeypatch.undo()
        delta.commit(_rows(spark, 2), path, step="made", about="made", note={}, mode="overwrite")
        return written(*args)

    monkeypatch.setattr(handful, "_written", while_another_writes)
    with pytest.raises(Overtaken):
        _commit(_rows(spark, 3), path, mode="overwrite")

    assert _held(path) == [2]


def test_what_cannot_be_written_whole_leaves_no_file(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = tmp_path / "table", parquet.ParquetWriter.write_table

    def until_the_second(*told: Any, **how: Any) -> None:
        write(*told, **how)
        if len([*path.rglob("*.parquet")]) > 1:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet.ParquetWriter, "write_table", until_the_second)
    with pytest.raises(LakewardError, match="no room"):
        _commit(_rows(spark, 1, 2, 3), path, partition_by=("t",))

    assert [file for file in path.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize("is_beside", [True, False])
def test_a_bit_that_flipped_is_noticed(spark: SparkSession, tmp_path: Path, is_beside: bool) -> None:
    path = tmp_path / "table"
    _commit(spark.range(500).selectExpr("cast(hash(id) as string) as t"), path)
    (file,) = path.glob("*.parquet")
    assert hadoop_crc.beside(file).is_file()
    assert hadoop_crc.agrees(file)
    if not is_beside:
        hadoop_crc.beside(file).unlink()
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.write_bytes(content)

    assert hadoop_crc.agrees(file) is not is_beside
    with pytest.raises(Exception, match="FAILED_READ_FILE"):
        spark.read.format("delta").load(str(path)).collect()
    with pytest.raises(OSError, match="CRC"):
        delta.parquet(file, page_checksum_verification=True).read()


def test_bytes_are_told_to_who_asks(spark: SparkSession, tmp_path: Path) -> None:
    with transaction.tallied() as written:
        _commit(_rows(spark, 1, 2), tmp_path / "table", partition_by=("t",))
        _commit(_rows(spark), tmp_path / "empty")
    _commit(_rows(spark, 3), tmp_path / "table")

    files = sorted((tmp_path / "table").glob("t=[12]/*.parquet"))
    assert written == [file.stat().st_size for file in files]
    assert _held(tmp_path / "empty") == []
