"""Data files that Arrow writes, with checksums of their pages, and Hadoop's beside them, as Spark's have; or reads."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetFile, ParquetWriter

from lakeward.lake import delta, hadoop_crc
from lakeward.lake.errors import LakewardError

GROUP_BYTES = 64 << 20
"""Of so much, as it is in memory, a file has its row groups."""


def place(table: Path, partition: Mapping[str, str], name: str) -> Path:
    """Give the path of a table's data file, and make its folder."""
    folder = table.joinpath(*(f"{column}={value}" for column, value in partition.items()))
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.zstd.parquet"


def opened(file: Path) -> ParquetFile:
    """Open a data file that agrees with the checksums beside it; as it is read, it is held against those in it.

    Raises:
        LakewardError: it is damaged.
    """
    with damage_told(file):
        if not hadoop_crc.agrees(file):
            raise OSError("it differs from the checksums beside it")
        return delta.parquet(file, page_checksum_verification=True)


@contextmanager
def damage_told(file: Path) -> Iterator[None]:
    """Tell of each failure in the block that a data file is damaged; nothing but reading it may be done there.

    Raises:
        LakewardError: it is.
    """
    try:
        yield
    except OSError as cause:
        raise LakewardError(
            f"{file} is damaged: {cause}",
            remedy="`lakeward fsck --repair` marks what is damaged, and the next run reads the agency's files again",
        ) from cause


def fitted(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give rows of a file the columns of its table; one that the table got later is empty in it."""
    has = rows.column_names
    cells = (
        rows.column(field.name).cast(field.type) if field.name in has else pa.nulls(rows.num_rows, field.type)
        for field in schema
    )
    return pa.Table.from_arrays([*cells], schema=schema)


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
    with ParquetWriter(file, schema, **how) as writer:
        for part in parts:
            writer.write_table(part, row_group_size=max(1, part.num_rows))
            rows += part.num_rows
    hadoop_crc.write(file)
    return file.stat().st_size, rows


def groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Gather batches, given the types of a schema's columns, into row groups."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        held.append(batch.select(schema.names).cast(schema))
        size += held[-1].nbytes
        if size > GROUP_BYTES:
            yield pa.Table.from_batches(held)
            held, size = [], 0
    if held:
        yield pa.Table.from_batches(held)


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


def fed(table: Path, file: Path, size: int) -> dict[str, Any]:
    """Give what a log says of a file of the change data feed."""
    return {"path": str(file.relative_to(table)), "partitionValues": {}, "size": size, "dataChange": False}


def remove(files: Iterable[Path]) -> None:
    """Remove data files with their checksums, whether or not they were written to the end."""
    for file in files:
        for each in (file, hadoop_crc.beside(file)):
            each.unlink(missing_ok=True)
