"""Data files that Arrow writes: with checksums of their pages, and Hadoop's beside them, as Spark's have."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakeward.lake import hadoop_crc


def place(table: Path, partition: Mapping[str, str], name: str) -> Path:
    """Give the path of a table's data file, and make its folder."""
    folder = table.joinpath(*(f"{column}={value}" for column, value in partition.items()))
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.zstd.parquet"


def write(file: Path, parts: Iterable[pa.Table], schema: pa.Schema, counting: Collection[str] = ()) -> tuple[int, int]:
    """Write rows, each part a row group; give the file's size in bytes, and how many rows it has.

    Args:
        file: where.
        parts: the rows.
        schema: their columns.
        counting: columns of whole numbers that count up from row to row, which take next to no room as differences.
    """
    how: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": 3,  # as Spark's writer
        "write_page_checksum": True,
        "store_schema": False,
        "use_dictionary": [name for name in schema.names if name not in counting],
        "column_encoding": dict.fromkeys(counting, "DELTA_BINARY_PACKED"),
    }
    rows = 0
    with pq.ParquetWriter(file, schema, **how) as writer:
        for part in parts:
            writer.write_table(part, row_group_size=max(1, part.num_rows))
            rows += part.num_rows
    hadoop_crc.write(file)
    return file.stat().st_size, rows


def added(table: Path, file: Path, partition: Mapping[str, str], size: int, statistics: str) -> dict[str, Any]:
    """Give what a log says of a data file that is added."""
    return {
        "path": str(file.relative_to(table)),
        "partitionValues": dict(partition),
        "size": size,
        "modificationTime": int(time.time() * 1000),
        "dataChange": True,
        "stats": statistics,
    }


def remove(files: Iterable[Path]) -> None:
    """Remove data files with their checksums, whether or not they were written to the end."""
    for file in files:
        for each in (file, hadoop_crc.beside(file)):
            each.unlink(missing_ok=True)
