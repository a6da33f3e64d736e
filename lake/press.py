"""How the files of a release are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakeward.lake.storage import Lake

ROWS_A_GROUP = 1_000_000
WRITING: dict[str, Any] = {
    "compression": "zstd", "compression_level": 3, "write_page_index": True, "write_page_checksum": True,
}  # fmt: skip
Manifest = dict[str, Any]


class Press:
    """How the files of a release are made: here as Parquet alone; `lakeward.sharing` has the press for consumers."""

    def facts(self, draft: Manifest, rows: pa.Table, last: Manifest | None) -> Mapping[str, object]:
        """Tell more for the manifest than the lake knows.

        Args:
            draft: what the manifest tells so far; it has no files yet.
            rows: what is released, sorted.
            last: the manifest of the release before; None for the first.
        """
        del draft, rows, last
        return {}

    def parquet(self, path: Path, rows: pa.Table, draft: Manifest) -> pa.Table:
        """Write rows as Parquet; give what the file is to read back as."""
        del draft
        with pq.ParquetWriter(path, rows.schema, **WRITING) as writer:
            writer.write_table(rows, ROWS_A_GROUP)
        return rows

    def beside(self, stage: Path, rows: pa.Table, draft: Manifest) -> Iterable[Path]:
        """Write the rows in other forms; give the files."""
        del stage, rows, draft
        return ()

    def papers(self, lake: Lake, folder: Path) -> None:
        """Write what tells of the release's files, once these are in their place; the same again changes nothing."""
