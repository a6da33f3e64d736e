"""The same reads by Spark, for tables that are too big for one process; the only module here that starts a JVM."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from lakeward.lake.errors import UsageError
from lakeward.lake.release import parquet_of
from lakeward.lake.storage import Lake
from lakeward.sharing.reader.readable import Asked, State

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from lakeward.sharing.reader.lake import OpenLake

NAME = r"(?:silver|bronze|quarantine)\.\w+\.\w+|\w+\.\w+|_\w+"
PIECE = re.compile(rf"'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*.*?\*/|(?<![\w.`])(?P<name>{NAME})", re.DOTALL)
"""Texts and comments are passed over; what is left and reads like a table's name may be one."""


def frame(lake: Lake, table: str, asked: Asked) -> DataFrame:
    """Read a table; `Readable.duckdb` tells what may be asked."""
    state = State.of(asked.get("version"), asked.get("as_of"))
    rows = _rows(_session(lake), lake, table, state)
    rows = rows.where(asked["where"]) if asked.get("where") else rows
    columns = asked.get("columns")
    rows = rows if columns is None else rows.select([columns] if isinstance(columns, str) else list(columns))
    limit = asked.get("limit")
    return rows if limit is None else rows.limit(limit)


def relation(lake: OpenLake, query: str) -> DataFrame:
    """Ask all tables by their names, in Spark's SQL; it stands in a subquery, so that it can only read."""
    spark = _session(lake.lake)
    named: dict[str, str] = {}

    def view(piece: re.Match[str]) -> str:
        name = piece["name"]
        if name and name not in named and name in lake:
            named[name] = f"lakeward_{name.replace('.', '_')}"
            _rows(spark, lake.lake, lake[name].name, State()).createOrReplaceTempView(named[name])
        return f"`{named[name]}`" if name in named else piece[0]

    return spark.sql(f"select * from (\n{PIECE.sub(view, query.rstrip().rstrip(';'))}\n)")  # noqa: S608


def batches(lake: OpenLake, query: str) -> pa.RecordBatchReader:
    """Ask as `relation` does; the result, which must fit in memory, comes as Arrow's batches.

    Raises:
        UsageError: Spark cannot read the query.
    """
    from pyspark.errors import AnalysisException

    from lakeward.lake.session import without_traces

    without_traces()
    try:
        found: pa.RecordBatchReader = relation(lake, query).toArrow().to_reader()
    except AnalysisException as cause:
        told = str(cause).partition("\n")[0]
        raise UsageError(told, remedy="this is Spark's SQL with --spark; mend the query") from cause
    return found


def _rows(spark: SparkSession, lake: Lake, table: str, state: State) -> DataFrame:
    if state.as_of is not None:
        from lakeward.sharing.releases.vintages import known_on

        known = known_on(lake, table, state.as_of)
        state = State(known.version) if known.release is None else State(release=known.release["release"])
    if state.release:
        from lakeward.sharing.reader.source import manifest_of

        manifest = manifest_of(lake, table, state.release)
        folder = lake.releases(table) / state.release
        return spark.read.parquet(*(str(folder / each) for each in parquet_of(manifest)))
    reader = spark.read.format("delta")
    reader = reader if state.version is None else reader.option("versionAsOf", state.version)
    return reader.load(str(lake.table(table)))


def _session(lake: Lake) -> SparkSession:
    if not find_spec("pyspark"):
        raise UsageError("PySpark is not installed", remedy="`pip install lakeward[spark]`, or use .duckdb()")
    from lakeward.lake.session import session

    return session("lakeward reader", store=lake.store)
