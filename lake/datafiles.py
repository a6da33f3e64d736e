"""The data files that versions of a table consist of: which ones differ, how many rows they hold, and those rows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.lake import delta
from lakeward.lake.store import store_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

PLAIN = 1
"""Up to this version of Delta's protocol for readers, a table is what its files hold, and no more."""
MOST_NAMED = 32
"""Of more files Spark makes a job to look at them."""
GLOB = re.compile(r"[\[\]{}*?\\]")


@dataclass(frozen=True, slots=True)
class Difference:
    """The data files by which a version differs from an earlier one.

    Args:
        come: files that only the later one has.
        gone: files that only the earlier one has.
        rows: in all of these.
        all_rows: of the later version.
    """

    come: tuple[Path, ...]
    gone: tuple[Path, ...]
    rows: int
    all_rows: int

    @classmethod
    def between(cls, path: Path, before: int, now: int) -> Difference:
        """Compare two versions of a table by their logs; files that were only merged or clustered next are no change.

        Raises:
            ValueError: a file's rows were not counted.
        """
        was, is_now = (_rows(path, version) for version in (delta.same_until(path, before, now), now))
        come, gone = is_now.keys() - was.keys(), was.keys() - is_now.keys()
        return cls(
            tuple(path / name for name in sorted(come)),
            tuple(path / name for name in sorted(gone)),
            sum(is_now[name] for name in come) + sum(was[name] for name in gone),
            sum(is_now.values()),
        )


def _rows(path: Path, version: int) -> dict[str, int]:
    opened = delta.opened(path, version)
    files = opened.get_add_actions(flatten=True) if opened else None
    if files is None or None in (counts := files.column("num_records").to_pylist()):
        raise ValueError(f"{path} at version {version} has files whose rows nobody counted")
    return dict(zip(map(delta.unquoted, files.column("path").to_pylist()), counts, strict=True))


def frame_at(
    spark: SparkSession, path: Path, version: int, column: str = "", values: Collection[str] = ()
) -> DataFrame:  # fmt: skip
    """Read a version of a table, or some of its partitions.

    Delta finds the files of a version by a query of its own, which takes a second of a cold session. Few files of a
    plain table in a folder are read by their names, which its log tells without Spark.

    Args:
        spark: the session.
        path: the table's folder.
        version: the version.
        column: the only partition column, where not all rows are wanted.
        values: which values of it are.
    """
    from pyspark.sql import functions as F
    from pyspark.sql.types import StructType

    if not store_of(path).is_shared and (table := delta.opened(path, version)):
        told = table.get_add_actions(flatten=True)
        names = told.column("path").to_pylist()
        of = told.column(f"partition.{column}").to_pylist() if column and names else [None] * len(names)
        files = [
            path / delta.unquoted(name) for name, value in zip(names, of, strict=True) if not column or value in values
        ]
        if table.protocol().min_reader_version <= PLAIN and 0 < len(files) <= MOST_NAMED:
            return frame_of(spark, files, StructType.fromJson(json.loads(table.schema().to_json())), path)
    rows = spark.read.format("delta").option("versionAsOf", version).load(str(path))
    return rows.where(F.col(column).isin(*values)) if column else rows


def frame_of(spark: SparkSession, files: Collection[Path], schema: StructType, table: Path | None = None) -> DataFrame:
    """Read data files of one table, whose folder is given where it has partitions."""
    if not files:
        return spark.createDataFrame([], schema)
    # Spark would take brackets and the like in the lake's own path for a pattern.
    reader = spark.read.option("basePath", str(table)) if table else spark.read
    return reader.schema(schema).parquet(*(GLOB.sub(r"\\\g<0>", str(file)) for file in files))
