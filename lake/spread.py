"""Rows that are written where they are read: tasks, or this process, put them into data files by Arrow.

On their way through Spark, rows that nobody computes upon are turned from Arrow's columns into rows and from these
into Parquet's columns again. What comes back from the tasks here is a line a file, and Delta commits them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import pyarrow as pa

from lakeward.lake import arrow_files, in_memory, transaction
from lakeward.lake.transaction import How, Rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Batches = Iterator[pa.RecordBatch]
Work = Callable[[Batches], Batches]


@dataclass(frozen=True, slots=True)
class Spread(Rows):
    """Rows that some work gives, spread over tasks, or done by this process.

    Args:
        spark: the session.
        work: gives the rows of some shares, told by their numbers in batches of one column.
        shares: how many shares there are; each is a task.
        schema: the columns, as in SQL.
        is_here: whether this process does the work.
        counting: columns that count up from row to row.
    """

    spark: SparkSession
    work: Work
    shares: int
    schema: str
    is_here: bool = False
    counting: tuple[str, ...] = ()

    def frame(self) -> DataFrame:
        """Give the rows as a frame, whose tasks do the work."""
        return self.spark.range(0, self.shares, 1, max(1, self.shares)).mapInArrow(self.work, self.schema)

    def batches(self) -> Batches:
        """Do the work, and give its rows in batches; tasks are asked for all of them first."""
        if self.is_here:
            return self.work(iter([pa.record_batch({"id": range(self.shares)})]))
        return iter(self.frame().toArrow().to_batches())

    def put_into(self, path: Path, how: How) -> None:
        """Write the rows to a local folder as one atomic commit, once. What fails leaves no file.

        The table is partitioned by one column, whose values are plain words. A batch holds rows of one partition, and
        the batches of a partition come one after another.

        Raises:
            ValueError: the table cannot take such columns.
        """
        from pyspark.sql.types import StructType

        (column,) = how.partition_by
        with transaction.begun(self.spark, path, how) as begun:
            if begun.was_made():
                return
            columns = in_memory.arrow(begun.fit(cast("StructType", StructType.fromDDL(self.schema))))
            files = _Files(self.work, path, column, columns, self.counting, uuid4().hex)
            begun.undo = lambda: arrow_files.remove(files.begun())
            told = Spread(self.spark, files.put, self.shares, "added string", self.is_here).batches()
            begun.commit([json.loads(str(text)) for batch in told for text in batch.column(0).to_pylist()])


@dataclass(frozen=True, slots=True)
class _Files:
    """The data files that one write makes of rows."""

    work: Work
    table: Path
    column: str
    columns: pa.Schema
    counting: tuple[str, ...]
    name: str

    def put(self, numbers: Batches) -> Batches:
        """Write the rows of shares to a file for each partition, and give what the log is to say of each file."""
        schema = self.columns.remove(self.columns.get_field_index(self.column))
        attempt = uuid4().hex  # should a task be tried again, the first try may still be at work
        for value, batches in groupby(self.work(numbers), key=lambda batch: batch.column(self.column)[0].as_py()):
            file = arrow_files.place(self.table, {self.column: value}, f"{self.name}-{attempt}")
            size, rows = arrow_files.write(file, arrow_files.groups(batches, schema), schema, self.counting)
            noted = json.dumps({"numRecords": rows})
            told = arrow_files.added(self.table, file, {self.column: value}, size, noted)
            yield pa.record_batch([pa.array([json.dumps(told)])], names=["added"])

    def begun(self) -> Iterator[Path]:
        """Find those that were begun."""
        return self.table.glob(f"{self.column}=*/{self.name}-*")
