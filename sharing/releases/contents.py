"""Whether the files of a release hold what its manifest says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from lakeward.lake.errors import LakewardError
from lakeward.lake.press import Manifest
from lakeward.sharing.releases import lone
from lakeward.sharing.releases.checked import Checked
from lakeward.sharing.releases.geometry import COLUMN
from lakeward.sharing.releases.keys import PublicKey

FOOTER_FACTS = ("table", "release", "licence", "deliveries", "quality", "inputs")


def problems(found: Checked, folder: Path, manifest: Manifest, key: PublicKey | None) -> Iterator[str]:
    """Hold the files of a release against its manifest, to their last byte; say what is wrong."""
    rows = 0
    for each in manifest["files"]:
        try:
            content = (folder / each["path"]).read_bytes()
        except OSError:
            yield f"{each['path']} is not there"
            continue
        found.files += 1
        found.bytes += len(content)
        if (len(content), hashlib.sha256(content).hexdigest()) != (each["bytes"], each["sha256"]):
            yield f"{each['path']}: its bytes are not those of the manifest"
            continue
        if each["path"].endswith(".parquet"):
            rows += each["rows"]
            yield from _parquet(content, each, manifest, key)
        else:
            yield from _other(content, each, manifest)
    if rows != manifest["rows"]:
        yield f"its files hold {rows:,} rows, the manifest says {manifest['rows']:,}"


def _parquet(content: bytes, file: dict[str, Any], manifest: Manifest, key: PublicKey | None) -> Iterator[str]:
    if "quality" not in manifest:  # released before files told their origin
        return
    try:
        told = lone.opened(content, key)
    except LakewardError as error:
        yield f"{file['path']}: {error.problem}"
        return
    columns = [each["name"] for each in manifest["schema"]]
    if told.rows != file["rows"]:
        yield f"{file['path']}: it holds {told.rows:,} rows, the manifest says {file['rows']:,}"
    if [name for name in told.names if name in columns or name != COLUMN] != columns:
        yield f"{file['path']}: its columns are not those of the manifest"
    if differ := [name for name in FOOTER_FACTS if told.told.get(name) != manifest.get(name)]:
        yield f"{file['path']}: it and the manifest tell different {', '.join(differ)}"


def _other(content: bytes, file: dict[str, Any], manifest: Manifest) -> Iterator[str]:
    from python_calamine import load_workbook

    if file["path"].endswith(".xlsx"):
        rows = load_workbook(BytesIO(content)).get_sheet_by_name("data").to_python(skip_empty_area=False)
        names, count = [str(name) for name in rows[0]], len(rows) - 1
    else:
        import pyarrow.csv as pc

        held = pc.read_csv(BytesIO(content), parse_options=pc.ParseOptions(newlines_in_values=True))
        names, count = held.column_names, held.num_rows
    if count != file["rows"]:
        yield f"{file['path']}: it holds {count:,} rows, the manifest says {file['rows']:,}"
    if names != [each["name"] for each in manifest["schema"]]:
        yield f"{file['path']}: its columns are not those of the manifest"
