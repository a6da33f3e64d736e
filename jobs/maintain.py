"""Care of tables, by need: many small files become few, rows that readers filter for come to lie together, and files
that nothing names any more go.

What is needed is read from the logs. A version that a release is made from keeps its files for ever, one that
recipients of shares have addresses of until these end, any other for as long as it is asked for; files that a killed
run left behind go after the same time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeward.jobs.clustering import TARGET_BYTES, Clustering, cluster, clustering, leading
from lakeward.jobs.fsck import OWN, tables_of
from lakeward.jobs.report import columns
from lakeward.lake import delta, hadoop_crc
from lakeward.lake.audit import pinned
from lakeward.lake.holds import forget, held
from lakeward.lake.lease import lease
from lakeward.lake.storage import Lake
from lakeward.lake.writer import writer
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Dataset, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from deltalake import DeltaTable
    from pyspark.sql import SparkSession

SMALL_BYTES = 16 << 20
MANY = 16


@dataclass(frozen=True, slots=True)
class Need:
    """What one table needs.

    Args:
        table: its full name.
        small: files below 16 MiB that lie in one partition with many of their kind; none when they are few.
        unnamed: data files that no version names that is to be kept.
        bytes: what those take.
        clustering: how its rows are to be laid out; None when files overlap little, or there are hardly two.
    """

    table: str
    small: int
    unnamed: tuple[str, ...]
    bytes: int
    clustering: Clustering | None = None

    @property
    def is_any(self) -> bool:
        """True when something is to be done."""
        return bool(self.small or self.unnamed or self.clustering)


def needs(lake: Lake, declared: Iterable[Table], retain_hours: int) -> list[Need]:
    """Say what declared tables and lakeward's own need; nothing is written.

    Args:
        lake: the lake.
        declared: tables; those that are not built are passed over. One that keeps its history keeps all its files, and
            is not clustered: that would double it.
        retain_hours: how long the files of versions that are not the newest are kept for readers.
    """
    declared = list(declared)
    keeping = {
        each.table
        for each in declared
        if isinstance(each, Dataset) and isinstance(each.combine, Snapshot) and each.combine.keep_history
    }
    columns = {each.table: leading(each) for each in declared if each.table not in keeping}
    found = []
    for table in tables_of(declared):
        path = lake.table(table)
        if opened := delta.opened(path):
            keep = pinned(lake, table) if table.startswith("gold.") else set()
            asked_for = {version for version in held(lake, table) if version <= opened.version()}
            names = () if table in keeping else _unnamed(opened, retain_hours, keep, asked_for)
            freed = sum(_size(path / name) for name in names)
            found.append(Need(table, _small(opened), names, freed, clustering(opened, columns.get(table, ""))))
    return found


def maintain(lake: Lake, wanted: Sequence[Need], master: str | None = None) -> list[Need]:
    """Do what tables need, and tell what became of it; Spark is started only for tables that Spark wrote."""
    if any((need.small or need.clustering) and need.table not in OWN for need in wanted):
        with writer(lake, "maintain", master) as spark:
            return _work(lake, wanted, spark.newSession())  # its settings are its own
    if any(need.is_any for need in wanted):
        with lease(lake, "maintain"):
            return _work(lake, wanted, None)
    return list(wanted)


def _work(lake: Lake, wanted: Sequence[Need], spark: SparkSession | None) -> list[Need]:
    done = []
    for need in wanted:
        path = lake.table(need.table)
        forget(lake, need.table)
        for file in (path / name for name in need.unnamed):
            file.unlink(missing_ok=True)
            hadoop_crc.beside(file).unlink(missing_ok=True)
        laid_out = None
        if need.clustering and spark:  # which leaves no small file
            laid_out = cluster(spark, path, need.table, need.clustering)
        elif need.small:
            delta.durably(_compaction(spark, path, need.table), path, step="maintain", about=need.table)
        done.append(replace(need, clustering=laid_out))
    return done


def as_document(wanted: Sequence[Need], *, is_done: bool) -> dict[str, Any]:
    """Give what was needed for machines."""
    told = [
        {
            "table": each.table,
            "small_files": each.small,
            "unnamed_files": len(each.unnamed),
            "bytes": each.bytes,
            "clustering": each.clustering.as_document() if each.clustering else None,
        }
        for each in wanted
        if each.is_any
    ]
    return {"schema": "lakeward.maintain/1", "is_done": is_done, "looked_at": len(wanted), "tables": told}


def as_text(wanted: Sequence[Need], *, is_done: bool) -> str:
    """Give what was needed for people."""
    rows = [(each.table, each.small, len(each.unnamed), each.bytes) for each in wanted if each.is_any]
    if not rows:
        return f"{len(wanted)} tables need nothing"
    did = "freed" if is_done else "would free"
    total = sum(each.bytes for each in wanted)
    laid_out = "clustered" if is_done else "would cluster"
    return "\n".join([
        columns(rows, ("table", "small files to merge", "files that no version names", "bytes")),
        "",
        *(f"{laid_out} {each.table}: {each.clustering.as_text()}" for each in wanted if each.clustering),
        f"{did} {total / 1e6:,.1f} MB; what is merged goes when its time to be kept is over",
    ])  # fmt: skip


def _unnamed(opened: DeltaTable, retain_hours: int, keep: set[int], asked_for: set[int]) -> tuple[str, ...]:
    names = opened.vacuum(
        retain_hours,
        dry_run=True,
        enforce_retention_duration=False,
        full=True,
        keep_versions=sorted(keep | asked_for) or None,
    )
    if asked_for:  # no version names change files, but who asks for changes has addresses of them
        names = [name for name in names if not name.startswith("_change_data/")]
    return tuple(name for name in names if not name.rpartition("/")[2].startswith("."))  # checksums go with their file


def _small(opened: DeltaTable) -> int:
    """Count small files in partitions that hold many of them."""
    told = opened.get_add_actions(flatten=True)
    names, sizes = (told.column(name).to_pylist() for name in ("path", "size_bytes"))
    small = Counter(name.rpartition("/")[0] for name, size in zip(names, sizes, strict=True) if size < SMALL_BYTES)
    return sum(count for count in small.values() if count >= MANY)


def _compaction(spark: SparkSession | None, path: Path, table: str) -> Callable[[], object]:
    if table in OWN or spark is None:
        opened = delta.opened(path)
        if opened is None:
            raise RuntimeError(f"{path} went away")
        return opened.optimize.compact
    # Small files among themselves: large ones may be clustered, and Delta would mix their rows again.
    spark.conf.set("spark.databricks.delta.optimize.minFileSize", str(SMALL_BYTES))
    spark.conf.set("spark.databricks.delta.optimize.maxFileSize", str(TARGET_BYTES))
    return lambda: spark.sql(f"OPTIMIZE delta.`{path}`")


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
