"""The rows of a release, read back from its Parquet files."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from lakeward.lake.press import Manifest
from lakeward.lake.release import parquet_of
from lakeward.lake.storage import Lake


def rows_of(lake: Lake, manifest: Manifest, names: Sequence[str] = ()) -> pa.Table:
    """Read a release's rows, with some columns, by default those that its manifest declares.

    Raises:
        OSError: a file is gone.
        ArrowException: a file is damaged.
    """
    folder = lake.releases(manifest["table"]) / manifest["release"]
    wanted = list(names) or [each["name"] for each in manifest["schema"]]
    return pa.concat_tables(
        pq.read_table(lake.store.for_arrow(folder / each), columns=wanted) for each in parquet_of(manifest)
    )
