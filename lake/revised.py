"""The rows that a table is to hold next, told to its change data feed as what they change.

Delta's MERGE does the same by jobs of Spark, a handful for each revision. Here the table, which is small, is compared
in memory; Arrow writes the rows that are new and the feed's file, and one transaction of Delta commits both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc

from lakeward.lake import arrow_files, delta, in_memory, transaction
from lakeward.lake.file_ends import statistics
from lakeward.lake.keys import Keys
from lakeward.lake.transaction import How, Replaced, Rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType

FEED = "_change_data"
CHANGE = "_change_type"
INSERT, DELETE, BEFORE, AFTER = "insert", "delete", "update_preimage", "update_postimage"
TOLD = "rows that a later delivery has otherwise, or no more"


@dataclass(frozen=True, slots=True)
class Revised(Rows):
    """All rows that an unpartitioned table in a local folder, whose feed is on, is to hold.

    A row stays as it is, and in its file where all of its neighbours do, when none of the compared columns differs.

    Args:
        spark: the session.
        rows: the rows, no two with one key.
        schema: their columns, those of the table, none of them nested.
        key: the columns of the key, none of them of fractions.
        compared: the columns that may differ.
    """

    spark: SparkSession
    rows: pa.Table
    schema: StructType
    key: tuple[str, ...]
    compared: tuple[str, ...]

    def put_into(self, path: Path, how: How) -> None:
        """Write what differs as one atomic commit; where nothing does, the commit has its note alone.

        Raises:
            ValueError: the table has other columns.
            Overtaken: another writer changed the table meanwhile.
            LakewardError: a file is damaged, or has rows that a deletion vector takes out.
        """
        with transaction.begun(self.spark, path, how) as begun:
            if begun.was_made():
                return
            columns = in_memory.arrow(begun.fit_whole(self.schema))
            come = self.rows.rename_columns(columns.names).cast(columns)
            revision = _Revision.of(path, begun.version, come, self.key, self.compared)
            files: list[Path] = []
            begun.undo = lambda: arrow_files.remove(files)

            def written(part: pa.Table, place: Path, name: str) -> tuple[Path, int]:
                files.append(arrow_files.place(place, {}, f"{name}-00000-{uuid4()}.c000"))
                return files[-1], arrow_files.write(files[-1], [part], part.schema)[0]

            added, feed = [], []
            if revision.rows.num_rows:
                file, size = written(revision.rows, path, "part")
                added = [arrow_files.added(path, file, {}, size, statistics(revision.rows, begun.indexed))]
            if revision.feed.num_rows:
                file, size = written(revision.feed, path / FEED, "cdc")
                feed = [arrow_files.fed(path, file, size)]
            begun.take_the_place_of(Replaced(begun.version, revision.gone, TOLD, revision.stay))
            begun.commit(added, feed)


@dataclass(frozen=True, slots=True)
class _Revision:
    """What is to be written.

    Args:
        gone: the names of the files that are written anew.
        stay: those of all others.
        rows: their rows that stay, and those that are new or other.
        feed: each row that differs, with how.
    """

    gone: frozenset[str]
    stay: frozenset[str]
    rows: pa.Table
    feed: pa.Table

    @classmethod
    def of(cls, path: Path, version: int, come: pa.Table, key: Sequence[str], compared: Sequence[str]) -> _Revision:
        """Compare a table with the rows that it is to hold."""
        keys = Keys.of(come, key)
        gone, kept, other, feed = set[str](), [come.slice(0, 0)], list[pa.Table](), list[pa.Table]()
        known: list[pa.ChunkedArray[Any]] = []
        files = delta.data_files(path, version)
        for file in files:
            with arrow_files.damage_told(file), arrow_files.opened(file) as opened:
                held = arrow_files.fitted(opened.read(), come.schema)
            at = keys.places_of(held)
            known.append(at)
            now = come.take(at)
            is_there = at.is_valid()
            differs = pc.and_(is_there, pc.invert(_same(held, now, compared)))
            stays = pc.and_(is_there, pc.invert(differs))
            if not pc.all(stays, min_count=0).as_py():
                gone.add(file.name)
                kept.append(held.filter(stays))
                other.append(now.filter(differs))
                feed += [_told(held.filter(pc.invert(is_there)), DELETE)]
                feed += [_told(held.filter(differs), BEFORE), _told(other[-1], AFTER)]
        places = pa.array(range(come.num_rows), pa.int64())
        is_new = pc.invert(pc.is_in(places, value_set=pa.chunked_array(known, pa.int64())))
        other.append(come.filter(is_new))
        feed.append(_told(other[-1], INSERT))
        stay = {file.name for file in files} - gone
        return cls(frozenset(gone), frozenset(stay), pa.concat_tables([*kept, *other]), pa.concat_tables(feed))


def _same(held: pa.Table, now: pa.Table, compared: Sequence[str]) -> Any:
    """Say which rows are equal; what lacks equals what lacks, and what is no number what is none."""
    every = pa.repeat(pa.scalar(True), held.num_rows)
    return reduce(pc.and_, (_equal(held.column(name), now.column(name)) for name in compared), every)


def _equal(one: pa.ChunkedArray[Any], other: pa.ChunkedArray[Any]) -> Any:
    same = pc.equal(one, other)
    if pa.types.is_floating(one.type):
        same = pc.or_(same, pc.and_(pc.is_nan(one), pc.is_nan(other)))
    return pc.if_else(pc.and_(one.is_valid(), other.is_valid()), same, pc.and_(one.is_null(), other.is_null()))


def _told(rows: pa.Table, change: str) -> pa.Table:
    return rows.append_column(CHANGE, pa.repeat(pa.scalar(change), rows.num_rows))
