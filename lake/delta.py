"""Delta tables: what their logs say, read without a JVM, and the one way in which Spark commits to them.

Each commit carries a note (Delta's `userMetadata`): which versions of its inputs, built by which declaration. What is
left to do is derived from these notes, so there is no state beside the tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError
from pyarrow.parquet import ParquetFile

from lakeward.lake import hadoop_crc
from lakeward.lake.crash import crash_point
from lakeward.lake.disk import room_checked
from lakeward.lake.overtaken import overtaking_told
from lakeward.lake.store import store_of
from lakeward.lake.transaction import How, Rows
from lakeward.lake.tuned import tuned

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, DataFrameWriter, SparkSession

Note = dict[str, Any]
NOTES_BACK = 50
COMMIT = re.compile(r"(\d{20})\.json")
MERGES_FILES = ("OPTIMIZE",)
SAME_ROWS = "same_rows"
"""In a note: its commit changed no row, and what was made from the version before stands."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
A_MILLISECOND = timedelta(milliseconds=1)


def opened(path: Path, version: int | None = None) -> DeltaTable | None:
    """Open a table by its log; None when there is none."""
    if not (path / "_delta_log").is_dir():
        return None
    try:
        return DeltaTable(str(path), version=version, storage_options=dict(store_of(path).for_deltalake))
    except TableNotFoundError:
        return None


def version_of(path: Path) -> int | None:
    """Give a table's newest version; None when there is no table.

    On a disk the names in the log tell it; to open a log of a hundred commits takes two hundred times as long.
    """
    if store_of(path).is_shared:
        table = opened(path)
        return None if table is None else int(table.version())
    log = path / "_delta_log"
    found = (COMMIT.fullmatch(file.name) for file in (log.iterdir() if log.is_dir() else ()))
    return max((int(name[1]) for name in found if name), default=None)


def note_of(path: Path) -> Note:
    """Give the newest note that lakeward left in a table's log; empty when there is none."""
    return noted(path)[1]


def noted(path: Path) -> tuple[int, Note]:
    """Give the newest version that bears a note, and the note; -1 when there is none."""
    return next(_notes(path, NOTES_BACK), (-1, {}))


def notes(path: Path, version: int | None = None) -> Iterator[tuple[int, Note]]:
    """Give every note in a table's log with its version, the newest first; none that is newer than `version`."""
    return _notes(path, None, version)


def _notes(path: Path, back: int | None, version: int | None = None) -> Iterator[tuple[int, Note]]:
    table = opened(path)  # the history of an older one is the same, with wrong numbers
    for commit in table.history(back) if table else ():
        told = commit.get("userMetadata")
        if told and told.startswith('{"lakeward"') and (version is None or commit["version"] <= version):
            yield int(commit["version"]), json.loads(told)


def is_same(path: Path, earlier: int, later: int) -> bool:
    """Say whether a later version holds the rows of an earlier one, files merged or not."""
    return later >= earlier and same_until(path, earlier, later) == later


def same_until(path: Path, version: int, later: int) -> int:
    """Give the last version, up to a later one, that is known to hold the rows of a version, files merged or not."""
    table = opened(path)
    commits = {each["version"]: each for each in table.history()} if table else {}
    while version < later and (commit := commits.get(version + 1)) and _keeps_rows(commit):
        version += 1
    return version


def _keeps_rows(commit: Mapping[str, Any]) -> bool:
    return commit["operation"] in MERGES_FILES or f'"{SAME_ROWS}"' in commit.get("userMetadata", "")


def partitions_of(path: Path, column: str, version: int | None = None) -> set[str]:
    """List a partition column's values from the log alone."""
    table = opened(path, version)
    return {part[column] for part in table.partitions()} if table else set()


def rows_of(path: Path) -> int | None:
    """Count a table's rows from its log's statistics; None when there is no table or a file lacks them."""
    table = opened(path)
    if table is None:
        return None
    counts = table.get_add_actions(flatten=True).column("num_records").to_pylist()
    return None if any(count is None for count in counts) else sum(counts)


def data_files(path: Path, version: int | None = None) -> list[Path]:
    """List the data files of a version, by default the newest, from the log alone; none when there is no table.

    By their names: `file_uris()` would quote blanks and 中文 in the lake's own path.
    """
    table = opened(path, version)
    names = table.get_add_actions(flatten=True).column("path").to_pylist() if table else ()
    return [path / unquoted(str(name)) for name in names]


def records_of(path: Path, column: str = "", value: str = "") -> list[dict[str, Any]]:
    """Read a small table of lakeward's own as dictionaries: all of it, or the rows that have a value.

    Files that cannot hold the value, by what the log notes of them, are not opened. Times are turned by hand: Arrow
    would load pandas for them, which costs a run with nothing to do a second.
    """
    found: list[dict[str, Any]] = []
    for file in files_between(path, {column: (value, value)}) if column else data_files(path):
        part = parquet(file).read()
        times = [field.name for field in part.schema if pa.types.is_timestamp(field.type)]
        for name in times:
            part = part.set_column(part.schema.get_field_index(name), name, part.column(name).cast(pa.int64()))
        rows = part.to_pylist()
        for row, name in product(rows, times):
            row[name] = EPOCH + timedelta(microseconds=row[name])
        found += [row for row in rows if not column or row.get(column) == value]
    return found


def files_between(path: Path, ends: Mapping[str, tuple[Any, Any]], version: int | None = None) -> list[Path]:
    """List the data files that may hold rows between two ends of each of some columns, by what the log notes of them.

    Args:
        path: the table's folder.
        ends: the least and the greatest value that is asked for, by column.
        version: of the table; by default the newest.
    """
    table = opened(path, version)
    if table is None:
        return []
    told = table.get_add_actions(flatten=True)
    near = [path / unquoted(str(name)) for name in told.column("path").to_pylist()]
    may_hold = [True] * len(near)
    for column, (first, last) in ends.items():
        if f"max.{column}" in told.schema.names:
            noted = zip(*(told.column(f"{end}.{column}").to_pylist() for end in ("min", "max")), strict=True)
            both = zip(may_hold, noted, strict=True)
            may_hold = [may and _may_hold(least, most, first, last) for may, (least, most) in both]
    return [file for file, may in zip(near, may_hold, strict=True) if may]


def _may_hold(least: Any, most: Any, first: Any, last: Any) -> bool:
    if least is None or most is None:
        return True
    if isinstance(most, datetime):  # the log cuts what is less than a millisecond
        return bool(least <= last and first - most < A_MILLISECOND)
    if isinstance(most, str):  # and long texts
        first = first[: len(most)]
    return bool(least <= last and first <= most)


def parquet(file: Path, **how: Any) -> ParquetFile:
    """Open a data file."""
    return ParquetFile(store_of(file).for_arrow(file), **how)


def first_rows(path: Path, count: int, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Read a few rows of an unpartitioned table.

    File by file: Arrow's dataset reads ahead in threads that call back into Python, and crash it when it ends first.
    """
    found: list[dict[str, Any]] = []
    for file in data_files(path):
        for batch in parquet(file).iter_batches(batch_size=count, columns=list(columns), use_threads=False):
            found += batch.to_pylist()
            break
        if len(found) >= count:
            break
    return found[:count]


def commit(
    rows: DataFrame | Rows,
    path: Path,
    *,
    step: str,
    about: str,
    note: Mapping[str, object],
    options: Mapping[str, str] | None = None,
    partition_by: Sequence[str] = (),
    mode: str = "append",
) -> int:
    """Write rows to a table as one atomic commit and make it survive a power cut.

    Args:
        rows: what to write: a frame by Spark's writer, others in their own way.
        path: the table's folder.
        step: the arrow it belongs to, for the crash points.
        about: the table's name.
        note: what the commit is made from.
        options: Delta's writer options.
        partition_by: partition columns, for a table that is made by this commit.
        mode: Spark's save mode.

    Returns:
        The version it became.

    Raises:
        Overtaken: another writer changed the table meanwhile.
    """

    def write() -> None:
        if isinstance(rows, Rows):
            staged = partial(crash_point, f"{step}.staged", about)
            rows.put_into(path, How(mode, dict(options or {}), tuple(partition_by), written(note), staged))
            return
        writer: DataFrameWriter = rows.write.format("delta").mode(mode).option("userMetadata", written(note))
        if partition_by:
            writer = writer.partitionBy(*partition_by)
        writer.options(**(options or {})).save(str(path))

    return durably(write, path, step=step, about=about)


def durably(write: Callable[[], object], path: Path, *, step: str, about: str) -> int:
    """Run one commit between its crash points, then force what it added to disk; give the version.

    Raises:
        Overtaken: another writer changed the table meanwhile.
    """
    before = version_of(path)
    crash_point(f"{step}.before", about)
    with room_checked(path):
        with overtaking_told(path):
            write()
        crash_point(f"{step}.committed", about)
        after = version_of(path)
        if after is None:
            raise RuntimeError(f"{path} has no version after a commit")
        added = range(0 if before is None else before + 1, after + 1)
        store_of(path).persist(file for version in added for file in files_of(path, version))
    crash_point(f"{step}.after", about)
    return after


def mark(spark: SparkSession, path: Path, note: Mapping[str, object]) -> int:
    """Commit a note alone; no row changes. Give the version."""
    marked = f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ('lakeward.marked' = '{version_of(path)}')"
    with in_log(spark, note):
        return durably(lambda: spark.sql(marked), path, step="mark", about=path.name)


def in_log(spark: SparkSession, note: Mapping[str, object], **more: str) -> AbstractContextManager[None]:
    """Let the commits that a session makes bear a note, where they are not made by a writer with options.

    Args:
        spark: the session; it must do nothing else meanwhile.
        note: what they are made from.
        more: Delta's settings of one write, without their common beginning.
    """
    told = {"commitInfo.userMetadata": written(note), **{f"write.{name}": value for name, value in more.items()}}
    return tuned(spark, {f"spark.databricks.delta.{name}": value for name, value in told.items()})


def written(note: Mapping[str, object]) -> str:
    """Give a note as the text that goes into the log."""
    return json.dumps({"lakeward": 1, **note}, ensure_ascii=False)


def files_of(path: Path, version: int) -> list[Path]:
    """List what a commit put on disk: its log, checksums and checkpoint, the data files with their checksums."""
    log = path / "_delta_log"
    files = [file for file in log.iterdir() if f"{version:020}." in file.name and not file.name.endswith(".tmp")]
    files += [log / "_last_checkpoint", log / "._last_checkpoint.crc"]
    for line in (log / f"{version:020}.json").read_text("utf-8").splitlines():
        action = json.loads(line)
        if added := action.get("add") or action.get("cdc"):
            file = path / unquoted(added["path"])
            files += [file, hadoop_crc.beside(file)]
    return [file for file in files if file.is_file()]


def unquoted(name: str) -> str:
    """Give a file's name from the URL-quoted form in which a log names it."""
    from urllib.parse import unquote

    return unquote(name)
