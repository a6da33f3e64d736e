from __future__ import annotations

from pathlib import Path

from pyspark.sql import SparkSession

from lakeward.lake import hadoop_crc


def test_the_sums_are_those_of_hadoop_itself(spark: SparkSession, tmp_path: Path) -> None:
    spark.range(3_000).selectExpr("id", "cast(hash(id) as string) as t").coalesce(1).write.parquet(
        str(tmp_path / "out")
    )
    (file,) = (tmp_path / "out").glob("*.parquet")
    theirs = hadoop_crc.beside(file).read_bytes()
    assert file.stat().st_size > 10 * hadoop_crc.BLOCK_BYTES

    hadoop_crc.write(file)
    assert hadoop_crc.beside(file).read_bytes() == theirs


def test_one_bit_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(2_000))
    assert hadoop_crc.agrees(file), "nothing is beside it"
    hadoop_crc.write(file)
    assert hadoop_crc.agrees(file)

    file.write_bytes(bytes(1_999) + b"\1")
    assert not hadoop_crc.agrees(file)
    hadoop_crc.beside(file).write_bytes(b"")
    assert not hadoop_crc.agrees(file)
