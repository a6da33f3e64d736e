"""Releases: immutable, checked copies of a table version that consumers read, switched in one atomic step.

The order is what makes them survive a power cut: files, their checksums read back, the manifest, the folder by one
rename, then `latest.json` by another. In an object store each file is put once by a name of its own, then the manifest,
which takes the number, then `latest.json`. Readers start from `latest.json` and the manifest, never from a listing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from lakeward.lake import delta
from lakeward.lake.crash import crash_point
from lakeward.lake.disk import room_checked
from lakeward.lake.errors import LakewardError
from lakeward.lake.press import Manifest, Press
from lakeward.lake.storage import Lake
from lakeward.lake.store import Store
from lakeward.lake.table import Column

__all__ = [
    "LATEST", "MANIFEST", "ROWS_A_FILE", "Manifest", "is_of", "manifests", "newest", "parquet_of", "point", "publish",
    "standing", "withdraw", "written",
]  # fmt: skip
MANIFEST, LATEST = "manifest.json", "latest.json"
ROWS_A_FILE = 5_000_000


def newest(lake: Lake, table: str) -> Manifest | None:
    """Give the manifest of the release that `latest.json` names; None when nothing is released."""
    folder = lake.releases(table)
    try:
        latest = json.loads((folder / LATEST).read_text("utf-8"))
        manifest: Manifest = json.loads((folder / latest["release"] / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return manifest


def manifests(folder: Path) -> list[Manifest]:
    """Read every release's manifest, the oldest first."""
    found = [json.loads(path.read_text("utf-8")) for path in folder.glob(f"*/{MANIFEST}")]
    return sorted(found, key=lambda each: _numbers(each["release"]))


def publish(
    lake: Lake, table: str, version: int, columns: Sequence[Column], facts: Mapping[str, object], run_id: str,
    press: Press | None = None,
) -> Manifest:  # fmt: skip
    """Release one version of a table, once; the same version again gives the release that exists.

    Args:
        lake: the lake.
        table: its full name (`gold.x`).
        version: its Delta version.
        columns: its declared columns; those with `key` sort the rows.
        facts: what the manifest tells besides: title, grain, licences, versions of the inputs.
        run_id: the run.
        press: how its files are made.
    """
    folder, press = lake.releases(table), press or Press()
    done = manifests(folder)
    manifest = next((each for each in done if is_of(each, version)), None)
    with room_checked(folder):
        crash_point("release.before", table)
        if manifest is None:
            try:
                manifest = _make(lake, folder, table, version, columns, facts, run_id, done, press)
            except FileExistsError:  # another run took the number meanwhile
                return publish(lake, table, version, columns, facts, run_id, press)
        crash_point("release.promoted", table)
        press.papers(lake, folder / manifest["release"])
        point(lake, folder, manifest["release"])
        crash_point("release.after", table)
    return manifest


def parquet_of(manifest: Manifest) -> list[str]:
    """Name a release's Parquet files, in the order of their rows."""
    return [each["path"] for each in manifest["files"] if each["path"].endswith(".parquet")]


def is_of(manifest: Manifest, version: int) -> bool:
    """Say whether a release holds a version of its table and was not withdrawn."""
    return bool(manifest["source"]["version"] == version and not manifest.get("withdrawn"))


def _make(
    lake: Lake, folder: Path, table: str, version: int, columns: Sequence[Column], facts: Mapping[str, object],
    run_id: str, done: Sequence[Manifest], press: Press,
) -> Manifest:  # fmt: skip
    rows = _sorted_rows(lake, table, version, columns)
    schema = [
        {"name": column.name, "type": column.type, "unit": column.unit, "title_zh": column.title,
         "description": column.description, "key": column.key}
        for column in columns
    ]  # fmt: skip
    number = _next(done, schema)
    manifest: Manifest = {
        "table": table,
        "release": number,
        "released_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "run_id": run_id,
        "source": {"table": table, "version": version},
        "rows": rows.num_rows,
        "bytes": 0,
        "files": [],
        "schema": schema,
        **facts,
    }
    manifest |= press.facts(manifest, rows, standing(done))
    with lake.store.building(folder / number, MANIFEST, is_new=True) as stage:
        files = [_write(press, stage / name, part, manifest) for name, part in _parts(folder.name, rows)]
        files += [(path, rows.num_rows) for path in press.beside(stage, rows, manifest)]
        manifest["files"] = [_named(lake.store, path, count) for path, count in files]
        manifest["bytes"] = sum(file["bytes"] for file in manifest["files"])
        crash_point("release.files", table)
        (stage / MANIFEST).write_text(written(manifest), "utf-8")
        lake.store.persist([stage / MANIFEST])
        crash_point("release.manifest", table)
    return manifest


def written(document: Mapping[str, object]) -> str:
    """Give a document as the text of its file."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def standing(done: Sequence[Manifest]) -> Manifest | None:
    """Give the newest of some releases that was not withdrawn."""
    return next((each for each in reversed(done) if not each.get("withdrawn")), None)


def _sorted_rows(lake: Lake, table: str, version: int, columns: Sequence[Column]) -> pa.Table:
    opened = delta.opened(lake.table(table), version)
    if opened is None:
        raise LakewardError(f"{table} is not there", remedy=f"run `lakeward run {table}` first")
    rows = opened.to_pyarrow_table(columns=[column.name for column in columns])
    key: list[tuple[str, Literal["ascending", "descending"]]]
    key = [(column.name, "ascending") for column in columns if column.key]
    rows = rows.sort_by(key) if key else rows
    told = {column.name: column for column in columns}
    fields = [
        pa.field(each.name, each.type, metadata={
            "description": told[each.name].description, "unit": told[each.name].unit, "title_zh": told[each.name].title,
        })
        for each in rows.schema
    ]  # fmt: skip
    return rows.cast(pa.schema(fields))


def _parts(name: str, rows: pa.Table) -> list[tuple[str, pa.Table]]:
    if rows.num_rows <= ROWS_A_FILE:
        return [(f"{name}.parquet", rows)]
    starts = range(0, rows.num_rows, ROWS_A_FILE)
    return [(f"{name}-{number:05}.parquet", rows.slice(start, ROWS_A_FILE)) for number, start in enumerate(starts)]


def _write(press: Press, path: Path, rows: pa.Table, draft: Manifest) -> tuple[Path, int]:
    expected = press.parquet(path, rows, draft)
    if not pq.read_table(path, page_checksum_verification=True).equals(expected):
        raise LakewardError(f"{path.name} did not read back as written", remedy="check the disk, then run again")
    return path, rows.num_rows


def _named(store: Store, path: Path, rows: int) -> dict[str, Any]:
    store.persist([path])
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    named = path.rename(path.with_name(store.name_of(path.name, sha256)))
    return {
        "path": named.name, "format": path.suffix[1:], "rows": rows, "bytes": len(content), "sha256": sha256,
    }  # fmt: skip


def _next(done: Sequence[Manifest], schema: Sequence[Mapping[str, object]]) -> str:
    """Number a release: a column gone or retyped makes a new major number, anything else a new minor one."""
    if not done:
        return "1.0"
    major, minor = _numbers(done[-1]["release"])
    types = {column["name"]: column["type"] for column in schema}
    is_breaking = any(types.get(column["name"]) != column["type"] for column in done[-1]["schema"])
    return f"{major + 1}.0" if is_breaking else f"{major}.{minor + 1}"


def _numbers(release: str) -> tuple[int, int]:
    major, _, minor = release.partition(".")
    return int(major), int(minor)


def withdraw(lake: Lake, table: str, number: str, told: Mapping[str, object], press: Press) -> Manifest | None:
    """Take a release back: its manifest stays as a tombstone, its files go. Once begun, the same again ends it.

    Args:
        lake: the lake.
        table: its full name.
        number: the release, which must be there.
        told: when and why, for the manifest.
        press: writes what tells of the tombstone.

    Returns:
        The manifest of the release that `latest.json` names now; None when none is left.
    """
    folder, about = lake.releases(table), f"{table}@{number}"
    manifest: Manifest = json.loads((folder / number / MANIFEST).read_text("utf-8"))
    crash_point("withdrawal.before", about)
    if not manifest.get("withdrawn"):
        lake.store.replace(folder / number / MANIFEST, written({**manifest, "withdrawn": dict(told)}))
    crash_point("withdrawal.marked", about)
    if last := standing(manifests(folder)):
        point(lake, folder, last["release"])
    else:
        (folder / LATEST).unlink(missing_ok=True)
    crash_point("withdrawal.pointed", about)
    press.papers(lake, folder / number)
    crash_point("withdrawal.told", about)
    for file in manifest["files"]:
        (folder / number / file["path"]).unlink(missing_ok=True)
    crash_point("withdrawal.after", about)
    return last


def point(lake: Lake, folder: Path, number: str) -> None:
    """Have `latest.json` name a release."""
    told = json.dumps({"release": number, "manifest": f"{number}/{MANIFEST}"}) + "\n"
    latest = folder / LATEST
    if not latest.exists() or latest.read_text("utf-8") != told:
        lake.store.replace(latest, told)
    # Of several runs the one that writes it last may not know the newest release; that one looks again.
    newest = standing(manifests(folder)) if lake.store.is_shared else None
    if newest and newest["release"] != number:
        point(lake, folder, newest["release"])
