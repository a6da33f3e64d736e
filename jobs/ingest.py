"""Landing to bronze: every new delivery of a data set, cell by cell as delivered, in one atomic commit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from lakeward.jobs.arrivals import Arrival
from lakeward.jobs.bulk import is_read_here
from lakeward.jobs.fingerprints import reading_of
from lakeward.jobs.silver import readings_of
from lakeward.lake import delta, takedowns
from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.session import is_on_one_machine
from lakeward.lake.spread import Spread, Work
from lakeward.lake.storage import Lake
from lakeward.lake.takedowns import Places
from lakeward.pipelines.dataset import Dataset
from lakeward.pipelines.formats import Format
from lakeward.pipelines.head import KIND_FOOTER, Head, column_names
from lakeward.pipelines.reading import read_rows
from lakeward.quality.sql import sql_in

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PROVENANCE = ("_row", "_kind", "_fault", "_overflow", "_padded", "_file", "_sha256")
KEPT = ("_row", "_kind", "_padded", "_file", "_sha256", "_ingested_at")
"""What stays of a row that was taken down; it counts as a footer, which is nobody's."""
PROVENANCE_DDL = (
    "_row int, _kind string, _fault string, _overflow array<string>, _padded boolean, _file string, _sha256 string, "
    "_ingested_at timestamp"
)
# A task has a cost of its own (code made, writers opened), so that small deliveries share one; but each delivery is a
# partition, and a task can hold only so many of those open.
WAVES = 2
SHARED_BY = 32
# Bronze is found by its partitions alone: nobody searches its text by statistics. Row counts are kept.
UNINDEXED = {"delta.dataSkippingNumIndexedCols": "0"}
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
            faults = _faults(spark, lake, dataset, taken)
            if not faults:
                raise
            refused += [_refused(each, *faults[_sha256(each)]) for each in taken if _sha256(each) in faults]
            taken = [each for each in taken if _sha256(each) not in faults]
        else:
            break
    return taken, refused


def _is_here(spark: SparkSession, lake: Lake, taken: Sequence[Arrival]) -> bool:
    return is_read_here(lake, [each.delivery for each in taken], is_local=is_on_one_machine(spark))


def _sha256(arrival: Arrival) -> str:
    return arrival.delivery.sha256


def _refused(arrival: Arrival, reason: str, remedy: str) -> Arrival:
    return replace(arrival, status="refused", reason=reason, remedy=remedy, exit_code=DeliveryRefused.exit_code)


def _append(spark: SparkSession, lake: Lake, dataset: Dataset, taken: Sequence[Arrival], run_id: str) -> None:
    path = lake.table(f"bronze.{dataset.name}")
    held = delta.opened(path)
    columns = _columns(taken, held)
    cells = ", ".join(f"`{name}` string" for name in columns)
    schema = f"{cells}, {PROVENANCE_DDL}"
    shares = _shares(spark, taken)
    gone = takedowns.places(lake, dataset.name)
    work = _reader(shares, dataset.source.format, columns, gone)
    rows = Spread(spark, work, len(shares), schema, is_here=_is_here(spark, lake, taken), counting=("_row",))
    shas, reading = {_sha256(each) for each in taken}, reading_of(dataset)
    left = {sha256: by for sha256, by in readings_of(path).items() if by != reading and sha256 not in shas}
    batch = hashlib.sha256("".join(sorted(shas)).encode()).hexdigest()
    # Where many may write, another run may bring the same delivery at the same time: one takes the other's place.
    replaces = any(each.status == "again" for each in taken) or (held is not None and lake.store.is_shared)
    delta.commit(
        # A store's files are written by Spark, which bears with its faults.
        rows.frame() if lake.store.is_shared else rows,
        path,
        step="bronze",
        about=dataset.name,
        note={"run": run_id, "files": len(taken), "reading": reading, "as_before": left},
        mode="overwrite" if replaces else "append",
        options={
            "mergeSchema": "true",
            "txnAppId": f"lakeward/bronze/{dataset.name}/{reading}/{batch}",
            "txnVersion": str(held.version() if held else 0),  # a format that comes back is no replay
            **({"replaceWhere": sql_in("_sha256", sorted(shas))} if replaces else {}),
            **({} if held else UNINDEXED),
        },
        partition_by=("_sha256",),
    )


def _shares(spark: SparkSession, taken: Sequence[Arrival]) -> list[list[Unread]]:
    """Share the deliveries out to tasks, evenly by size."""
    by_size = sorted((each for each in taken if each.head), key=lambda each: each.delivery.bytes, reverse=True)
    unread = [(a.delivery.path, a.delivery.file, a.delivery.sha256, a.head) for a in by_size if a.head]
    tasks = max(WAVES * spark.sparkContext.defaultParallelism, -(-len(unread) // SHARED_BY))
    return [unread[task::tasks] for task in range(min(tasks, len(unread)))]


def _columns(taken: Sequence[Arrival], table: object) -> list[str]:
    """Unite the deliveries' columns; a name that bronze has in another case keeps bronze's spelling."""
    spelled = {field.name.casefold(): field.name for field in table.schema().fields} if table else {}  # type: ignore[attr-defined]
    united: dict[str, str] = {}
    for arrival in taken:
        for name in column_names(arrival.head.header if arrival.head else ()):
            united.setdefault(name.casefold(), spelled.get(name.casefold(), name))
    return list(united.values())


def _reader(shares: list[list[Unread]], form: Format, columns: list[str], gone: Places) -> Work:
    """Read deliveries cell by cell; rows that were taken down are empty, and count as footers."""
    now = pa.scalar(datetime.now(UTC), pa.timestamp("us", "UTC"))

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for path, file, sha256, head in _of(batches, shares):
            for rows in read_rows(path, form, head):
                have = {name.casefold(): rows.column(place) for place, name in enumerate(rows.schema.names)}
                count = rows.num_rows
                cells = [have.get(name.casefold()) for name in columns]
                filled = [pa.nulls(count, pa.string()) if cell is None else cell for cell in cells]
                told = [have[name] for name in PROVENANCE[:5]]
                told += [pa.repeat(each, count) for each in (pa.scalar(file), pa.scalar(sha256), now)]
                batch = pa.RecordBatch.from_arrays([*filled, *told], names=[*columns, *PROVENANCE, "_ingested_at"])
                yield _without(batch, gone[sha256]) if sha256 in gone else batch

    return read


def _without(batch: pa.RecordBatch, rows: frozenset[int]) -> pa.RecordBatch:
    """Empty some rows of a batch."""
    taken = pc.is_in(batch.column("_row"), value_set=pa.array(sorted(rows), pa.int32()))
    instead: dict[str, str | None] = {name: None for name in batch.schema.names if name not in KEPT}
    for name, text in {**instead, "_kind": KIND_FOOTER}.items():
        at = batch.schema.get_field_index(name)
        empty = pa.scalar(text, batch.schema.field(at).type)
        batch = batch.set_column(at, batch.schema.field(at), pc.if_else(taken, empty, batch.column(at)))
    return batch


def _of(batches: Iterator[pa.RecordBatch], shares: list[list[Unread]]) -> Iterator[Unread]:
    for batch in batches:
        for number in batch.column(0).to_numpy():
            yield from shares[number]


def _faults(
    spark: SparkSession, lake: Lake, dataset: Dataset, taken: Sequence[Arrival]
) -> dict[str, tuple[str, str]]:  # fmt: skip
    """Read every delivery once more, keeping nothing, to learn which ones cannot be read to their end, and why."""
    shares, form = _shares(spark, taken), dataset.source.format

    def check(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for path, _, sha256, head in _of(batches, shares):
            try:
                for _ in read_rows(path, form, head):
                    pass
            except DeliveryRefused as refusal:
                told = [pa.array([text]) for text in (sha256, refusal.problem, refusal.remedy)]
                yield pa.RecordBatch.from_arrays(told, names=["sha256", "reason", "remedy"])

    schema = "sha256 string, reason string, remedy string"
    told = Spread(spark, check, len(shares), schema, is_here=_is_here(spark, lake, taken)).batches()
    return {row["sha256"]: (row["reason"], row["remedy"]) for batch in told for row in batch.to_pylist()}
