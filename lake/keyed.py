"""Rows that take the place of those with their key, few enough to be held in memory while the others pass by.

Only the data files that hold such a key are written anew, by Arrow, a part after the other: what stays keeps its order,
the new rows come beside it, and one transaction of Delta puts both in the place of these files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetFile

from lakeward.lake import arrow_files, delta, in_memory, transaction
from lakeward.lake.file_ends import FileEnds, ends_of, has_ends
from lakeward.lake.keys import Keys
from lakeward.lake.transaction import How, Replaced, Rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

AT_ONCE = 131_072
"""So many rows of a file are held against the keys at a time."""
MOST_THREADS = 4
"""Each holds a row group of what it writes."""


@dataclass(frozen=True, slots=True)
class Keyed(Rows):
    """Rows of a frame, to be written to an unpartitioned table in a local folder.

    Args:
        frame: the rows, no two with one key; they fit into memory.
        key: the columns of the key, none of them of fractions.
        told: which rows that changes, in words, for the log.
        rows_a_file: of so many of them a file is made.
    """

    frame: DataFrame
    key: tuple[str, ...]
    told: str
    rows_a_file: int

    def put_into(self, path: Path, how: How) -> None:
        """Write them as one atomic commit, once.

        Raises:
            ValueError: the table has other columns.
            Overtaken: another writer changed the table meanwhile.
            LakewardError: a file that holds one of the keys is damaged, or has rows that a deletion vector takes out.
        """
        with transaction.begun(self.frame.sparkSession, path, how) as begun:
            if begun.was_made():
                return
            columns = begun.fit_whole(self.frame.schema)
            rows = self.frame.toArrow().rename_columns(columns.names).cast(in_memory.arrow(columns))
            near = delta.files_between(path, _ends(rows, self.key), begun.version)
            new, keys = _Files(path, rows.schema, begun.indexed, uuid4().hex), Keys.of(rows, self.key)
            begun.undo = lambda: arrow_files.remove(new.begun())
            with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as threads:
                kept = list(threads.map(lambda file: new.without(file, keys, self.key), near))
            gone = {file.name: added for file, added in zip(near, kept, strict=True) if added is not None}
            added = [each for of_file in gone.values() for each in of_file]
            for first in range(0, rows.num_rows, self.rows_a_file):
                added += new.of(rows.slice(first, self.rows_a_file).to_batches())
            begun.take_the_place_of(Replaced(begun.version, gone.keys(), self.told))
            begun.commit(added)


@dataclass(frozen=True, slots=True)
class _Files:
    """The data files that one write makes."""

    table: Path
    schema: pa.Schema
    indexed: int
    name: str

    def without(self, file: Path, keys: Keys, key: Sequence[str]) -> list[dict[str, Any]] | None:
        """Write the rows of a file that have none of some keys; None where no row has one, and nothing is written."""
        with arrow_files.opened(file) as held:
            of_key = pa.schema([self.schema.field(name) for name in key])
            is_gone = [keys.held_by(arrow_files.fitted(part, of_key)) for part in _parts(file, held, [*key])]
            if not any(pc.any(each).as_py() for each in is_gone):
                return None
            kept = (part.filter(pc.invert(gone)) for part, gone in zip(_parts(file, held), is_gone, strict=True))
            fit = (arrow_files.fitted(part, self.schema) for part in kept)
            return self.of(batch for part in fit for batch in part.to_batches())

    def of(self, batches: Iterable[pa.RecordBatch]) -> list[dict[str, Any]]:
        """Write a file of rows, none where there are none; give what the log is to say of it."""
        file = arrow_files.place(self.table, {}, f"part-00000-{self.name}-{uuid4().hex}")
        ends = FileEnds(self.schema, self.indexed)

        def noted() -> Iterator[pa.Table]:
            for group in arrow_files.groups(batches, self.schema):
                ends.add(group)
                yield group

        size, rows = arrow_files.write(file, noted(), self.schema)
        if not rows:
            arrow_files.remove([file])
            return []
        return [arrow_files.added(self.table, file, {}, size, ends.told())]

    def begun(self) -> Iterator[Path]:
        """Find those that were begun."""
        return self.table.glob(f"part-00000-{self.name}-*")


def _parts(file: Path, opened: ParquetFile, columns: list[str] | None = None) -> Iterator[pa.Table]:
    with arrow_files.damage_told(file):  # also while what takes the parts is at work, whose failures do not come here
        for batch in opened.iter_batches(AT_ONCE, columns=columns, use_threads=False):
            yield pa.Table.from_batches([batch])


def _ends(rows: pa.Table, key: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """Give the least and the greatest value of each part of the key that all rows have, where a log notes such ends."""
    found = {}
    for name in key:
        values = rows.column(name)
        if rows.num_rows and not values.null_count and has_ends(values.type):
            with suppress(OverflowError):  # beyond the year 9999: Python has no such times, nor has deltalake
                found[name] = ends_of(values)
    return found
