"""Landing to bronze: every new delivery of a data set, cell by cell as delivered, in one atomic commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lakeward.jobs.plan import Arrival
from lakeward.lake import delta
from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Csv, Dataset
from lakeward.pipelines.delimited import Head, column_names, read_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

PROVENANCE = ("_row", "_kind", "_fault", "_overflow", "_padded", "_file", "_sha256")
MAX_TASKS = 512
Unread = tuple[str, str, str, Head]


def ingest(
    spark: SparkSession, lake: Lake, dataset: Dataset, new: Sequence[Arrival], run_id: str
) -> tuple[list[Arrival], list[Arrival]]:
    """Read new deliveries into bronze.

    Returns:
        The deliveries that bronze now holds, and those that turned out unreadable, with their reasons. Unreadable ones
        leave nothing behind.
    """
    taken, refused = list(new), list[Arrival]()
    while taken:
        try:
            _append(spark, lake, dataset, taken, run_id)
        except Exception:
            faults = _faults(spark, dataset, taken)
            if not faults:
                raise
            refused += [replace(each, status="refused", **faults[each.delivery.sha256]) for each in taken
                        if each.delivery.sha256 in faults]  # fmt: skip
            taken = [each for each in taken if each.delivery.sha256 not in faults]
        else:
            break
    return taken, refused


def _append(spark: SparkSession, lake: Lake, dataset: Dataset, taken: Sequence[Arrival], run_id: str) -> None:
    from pyspark.sql import functions as F

    path = lake.table(f"bronze.{dataset.name}")
    columns = _columns(taken, delta.opened(path))
    cells = ", ".join(f"`{name}` string" for name in columns)
    schema = f"{cells}, _row int, _kind string, _fault string, _overflow array<string>, _padded boolean, _file string, _sha256 string"
    rows = _spread(spark, taken, _reader(_unread(taken), dataset.source.format, columns), schema)
    batch = hashlib.sha256("".join(sorted(each.delivery.sha256 for each in taken)).encode()).hexdigest()
    delta.commit(
        rows.withColumn("_ingested_at", F.lit(datetime.now(UTC))),
        path,
        step="bronze",
        about=dataset.name,
        note={"run": run_id, "files": len(taken)},
        options={"mergeSchema": "true", "txnAppId": f"lakeward/bronze/{dataset.name}/{batch}", "txnVersion": "1"},
        partition_by=("_sha256",),
    )


def _spread(
    spark: SparkSession, taken: Sequence[Arrival], work: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]],
    schema: str,
) -> DataFrame:  # fmt: skip
    """Give each delivery to a task; small ones share tasks when there are very many."""
    return spark.range(0, len(taken), 1, min(len(taken), MAX_TASKS)).mapInArrow(work, schema)


def _unread(taken: Sequence[Arrival]) -> list[Unread]:
    return [(a.delivery.path, a.delivery.file, a.delivery.sha256, a.head) for a in taken if a.head]


def _columns(taken: Sequence[Arrival], table: object) -> list[str]:
    """Unite the deliveries' columns; a name that bronze has in another case keeps bronze's spelling."""
    spelled = {field.name.casefold(): field.name for field in table.schema().fields} if table else {}  # type: ignore[attr-defined]
    united: dict[str, str] = {}
    for arrival in taken:
        for name in column_names(arrival.head.header if arrival.head else ()):
            united.setdefault(name.casefold(), spelled.get(name.casefold(), name))
    return list(united.values())


def _reader(
    unread: list[Unread], form: Csv, columns: list[str]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for batch in batches:
            for number in batch.column(0).to_pylist():
                path, file, sha256, head = unread[number]
                for rows in read_rows(path, form, head):
                    have = {name.casefold(): rows.column(place) for place, name in enumerate(rows.schema.names)}
                    count = rows.num_rows
                    cells = [have.get(name.casefold(), None) for name in columns]
                    filled = [pa.nulls(count, pa.string()) if cell is None else cell for cell in cells]
                    told = [have[name] for name in PROVENANCE[:5]]
                    told += [pa.repeat(pa.scalar(text, pa.string()), count) for text in (file, sha256)]
                    yield pa.RecordBatch.from_arrays([*filled, *told], names=[*columns, *PROVENANCE])

    return read


def _faults(spark: SparkSession, dataset: Dataset, taken: Sequence[Arrival]) -> dict[str, dict[str, object]]:
    """Read every delivery once more, keeping nothing, to learn which ones cannot be read to their end."""
    unread, form = _unread(taken), dataset.source.format

    def check(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        for batch in batches:
            for number in batch.column(0).to_pylist():
                path, _, sha256, head = unread[number]
                try:
                    for _ in read_rows(path, form, head):
                        pass
                except DeliveryRefused as refusal:
                    told = [[sha256], [refusal.problem], [refusal.remedy]]
                    yield pa.RecordBatch.from_arrays([pa.array(text) for text in told], names=["sha256", "reason", "remedy"])

    found = _spread(spark, taken, check, "sha256 string, reason string, remedy string").collect()
    return {
        row.sha256: {"reason": row.reason, "remedy": row.remedy, "exit_code": DeliveryRefused.exit_code} for row in found
    }
