"""Rows that readers filter for lie together: which column that is, whether its files overlap too much, and Delta's way.

Delta's `OPTIMIZE … ZORDER BY` writes the same rows into other files and says so in its log: readers, the change feed
and what rests on the table see no change, and no feature is asked of a reader. See docs/decisions/0011.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeward.lake import delta
from lakeward.lake.layout import Layout
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Dataset, ReplacePart, ReplacePeriod

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyspark.sql import SparkSession

TARGET_BYTES = 128 << 20
"""Of a file that is clustered: one of Parquet's row groups as Spark writes them."""
OVERLAP = 2.0
"""Files that a value may fall into on average. Between sorted neighbours that share a value it stays below."""
TIMES = ("date", "timestamp")


@dataclass(frozen=True, slots=True)
class Clustering:
    """A table that is to be clustered, or was.

    Args:
        before: how its files lie.
        files: how many there will be.
        after: how they lie now; None until it is done.
    """

    before: Layout
    files: int
    after: Layout | None = None

    def as_document(self) -> dict[str, Any]:
        """Give it for machines."""
        told = {"column": self.before.column, "files": self.before.files, "opens": round(self.before.opens, 2)}
        then = {"files": self.after.files, "opens": round(self.after.opens, 2)} if self.after else {"files": self.files}
        return {"before": told, "after": then, "bytes_rewritten": self.before.bytes}

    def as_text(self) -> str:
        """Give it for people."""
        was = f"opens {self.before.opens:,.1f} of {self.before.files:,} files"
        now = (
            f"opened {self.before.opens:,.1f} of {self.before.files:,} files, opens {self.after.opens:,.1f} of "
            f"{self.after.files:,} now"
            if self.after
            else f"{was}; sorted, there would be {self.files:,} and hardly one more than hold it"
        )
        return f"a filter on one value of {self.before.column} {now} ({self.before.bytes / 1e6:,.1f} MB rewritten)"


def leading(table: Table) -> str:
    """Name the column that a table's readers filter by, as far as its declaration tells; empty where it does not.

    A curated table is sorted by its key as it is built, so the first column of that; a data set by the period or part
    that its deliveries replace, else by its first time, of the key if there is one in it, else by its key.
    """
    if table.filtered_by:
        return table.filtered_by
    if not isinstance(table, Dataset):
        return table.key[0] if table.key else ""
    if isinstance(table.combine, ReplacePeriod | ReplacePart):
        return table.combine.column
    times = [column.name for column in table.columns if column.type in TIMES]
    return next((name for name in (*(name for name in times if name in table.key), *times, *table.key)), "")


def clustering(opened: DeltaTable, column: str) -> Clustering | None:
    """Say what clustering a table needs: none where it fills fewer than two files, or values fall into few of them."""
    before = Layout.of(opened, column) if column and not opened.metadata().partition_columns else None
    if before is None or before.bytes < 2 * TARGET_BYTES or before.overlap <= OVERLAP:
        return None
    return Clustering(before, before.bytes // TARGET_BYTES)


def cluster(spark: SparkSession, path: Path, table: str, wanted: Clustering) -> Clustering:
    """Write a table's rows into files that hardly overlap, and tell how they lie then."""
    column = wanted.before.column
    spark.conf.set("spark.databricks.delta.optimize.maxFileSize", str(TARGET_BYTES))
    delta.durably(
        lambda: spark.sql(f"OPTIMIZE delta.`{path}` ZORDER BY (`{column}`)"), path, step="cluster", about=table
    )
    opened = delta.opened(path)
    return replace(wanted, after=Layout.of(opened, column) if opened else None)
