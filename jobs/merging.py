"""Rows that take the place of those with the same key: only the data files that hold such a key are written anew.

Few of them, on one machine and in a folder, are the business of `lake.keyed`. Of more of them, or elsewhere, Spark does
the same: Delta's MERGE joins both sides outside in, for which it shuffles and sorts all rows of these files, and
scatters them; here what stays is what has no new row (a join against the keys, which are sent to where files are read),
in the files' own order, the new rows come beside it, and one transaction of Delta puts both in the place of old files.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.jobs.bulk import text_bytes
from lakeward.lake import delta
from lakeward.lake.datafiles import frame_of
from lakeward.lake.in_memory import COMPILED
from lakeward.lake.keyed import Keyed
from lakeward.lake.session import is_on_one_machine
from lakeward.lake.staged import staged
from lakeward.lake.store import store_of
from lakeward.lake.transaction import Replaced
from lakeward.lake.tuned import tuned

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

    from lakeward.jobs.combine import Task

ROWS_A_FILE = 1_000_000
"""So much is written anew where one row of a file changes."""
TOUCHING = {
    "spark.databricks.delta.stats.skipping": "true",
    # A task for each file, so that no file mixes rows of two, or is cut into more.
    "spark.sql.files.openCostInBytes": "1GB",
    "spark.sql.files.maxPartitionBytes": "1GB",
}
MOST_SENT = 1_000_000
"""Up to so many keys are sent to where files are read; more of them meet the rows in a shuffle."""
MOST_CELLS, MOST_TEXT = 10_000_000, 200_000_000
"""Up to so many cells, and bytes of delivered text, come into the memory of the driver's Python."""
MANY_ROWS = 200_000
"""From so many rows in the table on, making code costs less than it saves, however few come."""
RANGED = ("string", "date", "timestamp", "tinyint", "smallint", "int", "bigint", "decimal")
"""Types of which Delta notes each file's least and greatest value, and which text tells exactly."""


def merge(spark: SparkSession, path: Path, task: Task, come: DataFrame) -> None:
    """Bring rows into a table, each in the place of the one with its key, as one commit, once.

    Args:
        spark: the session.
        path: the table's folder.
        task: what is being validated.
        come: the rows, no two with one key.

    Raises:
        Overtaken: another writer changed the table meanwhile.
    """
    told = f"the rows whose {', '.join(task.dataset.key)} came again"
    if is_few(spark, path, task):
        rows = Keyed(come, task.dataset.key, told, ROWS_A_FILE)
        delta.commit(rows, path, step="silver", about=task.dataset.name, note=task.note, options=task.once)
        return
    opened = delta.opened(path)
    if opened is None:
        raise RuntimeError(f"{path} went away")
    version, done = opened.version(), opened.transaction_version(task.once["txnAppId"])
    if done is not None and done >= task.bronze_version:
        return  # another run was here, maybe with newer rows
    options = {**task.once, "maxRecordsPerFile": str(ROWS_A_FILE)}
    is_large = (delta.rows_of(path) or MANY_ROWS) >= MANY_ROWS
    with tuned(spark, TOUCHING | COMPILED if is_large else TOUCHING):
        held = spark.read.format("delta").option("versionAsOf", version).load(str(path))
        keys, near = _keys(come, {name: task.dataset.types[name] for name in task.dataset.key})
        touched = _touched(held, keys, near)
        old = frame_of(spark, [path / name for name in touched], held.schema)
        kept = old.join(keys, _same(old, keys), "left_anti")
        with staged(
            kept.unionByName(come), path, step="silver", about=task.dataset.name, mode="append", options=options,
            instead_of=Replaced(version, frozenset(touched), told),
        ) as written:  # fmt: skip
            written.commit(task.note)


def is_few(spark: SparkSession, path: Path, task: Task, held: int | None = 0) -> bool:
    """Say whether new rows, and those that are `held` beside them, fit into the memory of this process.

    They may only on one machine, and where keys can be compared there: fractions are told apart by more than bytes.
    Rows that nobody counted are not few.
    """
    is_here = is_on_one_machine(spark) and not store_of(path).is_shared
    columns, key = task.dataset.types, task.dataset.key
    are_exact = all(columns[name].partition("(")[0] in RANGED for name in key)
    come = task.counts.get("rows_written")
    if not (is_here and are_exact and come) or held is None:
        return False
    text: int = text_bytes(task.entries.values()) * (come + held) // come
    cells: int = (come + held) * len(columns)
    return cells <= MOST_CELLS and text <= MOST_TEXT


def _touched(held: DataFrame, keys: DataFrame, near: Column) -> list[str]:
    """Name the data files that hold a key that comes."""
    from pyspark.sql import functions as F

    files = held.where(near).select(*keys.columns, F.col("_metadata.file_name").alias("_name"))
    found = files.join(keys, _same(files, keys), "left_semi").select("_name").distinct()
    return sorted(row["_name"] for row in found.collect())


def _keys(come: DataFrame, types: Mapping[str, str]) -> tuple[DataFrame, Column]:
    """Give the keys that come, and say between which values they lie, as far as all of them have each part."""
    from pyspark.sql import functions as F

    asked = [name for name, kind in types.items() if kind.partition("(")[0] in RANGED]
    ends = ((F.min, "least"), (F.max, "most"))
    bounds = (of(name).cast("string").alias(f"{end}_{at}") for at, name in enumerate(asked) for of, end in ends)
    given = (F.count(name).alias(f"given_{at}") for at, name in enumerate(asked))
    (found,) = come.agg(F.count("*").alias("rows"), *bounds, *given).collect()
    near = F.lit(True)
    for at, name in enumerate(asked):
        if found["rows"] and found[f"given_{at}"] == found["rows"]:
            near &= F.col(name).between(*(F.lit(found[f"{end}_{at}"]).cast(types[name]) for _, end in ends))
    keys = come.select(*types)
    return F.broadcast(keys) if found["rows"] <= MOST_SENT else keys, near


def _same(held: DataFrame, keys: DataFrame) -> Column:
    return reduce(and_, (held[name].eqNullSafe(keys[name]) for name in keys.columns))
