"""The data files that versions of a table consist of: which ones differ, how many rows they hold, and those rows."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.lake import delta

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

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


def frame_of(spark: SparkSession, files: Collection[Path], schema: StructType) -> DataFrame:
    """Read data files of an unpartitioned table."""
    if not files:
        return spark.createDataFrame([], schema)
    # Spark would take brackets and the like in the lake's own path for a pattern.
    return spark.read.schema(schema).parquet(*(GLOB.sub(r"\\\g<0>", str(file)) for file in files))
