"""Snapshots that keep their history: each delivery becomes one version of silver, and Delta tells what it changed.

Which deliveries a table is made from, and in which order, is read from the notes of its commits; there is no list
beside it. A first delivery overwrites; each later one updates, inserts and deletes by key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from lakeward.jobs import merging
from lakeward.lake import delta
from lakeward.lake.handful import Handful
from lakeward.lake.in_memory import Held
from lakeward.lake.origin import drawn_from
from lakeward.lake.properties import FED, ensured
from lakeward.lake.revised import Revised
from lakeward.lake.transaction import Rows
from lakeward.pipelines.dataset import CHANGE, Dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from lakeward.jobs.combine import Task

NESTED = ("array", "map", "struct")
# Delta forgets logs after 30 days and the feed with them; here the feed is what the table is kept for.
FED_FOR_EVER = {**FED, "delta.logRetentionDuration": "interval 5200 weeks"}


@dataclass(frozen=True, slots=True)
class Edition:
    """One delivery as a version of its table.

    Args:
        version: the version that its commit made.
        sha256: the delivery.
        file: its file.
        edition: what the file's name tells of its place among others; empty for nothing.
    """

    version: int
    sha256: str
    file: str
    edition: str


def editions(path: Path, version: int | None = None) -> list[Edition]:
    """List the deliveries that a table is made from since it was last made anew, in order.

    Args:
        path: the table's folder.
        version: look no further than this version; by default to the newest.
    """
    found: list[Edition] = []
    for at, note in delta.notes(path, version):
        if "edition" in note:
            told = note["edition"]
            found.append(Edition(at, told["sha256"], told["file"], told["name"]))
            if told["is_first"]:
                break
    return found[::-1]


def write(spark: SparkSession, path: Path, task: Task, good: DataFrame, accepted: Sequence[str]) -> None:
    """Bring deliveries into a table one after another, each as one commit.

    Only the last commit tells what validation counted: a run that dies before it goes on with those that are missing.
    """
    from pyspark.sql import functions as F

    is_first = task.rebuild or delta.version_of(path) is None
    in_order = [sha256 for sha256 in task.order() if sha256 in set(accepted)]
    is_plain = not any(kind.startswith(NESTED) for kind in task.dataset.types.values())
    is_here = is_plain and merging.is_few(spark, path, task, 0 if is_first else delta.rows_of(path))
    here = good.toArrow() if is_here and (len(in_order) > 1 or not is_first) else None
    for sha256 in in_order:
        told = {
            "sha256": sha256,
            "file": task.entries[sha256].file,
            "name": task.dataset.source.edition_of(task.entries[sha256].file),
            "is_first": is_first,
        }
        note = {**task.note, "edition": told}
        if sha256 != in_order[-1]:
            note.pop("counts", None)
        rows = good.where(F.col("_sha256") == sha256)
        if is_first:
            _begin(spark, path, task, Handful(Held.of(rows)) if is_here else rows, note)
        elif here is None:
            _merge(spark, path, task, rows, note)
        else:
            part = here.filter(pc.equal(here.column("_sha256"), pa.scalar(sha256)))
            key, types = task.dataset.key, task.dataset.types
            others = tuple(name for name in types if name not in key)
            _merge(spark, path, task, Revised(spark, part, good.schema, key, others), note)
        is_first = False


def changes(spark: SparkSession, path: Path, dataset: Dataset, version: int) -> DataFrame:
    """Give what each delivery changed, up to a version of the table, with the columns of `Changes`."""
    from pyspark.sql import functions as F

    told = editions(path, version)
    rows = [(each.version, each.file, each.edition, number) for number, each in enumerate(told, 1)]
    named = spark.createDataFrame(rows, "_commit_version bigint, delivery string, edition string, change_no bigint")
    feed = (
        spark.read.format("delta")
        .option("readChangeFeed", "true")
        .option("startingVersion", told[0].version)
        .option("endingVersion", version)
        .load(str(path))
    )
    is_of_before = (F.col("_commit_version") == told[0].version) & (F.col("_change_type") == "delete")
    told_of = (
        feed.where(~is_of_before)
        .join(F.broadcast(named), "_commit_version")
        .withColumnsRenamed({"_change_type": "change", "_commit_timestamp": "committed_at"})
        .select(*dataset.types, *(column.name for column in CHANGE))
    )
    table = spark.read.format("delta").option("versionAsOf", version).load(str(path))
    return drawn_from(told_of, table.select(*dataset.types))


def _begin(spark: SparkSession, path: Path, task: Task, rows: DataFrame | Rows, note: dict[str, object]) -> None:
    delta.commit(
        rows,
        path,
        step="silver",
        about=task.dataset.name,
        note=note,
        mode="overwrite",
        options={"overwriteSchema": "true", **ensured(spark, path, FED_FOR_EVER)},
    )


def _merge(spark: SparkSession, path: Path, task: Task, rows: DataFrame | Rows, note: dict[str, object]) -> None:
    """Update rows of which any column differs: a row that stays as it was keeps the delivery that brought it."""
    dataset = task.dataset
    if isinstance(rows, Rows):
        delta.commit(rows, path, step="silver", about=dataset.name, note=note)
    else:
        delta.durably(
            lambda: _merge_by_spark(spark, path, dataset, rows, note), path, step="silver", about=dataset.name
        )


def _merge_by_spark(
    spark: SparkSession, path: Path, dataset: Dataset, rows: DataFrame, note: dict[str, object]
) -> None:  # fmt: skip
    from delta.tables import DeltaTable

    same = " and ".join(f"held.`{name}` <=> come.`{name}`" for name in dataset.key)
    others = [name for name in dataset.types if name not in dataset.key]
    differs = " or ".join(f"not (held.`{name}` <=> come.`{name}`)" for name in others) or "false"
    with delta.in_log(spark, note):
        (
            DeltaTable.forPath(spark, str(path)).alias("held")
            .merge(rows.alias("come"), same)
            .whenMatchedUpdateAll(differs).whenNotMatchedInsertAll().whenNotMatchedBySourceDelete().execute()
        )  # fmt: skip
