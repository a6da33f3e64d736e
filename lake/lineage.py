"""Where each column came from, as Spark's own plans tell it: OpenLineage's listener writes events, we keep their edges.

Events lie in `_logs/lineage-<run>.jsonl`, in OpenLineage's own form, for any tool that reads it; their edges become the
Delta table `_lineage`, one row for each column and each column that it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lakeward.lake.records import Records
from lakeward.lake.session import settings
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TYPES: dict[str, pa.DataType] = {
    "run_id": pa.string(),
    "table_name": pa.string(),
    "column": pa.string(),
    "from_table": pa.string(),
    "from_column": pa.string(),
    "how": pa.string(),
}
TABLE = Records("_lineage", "lineage", TYPES)
EVENTS_MS = 60_000
WHOLE = "*"
"""The column of an edge that all columns of a table share: what it was joined, filtered or grouped by."""
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
        from_table: the table that was read.
        from_column: its column.
        how: OpenLineage's words: identity, transformation, aggregation, join, filter, group_by, sort, …
    """

    table_name: str
    column: str
    from_table: str
    from_column: str
    how: str


@contextmanager
def recorded(spark: SparkSession, lake: Lake, run_id: str) -> Iterator[None]:
    """Have what Spark writes in the meantime told to `_lineage`; without OpenLineage's JAR nothing is told.

    Lineage is never worth a run: events that do not come in time are left out of it. The listener works beside the
    run, and not cheaply: it looks at the plan of each query, and `LAKEWARD_LINEAGE=0` turns it off.
    """
    from py4j.protocol import Py4JJavaError

    listener = _listener(spark, _events(lake, run_id)) if settings().lineage and not lake.store.is_shared else None
    context = spark.sparkContext._jsc.sc()
    if listener is None:
        yield
        return
    bus = context.listenerBus()
    with suppress(Py4JJavaError):  # TimeoutException: a busy machine
        bus.waitUntilEmpty(EVENTS_MS)  # the listener falls over the end of a job whose start it has not seen
    context.addSparkListener(listener)
    try:
        yield
    finally:
        with suppress(Py4JJavaError):
            bus.waitUntilEmpty(EVENTS_MS)
        context.removeSparkListener(listener)
        collect(lake)


def collect(lake: Lake) -> None:
    """Keep the edges of every run whose events are not told yet, those of runs that died among them."""
    told = {row["run_id"] for row in TABLE.all(lake)}
    for events in sorted(_events(lake, "*").parent.glob(_events(lake, "*").name)):
        run_id = events.stem.removeprefix("lineage-")
        if run_id not in told:
            TABLE.add(lake, ({"run_id": run_id, **asdict(edge)} for edge in edges(lake, events)), about=run_id)


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


def newest(lake: Lake) -> dict[str, list[Edge]]:
    """Give the edges of each table as its last recorded write had them."""
    last: dict[str, str] = {}
    rows = TABLE.all(lake)
    for row in rows:
        last[row["table_name"]] = max(last.get(row["table_name"], ""), row["run_id"])
    told: dict[str, list[Edge]] = {}
    for row in rows:
        if row.pop("run_id") == last[row["table_name"]]:
            told.setdefault(row["table_name"], []).append(Edge(**row))
    return told


def _of_output(lake: Lake, output: dict[str, Any]) -> Iterator[Edge]:
    facet = output.get("facets", {}).get("columnLineage", {})
    table = _name(lake, output["name"])
    inputs = {name: told["inputFields"] for name, told in facet.get("fields", {}).items()} | {
        WHOLE: facet.get("dataset", ())
    }
    for column, fields in inputs.items():
        for field in fields:
            source = _name(lake, field["name"])
            is_ours = field["field"].startswith("_")  # how we read a row, not what an agency wrote into it
            if table and source and source != table and not is_ours:
                for told in field.get("transformations", ()):
                    yield Edge(table, column, source, field["field"], str(told.get("subtype") or "").lower())


def _name(lake: Lake, path: str) -> str:
    """Give the full name of the table at a path; empty where it is none of this lake's."""
    where = Path(path)
    return ".".join(where.relative_to(lake.root).parts) if where.is_relative_to(lake.root) else ""


def _events(lake: Lake, run_id: str) -> Path:
    return lake.root / "_logs" / f"lineage-{run_id}.jsonl"


def _listener(spark: SparkSession, events: Path) -> Any:
    """Make a listener that writes to a file; None where the JVM lacks OpenLineage."""
    from lakeward.lake import jars, jvm

    if not jvm.has(jars.LINEAGE):
        return None
    events.parent.mkdir(exist_ok=True)
    java = spark.sparkContext._jvm
    conf = spark.sparkContext._jsc.sc().getConf()
    for name, value in {**SETTINGS, "spark.openlineage.transport.location": str(events)}.items():
        conf.set(name, value)
    return java.io.openlineage.spark.agent.OpenLineageSparkListener(conf)  # type: ignore[union-attr]
