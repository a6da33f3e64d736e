"""The rows of a release, read back from its Parquet files."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from lakeward.lake.press import Manifest
from lakeward.lake.storage import Lake


def rows_of(lake: Lake, manifest: Manifest) -> pa.Table:
    """Read a release's rows, with the columns that its manifest declares.

    Raises:
        OSError: a file is gone.
        ArrowException: a file is damaged.
    """
    folder = lake.releases(manifest["table"]) / manifest["release"]
    names = [each["name"] for each in manifest["schema"]]
    parts = [each["path"] for each in manifest["files"] if each["path"].endswith(".parquet")]
    return pa.concat_tables(pq.read_table(lake.store.for_arrow(folder / each), columns=names) for each in parts)
