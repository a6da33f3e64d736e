"""Frames of few rows that Spark holds in its own memory: nothing is read, and no job runs, to have them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lakeward.lake import arrow_files, delta, leaves

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

INTERPRETED = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}
"""Queries are worked on as they are planned; no Java is made for them."""
SMALL = {
    **INTERPRETED,
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.adaptive.enabled": "false",
}
"""So a session works where all tables are small: each query is one task, and nothing is planned anew meanwhile."""
COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}
"""The other way, and Spark's own: they are turned into Java."""
EXCLUDED = "spark.sql.optimizer.excludedRules"
MOST_BYTES = 32 << 20
"""So much is held. Spark itself takes up to 48 MB for rows in memory, and makes a job of more."""


@dataclass(frozen=True, slots=True)
class Held:
    """Rows in this process's memory.

    Args:
        spark: the session that may work on them.
        rows: the rows.
        schema: their columns, as Spark has them.
    """

    spark: SparkSession
    rows: pa.Table
    schema: StructType

    @classmethod
    def of(cls, frame: DataFrame) -> Held:
        """Compute a frame once and keep its rows."""
        return cls(frame.sparkSession, frame.toArrow(), frame.schema)

    def frame(self) -> DataFrame:
        """Give them to Spark, which computes upon them and never how they came to be."""
        return self.spark.createDataFrame(self.rows, self.schema)


def tuning(spark: SparkSession, *, are_few: bool) -> dict[str, str]:
    """Give the settings under which a session works on rows in memory.

    They are better worked on by a task than while the query is planned: there a list of columns is walked from its
    beginning for each of them, and for each row.

    Args:
        spark: the session.
        are_few: whether they are so few that to turn a query into Java, and to compile that, takes longer than they do.
    """
    excluded = (spark.conf.get(EXCLUDED, None), "org.apache.spark.sql.catalyst.optimizer.ConvertToLocalRelation")
    return {**(INTERPRETED if are_few else {}), EXCLUDED: ",".join(filter(None, excluded))}


def partitions(table: DataFrame, path: Path, version: int, column: str, values: Collection[str]) -> Held | None:
    """Read some partitions of a version of a table; None where they are more than memory is asked to hold.

    Args:
        table: a frame of that version, which tells its columns.
        path: the table's folder.
        version: the version.
        column: the only partition column.
        values: which values of it.

    Raises:
        LakewardError: a file is damaged.
    """
    opened = delta.opened(path, version)
    files = opened.get_add_actions(flatten=True) if opened else pa.table({"path": (), f"partition.{column}": ()})
    schema = arrow(table.schema)
    parts, size = [schema.empty_table()], 0
    for name, value in zip(*(files.column(at).to_pylist() for at in ("path", f"partition.{column}")), strict=True):
        if value in values:
            file = path / delta.unquoted(name)
            with arrow_files.damage_told(file), arrow_files.opened(file) as opened_file:
                part = opened_file.read()
            if column not in part.column_names:
                part = part.append_column(column, pa.repeat(pa.scalar(value, pa.string()), part.num_rows))
            parts.append(arrow_files.fitted(part, schema))
            size += parts[-1].nbytes
            if size > MOST_BYTES:
                return None
    return Held(table.sparkSession, pa.concat_tables(parts), table.schema)


def arrow(schema: StructType) -> pa.Schema:
    """Give columns with the types that Arrow has for them."""
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(schema, timezone="UTC")


def upon(frame: DataFrame, rows: DataFrame) -> DataFrame:
    """Have a frame that was made from one table compute upon rows in memory instead.

    Args:
        frame: made from the table, as often as it likes, and from nothing else.
        rows: with the columns of the table, in its order.
    """
    from pyspark.sql import DataFrame

    jvm: Any = frame.sparkSession._jvm
    here = rows._jdf.queryExecution().analyzed()
    analyzed = frame._jdf.queryExecution().analyzed()
    plan = leaves.replaced(
        jvm, analyzed, lambda leaf: here.copy(leaf.output(), here.data(), here.isStreaming(), here.stream())
    )
    session = frame.sparkSession._jsparkSession
    return DataFrame(jvm.org.apache.spark.sql.classic.Dataset.ofRows(session, plan), frame.sparkSession)
