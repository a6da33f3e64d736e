"""The parts of a curated table that newer inputs touch: only they are made again, all other rows stay as they are.

What changed is told by the data files in which two versions of an input differ: rows that stand in both are no change,
so that merged files, a repeated delivery and a restored version touch nothing. See docs/decisions/0020.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from lakeward.lake import delta
from lakeward.lake.datafiles import Difference, frame_of
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Curated

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

FEW_ROWS = 5_000_000
"""Inputs of so many rows are read again sooner than it is found out what changed in them: `benchmarks/parts.py`."""
SHOWN = 12
LARGE_SHARE = 0.5
"""Of an input's rows: where more are in files that changed, finding out which did costs as much as the table."""


def why_whole(
    lake: Lake, curated: Curated, fingerprint: str, noted: tuple[int, delta.Note], moved: Sequence[str]
) -> str:
    """Say without a JVM why all rows of a table are to be made again; empty where touched parts will do.

    Args:
        lake: the lake.
        curated: the table.
        fingerprint: of its declaration and function today.
        noted: the newest version of it that bears a note, and the note.
        moved: its inputs that have changed or are about to, by their full names.
    """
    version, note = noted
    path = lake.table(curated.table)
    if not note:
        return "nothing is there yet"
    also = [table for table in moved if table not in _ways(curated)]
    reasons = (
        (note["fingerprint"] != fingerprint, "its declaration or function changed"),
        ("stands_for" in note, "what is there was restored, not made from its inputs"),
        (not curated.parts, "it declares no parts"),
        (not delta.is_same(path, version, int(delta.version_of(path) or 0)), "somebody else wrote its newest version"),
        (bool(also), f"every part rests on {', '.join(also)}"),
    )
    return next((told for is_so, told in reasons if is_so), "") or _why_large(lake, curated, note["inputs"])


def remark(again: Sequence[Any]) -> str:
    """Say in a run's report which parts were made again."""
    names = ", ".join(map(str, again[:SHOWN])) + (", …" if len(again) > SHOWN else "")
    return f"{len(again):,} of its parts made again{f' ({names})' if again else ''}, all other rows are as they were"


def _ways(curated: Curated) -> dict[str, str]:
    """Give how inputs fall into parts, by the inputs' full names."""
    ways = curated.parts.inputs if curated.parts else {}
    return {thing.table: ways[thing.name] for thing in curated.inputs if thing.name in ways}


def _why_large(lake: Lake, curated: Curated, versions: Mapping[str, int]) -> str:
    """Say why it would not pay: there is little to read, or most of it changed."""
    total = 0
    for table in _ways(curated):
        path = lake.table(table)
        try:
            difference = Difference.between(path, versions[table], int(delta.version_of(path) or 0))
        except Exception:  # the log of that version is gone, or tells no rows: deltalake has no one error for it
            return f"what changed in {table} is not known any more"
        if difference.rows > LARGE_SHARE * difference.all_rows:
            return f"most of {table} changed"
        if not all(file.is_file() for file in difference.gone):
            return f"what {table} held before was cleaned away"
        total += difference.all_rows
    return "" if total > FEW_ROWS else "its inputs are small"


def touched(
    spark: SparkSession, lake: Lake, curated: Curated, before: Mapping[str, int], now: Mapping[str, int | None]
) -> list[Any]:
    """List the parts in which rows of inputs came, changed or went between two sets of versions."""
    changed = [frame.distinct() for frame in _changed(spark, lake, curated, before, now)]
    return [row[0] for row in reduce(lambda a, b: a.union(b), changed).distinct().collect()] if changed else []


def _changed(
    spark: SparkSession, lake: Lake, curated: Curated, before: Mapping[str, int], now: Mapping[str, int | None]
) -> Iterator[DataFrame]:
    from pyspark.sql import functions as F

    inputs = {thing.table: thing for thing in curated.inputs}
    for table, way in _ways(curated).items():
        path = lake.table(table)
        difference = Difference.between(path, before[table], int(now[table] or 0))
        names = [column.name for column in inputs[table].columns]
        held = spark.read.format("delta").option("versionAsOf", str(now[table])).load(str(path))
        schema = held.select(*names).schema
        come, gone = (frame_of(spark, files, schema) for files in (difference.come, difference.gone))
        if difference.gone:  # a row that stands in both, as often, did not change
            both = come.withColumn("_times", F.lit(1)).unionByName(gone.withColumn("_times", F.lit(-1)))
            come = both.groupBy(*names).agg(F.sum("_times").alias("_times")).where("_times <> 0")
        if difference.come or difference.gone:
            yield come.select(F.expr(way))


def within(expression: str, parts: Sequence[Any]) -> Column:
    """Say whether rows belong to some parts; NULL is a part as any other."""
    from pyspark.sql import functions as F

    part, told = F.expr(expression), [part for part in parts if part is not None]
    return F.when(part.isNull(), F.lit(len(told) < len(parts))).otherwise(part.isin(told))


def cut(curated: Curated, inputs: Sequence[DataFrame], parts: Sequence[Any]) -> list[DataFrame]:
    """Give a table's inputs with the rows of some parts only, where they fall into parts."""
    ways = _ways(curated)
    pairs = zip(curated.inputs, inputs, strict=True)
    return [frame.where(within(ways[thing.table], parts)) if thing.table in ways else frame for thing, frame in pairs]


def renewed(curated: Curated, held: DataFrame, fresh: DataFrame, parts: Sequence[Any]) -> DataFrame:
    """Put rows made again in the place of those that stand for the same parts.

    The frame fails as it is read when a row was made of another part than those: the declaration is not true then.
    """
    from pyspark.sql import functions as F

    of = curated.parts.of if curated.parts else ""
    told = F.raise_error(F.lit(
        f"the function of {curated.name} made a row of a part that no input touched: its `parts` are not true; mend "
        f"them, or leave them out of the declaration"
    ))  # fmt: skip
    first = fresh.columns[0]
    checked = F.when(within(of, parts), F.col(first)).otherwise(told.cast(fresh.schema[first].dataType))
    return held.where(~within(of, parts)).select(*fresh.columns).unionByName(fresh.withColumn(first, checked))
