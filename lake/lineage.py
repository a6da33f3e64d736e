"""Where each column came from, as Spark's own plans tell it: OpenLineage's listener writes events, we keep their edges.

Events lie in `_logs/lineage-<run>.jsonl`, in OpenLineage's own form, for any tool that reads it; their edges become the
Delta table `_lineage`, one row for each column and each column that it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from threading import Lock
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pyarrow as pa

from lakeward.lake import delta, leaves
from lakeward.lake.records import Records
from lakeward.lake.session import settings
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import DataFrame

TYPES: dict[str, pa.DataType] = {
    "run_id": pa.string(),
    "table_name": pa.string(),
    "column": pa.string(),
    "from_table": pa.string(),
    "from_column": pa.string(),
    "how": pa.string(),
}
TABLE = Records("_lineage", "lineage", TYPES)
WHOLE = "*"
"""The column of an edge that all columns of a table share: what it was joined, filtered or grouped by."""
OURS = frozenset(
    (
        "_row",
        "_kind",
        "_fault",
        "_overflow",
        "_padded",
        "_file",
        "_sha256",
        "_ingested_at",
        "_change_type",
        "_commit_version",
    )
)
"""Columns that say how a row was read, not what an agency wrote."""
_ONE_AT_A_TIME = Lock()
SETTINGS = {
    "spark.openlineage.transport.type": "file",
    "spark.openlineage.namespace": "lakeward",
    "spark.openlineage.facets.disabled": (  # the settings of a session may hold secrets, and plans are long
        "[spark_unknown;spark.logicalPlan;spark_properties;environment-properties;debug]"
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One column made from another.

    Args:
        table_name: the table that was written.
        column: its column; `*` for all of them.
        from_table: the table that was read; empty says no more than that the table was written.
        from_column: its column.
        how: OpenLineage's words: identity, transformation, aggregation, join, filter, group_by, sort, …
    """

    table_name: str
    column: str
    from_table: str
    from_column: str
    how: str


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a table's write: by which run, and its edges."""

    run_id: str
    edges: list[Edge]


def tell(lake: Lake, table: str, frame: DataFrame, run_id: str) -> None:
    """Have OpenLineage tell, from its plan, of a frame that is about to be written to a table.

    It hears of no other query, and before the commit: a run that dies after it has told already, and what is told of a
    commit that never came is passed over by its readers. Without OpenLineage's JAR nothing is told. Lineage is never
    worth a run: where it fails, `lakeward lineage` says that the newest version has none.
    """
    from lakeward.lake import jars, jvm

    if not settings().lineage or not jvm.has(jars.LINEAGE):
        return
    with _ONE_AT_A_TIME, suppress(Exception), lake.store.filled_by_others(_events(lake, run_id)) as events:
        _listener(frame.sparkSession.sparkContext, events).onOtherEvent(_ended_write(frame, lake.table(table)))


def collect(lake: Lake, own: str = "") -> None:
    """Keep the edges of a run that ended, and of runs that died, where none but this one can be alive."""
    for run_id, found in _not_kept(lake, {row["run_id"] for row in TABLE.all(lake)}):
        if run_id != own and lake.store.is_shared:
            continue
        TABLE.add(lake, ({"run_id": run_id, **asdict(edge)} for edge in found), about=run_id)


def _not_kept(lake: Lake, kept: Collection[str]) -> Iterator[tuple[str, list[Edge]]]:
    """Give what events tell of the commits of runs of which `_lineage` holds nothing."""

    @cache
    def writers(table: str) -> set[str]:
        return {note["run"] for _, note in delta.notes(lake.table(table)) if "run" in note}

    pattern = _events(lake, "*")
    for events in sorted(pattern.parent.glob(pattern.name)):
        run_id = events.stem.removeprefix("lineage-")
        if run_id not in kept:
            yield run_id, [edge for edge in edges(lake, events) if run_id in writers(edge.table_name)]


def edges(lake: Lake, events: Path) -> list[Edge]:
    """Read the edges between tables of a lake from OpenLineage events; a line cut by a kill is passed over."""
    found: set[Edge] = set()
    for line in events.read_text("utf-8").splitlines():
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            continue
        if event.get("eventType") == "COMPLETE":
            for output in event.get("outputs", ()):
                found |= set(_of_output(lake, output))
    return sorted(found)


def newest(lake: Lake) -> dict[str, Told]:
    """Give what was told of each table's newest write of which any was."""
    kept = TABLE.all(lake)
    rows = [(row.pop("run_id"), Edge(**row)) for row in kept]
    rows += [(run_id, edge) for run_id, found in _not_kept(lake, {run_id for run_id, _ in rows}) for edge in found]
    last: dict[str, str] = {}
    for run_id, edge in rows:
        last[edge.table_name] = max(last.get(edge.table_name, ""), run_id)
    told = {table: Told(run_id, []) for table, run_id in last.items()}
    for run_id, edge in rows:
        if run_id == last[edge.table_name] and edge.from_table:
            told[edge.table_name].edges.append(edge)
    return told


def _of_output(lake: Lake, output: dict[str, Any]) -> Iterator[Edge]:
    facet = output.get("facets", {}).get("columnLineage", {})
    table = _name(lake, output)
    inputs = {name: told["inputFields"] for name, told in facet.get("fields", {}).items()} | {
        WHOLE: facet.get("dataset", ())
    }
    if table:
        yield Edge(table, WHOLE, "", "", "")
    for column, fields in inputs.items():
        for field in fields:
            source = _name(lake, field)
            if table and source and source != table and field["field"] not in OURS:
                for told in field.get("transformations", ()):
                    yield Edge(table, column, source, field["field"], str(told.get("subtype") or "").lower())


def _name(lake: Lake, dataset: dict[str, Any]) -> str:
    """Give the full name of the table that OpenLineage tells of; empty where it is none of this lake's."""
    place, name = dataset.get("namespace", "file"), dataset["name"]
    where = PurePosixPath(name if place == "file" else f"{place}/{name}")
    root = PurePosixPath(str(lake.root).replace("s3a://", "s3://", 1))  # as OpenLineage writes it
    return ".".join(where.relative_to(root).parts) if where.is_relative_to(root) else ""


def _events(lake: Lake, run_id: str) -> Path:
    return lake.root / "_logs" / f"lineage-{run_id}.jsonl"


@lru_cache(maxsize=1)
def _listener(context: SparkContext, events: Path) -> Any:
    """Make a listener that writes to a file. It is on no bus: it hears what it is told."""
    jvm: Any = context._jvm
    conf = context._jsc.sc().getConf()
    for name, value in {**SETTINGS, "spark.openlineage.transport.location": str(events)}.items():
        conf.set(name, value)
    return jvm.io.openlineage.spark.agent.OpenLineageSparkListener(conf)


def _ended_write(frame: DataFrame, path: Path) -> Any:
    """Give the event with which Spark tells that a frame was written; its command is planned and never run."""
    jvm: Any = frame.sparkSession._jvm
    sql = jvm.org.apache.spark.sql
    command = sql.execution.datasources.SaveIntoDataSourceCommand(
        leaves.replaced(jvm, frame._jdf.queryExecution().analyzed(), lambda leaf: _without_files(jvm, leaf)),
        sql.delta.sources.DeltaDataSource(),
        jvm.PythonUtils.toScalaMap({"path": quote(unquote(path.as_uri()), safe=":/")}),  # a store's is not quoted
        sql.SaveMode.Append,
    )
    session, none = frame.sparkSession._jsparkSession, jvm.scala.Option.empty()
    plan = session.sessionState().executePlan(command, sql.execution.CommandExecutionMode.SKIP())
    ended = sql.execution.ui.SparkListenerSQLExecutionEnd(0, int(time() * 1000), none, none)
    getattr(ended, "qe_$eq")(plan)
    return ended


def _without_files(jvm: Any, leaf: Any) -> Any:
    """Give a table that is read as one of Delta's without files: OpenLineage would have Spark list them, a job."""
    sources = "org.apache.spark.sql.execution.datasources"
    files_of = jvm.java.lang.Class.forName(f"{sources}.HadoopFsRelation")
    if _kind(leaf) != f"{sources}.LogicalRelation" or not files_of.isInstance(leaf.relation()):
        return leaf
    relation = leaf.relation()
    files = relation.location()
    if _kind(files) == "org.apache.spark.sql.delta.files.TahoeLogFileIndex":
        log, snapshot = files.deltaLog(), files.snapshotAtAnalysis()
    elif (table := _table_of(files)) is not None:
        log = jvm.org.apache.spark.sql.delta.DeltaLog.forTable(relation.sparkSession(), str(table))
        snapshot = log.unsafeVolatileSnapshot()
    else:
        return leaf
    none = jvm.org.apache.spark.sql.delta.files.TahoeBatchFileIndex(
        relation.sparkSession(), "batch", jvm.PythonUtils.toSeq([]), log, log.dataPath(), snapshot, False
    )
    named = relation.copy(
        none, relation.partitionSchema(), relation.dataSchema(), relation.bucketSpec(), relation.fileFormat(),
        relation.options(), relation.sparkSession(),
    )  # fmt: skip
    return leaf.copy(named, leaf.output(), leaf.catalogTable(), leaf.isStreaming(), leaf.stream())


def _table_of(files: Any) -> Path | None:
    """Give the folder of the table whose files are read by their names."""
    roots = files.rootPaths()
    if roots.isEmpty():
        return None
    file = Path(roots.head().toUri().getPath())
    return next((folder for folder in file.parents if (folder / "_delta_log").is_dir()), None)


def _kind(thing: Any) -> str:
    return str(thing.getClass().getName())
