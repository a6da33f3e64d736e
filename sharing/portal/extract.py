"""The newest release of a table, as the portal asks it: how full its columns are, its first rows, sums of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lakeward.lake import delta, release
from lakeward.lake.release import Manifest
from lakeward.lake.storage import Lake


@dataclass(frozen=True, slots=True)
class Extract:
    """The rows of a release.

    Args:
        folder: where its files lie.
        manifest: what it tells of itself.
    """

    folder: Path
    manifest: Manifest

    @classmethod
    def newest(cls, lake: Lake, table: str) -> Extract | None:
        """Give the newest release of a table that still is one; None where there is none."""
        manifest = release.newest(lake, table)
        if manifest is None or manifest.get("withdrawn"):
            return None
        return cls(lake.releases(table) / manifest["release"], manifest)

    @property
    def parquet(self) -> list[str]:
        """Name its Parquet files, in order of their rows."""
        return release.parquet_of(self.manifest)

    @property
    def rows(self) -> int:
        """Count its rows."""
        return int(self.manifest["rows"])

    def columns(self) -> list[str]:
        """Name its columns."""
        return list(delta.parquet(self.folder / self.parquet[0]).schema_arrow.names)

    def nulls(self) -> dict[str, int]:
        """Count the rows without a value in each column, from the files' own statistics."""
        found: dict[str, int] = {}
        for name in self.parquet:
            footer = delta.parquet(self.folder / name).metadata
            for group in range(footer.num_row_groups):
                for place in range(footer.num_columns):
                    chunk = footer.row_group(group).column(place)
                    empty = chunk.statistics.null_count if chunk.statistics is not None else None
                    if empty is not None:
                        top = chunk.path_in_schema.partition(".")[0]
                        found[top] = found.get(top, 0) + empty
        return found

    def first(self, count: int) -> list[dict[str, Any]]:
        """Read its first rows."""
        found: list[dict[str, Any]] = []
        for name in self.parquet:
            for batch in delta.parquet(self.folder / name).iter_batches(batch_size=count, use_threads=False):
                found += batch.to_pylist()
                if len(found) >= count:
                    return found[:count]
        return found

    def ask(self, query: str, columns: Sequence[str], values: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Ask a question of some columns in SQL, where they are called `extract`; `values` stand for its `$1`, `$2`."""
        parts = [delta.parquet(self.folder / name).read(columns=list(columns)) for name in self.parquet]
        with duckdb.connect() as database:
            database.register("extract", pa.concat_tables(parts))
            return database.execute(query, list(values)).fetchall()
