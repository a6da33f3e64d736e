"""Handfuls: rows that fit into memory many times over, written by Arrow and committed by Delta.

A write by Spark is several jobs, however few the rows. Here Arrow writes the files, and Delta commits them as it does
anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc

from lakeward.lake import arrow_files, in_memory, transaction
from lakeward.lake.file_ends import statistics
from lakeward.lake.in_memory import Held
from lakeward.lake.transaction import How, Rows, Transaction

PLAIN = re.compile(r"[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Handful(Rows):
    """Few rows, to be written to a local folder.

    Args:
        held: the rows.
        counting: columns that count up from row to row.
    """

    held: Held
    counting: tuple[str, ...] = ()

    def put_into(self, path: Path, how: How) -> None:
        """Write them as one atomic commit, once.

        Raises:
            ValueError: the table cannot take such columns or such values; a partition's value is no plain word.
        """
        with transaction.begun(self.held.spark, path, how) as begun:
            if begun.was_made():
                return
            columns = begun.fit(self.held.schema)
            rows = self.held.rows.rename_columns(columns.names).cast(in_memory.arrow(columns))
            files: list[Path] = []
            begun.undo = lambda: arrow_files.remove(files)
            begun.commit(_written(rows, path, begun, files, self.counting))


def _written(
    rows: pa.Table, path: Path, begun: Transaction, files: list[Path], counting: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Write a file for each partition, and name it in `files` before; give what a log says of each."""
    partitions = begun.partitions
    values = rows.select(partitions).group_by(list(partitions)).aggregate([]).to_pylist() if partitions else [{}]
    if odd := [value for each in values for value in each.values() if not PLAIN.fullmatch(value or "")]:
        raise ValueError(f"{odd[0]!r} cannot name a partition")
    told: list[dict[str, Any]] = []
    for partition in sorted(values, key=lambda each: [*each.values()]) if rows.num_rows else []:
        part = rows
        for name, value in partition.items():
            part = part.filter(pc.equal(part.column(name), value))
        part = part.drop_columns(list(partition))
        files.append(arrow_files.place(path, partition, f"part-00000-{uuid4()}.c000"))
        size, _ = arrow_files.write(files[-1], [part], part.schema, counting)
        told.append(arrow_files.added(path, files[-1], partition, size, statistics(part, begun.indexed)))
    return told
