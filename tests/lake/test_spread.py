from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from pyarrow import parquet
from pyspark.sql import SparkSession

from lakeward.lake import arrow_files, delta, hadoop_crc
from lakeward.lake.spread import Batches, Spread, Work

SCHEMA = "`格_[1]` string, several array<string>, _row int, _sha256 string"


def _work(*, breaks_off: bool = False) -> Work:
    """Give two deliveries a share, each in batches of three rows; a closure, as tasks know nothing of tests."""

    def work(numbers: Batches) -> Batches:
        for share in (share for batch in numbers for share in batch.column(0).to_pylist()):
            for delivery, first in ((f"a{share}", 0), (f"a{share}", 3), (f"b{share}", 0), (f"b{share}", 3)):
                if breaks_off and (delivery, first) == ("b1", 3):
                    raise ValueError("a line that cannot be read")
                rows = range(first, first + 3)
                texts: list[Any] = [f"{delivery} 中 {row}" if row else None for row in rows]
                lists = pa.array([[text] for text in texts], pa.list_(pa.string()))
                told = [pa.array(texts, pa.string()), lists, pa.array(rows, pa.int32()), pa.repeat(delivery, 3)]
                yield pa.record_batch(told, names=["格_[1]", "several", "_row", "_sha256"])

    return work


def _commit(rows: Any, path: Path, **how: Any) -> int:
    told = {"step": "made", "about": "made", "note": {"made": "so"}, "partition_by": ("_sha256",)}
    return delta.commit(rows, path, **{**told, **how})


def _rows(spark: SparkSession, *, is_here: bool, breaks_off: bool = False, shares: int = 2) -> Spread:
    return Spread(spark, _work(breaks_off=breaks_off), shares, SCHEMA, is_here=is_here, counting=("_row",))


def _held(spark: SparkSession, path: Path) -> list[Any]:
    return sorted(map(str, spark.read.format("delta").load(str(path)).collect()))


@pytest.mark.parametrize("is_here", [True, False], ids=["here", "by tasks"])
def test_the_table_is_the_one_that_spark_would_have_written(
    spark: SparkSession, tmp_path: Path, is_here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow_files, "GROUP_BYTES", 1)  # a row group a batch, where this process does the work
    ours, theirs = tmp_path / "ours {名}", tmp_path / "theirs"
    options = {"delta.dataSkippingNumIndexedCols": "0"}
    _commit(_rows(spark, is_here=is_here), ours, options=options)
    _commit(_rows(spark, is_here=is_here).frame(), theirs, options=options)

    assert _held(spark, ours) == _held(spark, theirs)
    assert len(_held(spark, ours)) == 24
    assert DeltaTable(ours).schema() == DeltaTable(theirs).schema()
    assert DeltaTable(ours).metadata().configuration == DeltaTable(theirs).metadata().configuration
    assert sorted(map(str, DeltaTable(ours).partitions())) == sorted(map(str, DeltaTable(theirs).partitions()))
    assert delta.rows_of(ours) == 24
    for file in delta.data_files(ours):
        held = parquet.ParquetFile(file, page_checksum_verification=True)
        assert held.read().num_rows == 6
        assert held.num_row_groups == (2 if is_here else 1)
        places = [column.path_in_schema for column in map(held.metadata.row_group(0).column, range(3))]
        assert "DELTA_BINARY_PACKED" in held.metadata.row_group(0).column(places.index("_row")).encodings
        assert hadoop_crc.beside(file).is_file()
        assert hadoop_crc.agrees(file)
        assert file.stat().st_size in DeltaTable(ours).get_add_actions().column("size_bytes").to_pylist()


@pytest.mark.parametrize("is_here", [True, False], ids=["here", "by tasks"])
def test_what_breaks_off_leaves_no_file_and_no_version(spark: SparkSession, tmp_path: Path, is_here: bool) -> None:
    with pytest.raises(Exception, match="a line that cannot be read"):
        _commit(_rows(spark, is_here=is_here, breaks_off=True), tmp_path)
    assert delta.version_of(tmp_path) is None
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]

    _commit(_rows(spark, is_here=is_here), tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Exception, match="a line that cannot be read"):
        _commit(_rows(spark, is_here=is_here, breaks_off=True), tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    assert len(_held(spark, tmp_path)) == 24


def test_it_is_written_once_and_takes_the_place_of_what_is_replaced(spark: SparkSession, tmp_path: Path) -> None:
    once = {"txnAppId": "tests", "txnVersion": "1"}
    assert _commit(_rows(spark, is_here=True), tmp_path, options=once) == 0
    files = sorted(tmp_path.rglob("*.parquet"))
    assert _commit(_rows(spark, is_here=True), tmp_path, options=once) == 0
    assert sorted(tmp_path.rglob("*.parquet")) == files, "nothing was written for a commit that is there"

    replacing = {"replaceWhere": "_sha256 in ('a0', 'b1')", "mergeSchema": "true"}
    few = _rows(spark, is_here=True, shares=1)
    assert _commit(few, tmp_path, mode="overwrite", options=replacing) == 1
    held = DeltaTable(tmp_path).to_pyarrow_table(columns=["_sha256"]).column(0).to_pylist()
    assert sorted(map(str, held)) == sorted(name for name in ("a0", "a1", "b0", "b0") for _ in range(6))
