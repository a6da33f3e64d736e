"""The rows of one state of a lake's table: an Arrow data set, of which nothing is read until someone filters it.

In HDFS, which Arrow cannot read by itself here, they are an Arrow table that was read whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lakeward.lake import delta, release
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.lake.store import store_of
from lakeward.sharing.reader.readable import State

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.dataset import Dataset

    from lakeward.lake.press import Manifest

    Rows = Dataset | pa.Table


def dataset(lake: Lake, table: str, state: State) -> Rows:
    """Open a state of a table.

    Raises:
        UsageError: the table has no such version or release, or was not known at that time.
    """
    if state.release:
        return of_release(lake, manifest_of(lake, table, state.release))
    if state.as_of is None:
        return of_version(lake, table, state.version)
    from lakeward.sharing.releases.vintages import known_on

    known = known_on(lake, table, state.as_of)
    return of_release(lake, known.release) if known.release else of_version(lake, table, known.version)


def of_version(lake: Lake, table: str, version: int | None) -> Rows:
    """Open a Delta version, by default the newest; files are skipped by the log's statistics."""
    from deltalake.exceptions import DeltaError, DeltaProtocolError

    path = lake.table(table)
    try:
        opened = delta.opened(path, version)
        if opened is None:
            raise UsageError(f"{table} is not built yet", remedy=f"`lakeward run {table}` builds it")
        files = store_of(path).arrow_folder(path)
        found: Rows = opened.to_pyarrow_dataset(filesystem=files) if files else opened.to_pyarrow_table()
    except DeltaProtocolError as cause:
        raise UsageError(f"{table} needs Spark: {cause}", remedy="read it with .spark()") from cause
    except DeltaError as cause:
        newest = delta.version_of(path)
        if version is None or newest is None or version <= newest:
            gone = f"version {version} of {table} is kept no more"
            raise UsageError(gone, remedy="history() lists others") from cause
        raise UsageError(f"{table} has no version {version}", remedy=f"the newest is {newest}") from cause
    return found


def of_release(lake: Lake, manifest: Manifest) -> Rows:
    """Open a release's Parquet files."""
    import pyarrow as pa
    from pyarrow.dataset import dataset

    folder = lake.releases(manifest["table"]) / manifest["release"]
    names = release.parquet_of(manifest)
    files = store_of(folder).arrow_folder(folder)
    if files is None:
        return pa.concat_tables(delta.parquet(folder / name).read() for name in names)
    return dataset(names, filesystem=files)


def manifest_of(lake: Lake, table: str, number: str) -> Manifest:
    """Give the manifest of a release that is still given out.

    Raises:
        UsageError: there is none of this number, or it was withdrawn.
    """
    try:
        told: Manifest = json.loads((lake.releases(table) / number / release.MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as cause:
        numbers = [each["release"] for each in release.manifests(lake.releases(table)) if not each.get("withdrawn")]
        remedy = f"there are {', '.join(numbers)}" if numbers else "it has none; a version is a number, as 3"
        raise UsageError(f"{table} has no release {number}", remedy=remedy) from cause
    if taken := told.get("withdrawn"):
        raise UsageError(
            f"release {number} of {table} was withdrawn: {taken.get('reason', '')}", remedy="read the newest one"
        )
    return told
