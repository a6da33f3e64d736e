"""Whether what a lake acknowledged is still there: files of Delta versions and of releases, their sizes and checksums.

Delta's log tells each data file's size; Spark and lakeward put a checksum on each Parquet page. What lies between pages
is covered on a disk by Hadoop's file of checksums beside it, in a store by the MD5 that the store made as it was put,
and anywhere by the rows: what a file says of them must be true. A release's manifest tells the sha256 of each file.
Nothing is written here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, cast

import pyarrow as pa
from deltalake import DeltaTable
from pyarrow.lib import ArrowException
from pyarrow.parquet import ParquetFile

from lakeward.lake import delta, hadoop_crc, release
from lakeward.lake.etag import is_as_put
from lakeward.lake.footer import problem_of
from lakeward.lake.storage import Lake
from lakeward.lake.store import is_local, store_of

BLOCK = 8 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was acknowledged.

    Args:
        table: the table it belongs to.
        where: `version 3` or `release 1.2`; of several versions, the newest.
        file: its name below the table's folder or the release's.
        problem: what is wrong, in words.
        is_newest: it harms whoever reads the table's newest version.
    """

    table: str
    where: str
    file: str
    problem: str
    is_newest: bool = False


@dataclass(slots=True)
class Audit:
    """What was looked at, and what was found."""

    tables: int = 0
    versions: int = 0
    releases: int = 0
    files: int = 0
    bytes: int = 0
    faults: list[Fault] = field(default_factory=list)


def audit(lake: Lake, tables: Iterable[str], *, reads: bool = True) -> Audit:
    """Look at every file of each table's newest version, of each version that a release is made from, and of releases.

    Args:
        lake: the lake.
        tables: full names; those that are not there are passed over.
        reads: read every byte for its checksum; else look only whether files are there, and at their sizes.
    """
    found = Audit()
    for table in tables:
        if (lake.table(table) / "_delta_log").is_dir():
            found.tables += 1
            found.faults += _of_table(lake, table, found, reads)
        if table.startswith("gold."):
            found.faults += _of_releases(lake, table, found, reads)
    return found


def pinned(lake: Lake, table: str) -> set[int]:
    """Give the versions of a table that its releases are made from, those apart that were withdrawn.

    Raises:
        ValueError: a manifest cannot be read.
    """
    made = release.manifests(lake.releases(table))
    return {int(each["source"]["version"]) for each in made if not each.get("withdrawn")}


def missing(lake: Lake, table: str, version: int) -> list[str]:
    """Name the data files of a version that are not there."""
    path = lake.table(table)
    return [name for name, _, _ in _added(delta.opened(path, version)) if not (path / name).is_file()]


def _of_table(lake: Lake, table: str, found: Audit, reads: bool) -> Iterator[Fault]:
    path = lake.table(table)
    live: set[int] = set()
    with suppress(ValueError):  # a broken manifest is a fault of the release
        live |= pinned(lake, table)
    try:
        live |= {int(newest.version()) for newest in [delta.opened(path)] if newest}
    except Exception as cause:  # deltalake has no error of its own for each way in which a log can be broken
        yield Fault(table, "log", "_delta_log", f"the log cannot be read: {str(cause).splitlines()[0]}")
        return
    seen: set[str] = set()
    for version in sorted(live, reverse=True):
        where = f"version {version}"
        try:
            opened = delta.opened(path, version)
        except Exception as cause:
            yield Fault(table, where, "_delta_log", f"the version cannot be read: {str(cause).splitlines()[0]}")
            continue
        found.versions += 1
        look = _Look.at(path, opened) if reads else None
        for name, size, rows in _added(opened):
            if name not in seen and (problem := _data_problem(path / name, size, rows, found, look)):
                yield Fault(table, where, name, problem, is_newest=version == max(live))
            seen.add(name)


def _added(opened: DeltaTable | None) -> list[tuple[str, int, int | None]]:
    """List a version's data files: name, bytes, rows where the log tells them."""
    if opened is None:
        return []
    told = opened.get_add_actions(flatten=True)
    return list(zip(*(told.column(name).to_pylist() for name in ("path", "size_bytes", "num_records")), strict=True))


def _data_problem(file: Path, size: int, rows: int | None, found: Audit, look: _Look | None) -> str:
    if problem := _size_problem(file, size, found):
        return problem
    if look is None:
        return ""
    try:
        held, damage = _damage(file, look)
    except (ArrowException, OSError, ValueError) as cause:  # a name that is no text is a ValueError of Arrow's
        held, damage = None, str(cause).splitlines()[0]
    if damage:
        return f"its content is damaged: {damage}"
    return "" if None in (rows, held) or rows == held else f"it holds {held:,} rows, the log says {rows:,}"


def _damage(file: Path, look: _Look) -> tuple[int | None, str]:
    """Count a file's rows, or say what is damaged."""
    if not hadoop_crc.agrees(file):
        return None, "the checksums beside it differ"
    with _content(file) as content:
        if look.knows_md5 and is_as_put(*store_of(file).etag(file), content) is False:
            return None, "the store gives other bytes than were put"
        with ParquetFile(pa.BufferReader(pa.py_buffer(content)), page_checksum_verification=True) as parquet:
            return parquet.metadata.num_rows, problem_of(content, parquet, look.schema)


@dataclass(frozen=True, slots=True)
class _Look:
    """What files of a version are read by: the table's columns, and whether its store's ETags are MD5s."""

    schema: pa.Schema | None
    knows_md5: bool

    @classmethod
    def at(cls, path: Path, opened: DeltaTable | None) -> _Look | None:
        if opened is None:
            return None
        log = path / "_delta_log" / f"{opened.version():020}.json"
        try:
            knows_md5 = bool(is_as_put(*store_of(log).etag(log), log.read_bytes()))  # stores may encrypt, or number
        except FileNotFoundError:
            knows_md5 = False
        mapped = opened.metadata().configuration.get("delta.columnMapping.mode", "none") != "none"
        return cls(None if mapped else pa.schema(cast("Any", opened.schema().to_arrow())), knows_md5)


@contextmanager
def _content(file: Path) -> Iterator[mmap]:
    """Give a file's bytes; one that lies elsewhere is brought here once, to be read as often as it takes."""
    with file.open("rb") if is_local(str(file)) else TemporaryFile() as here:
        if not is_local(str(file)):
            with file.open("rb") as there:
                copyfileobj(there, here, BLOCK)
            here.flush()
        yield mmap(here.fileno(), 0, access=ACCESS_READ)  # closed with its last reader, and Arrow is one


def _size_problem(file: Path, size: int, found: Audit) -> str:
    found.files += 1
    try:
        is_now = file.stat().st_size
    except FileNotFoundError:
        return "it is gone"
    found.bytes += is_now
    return "" if is_now == size else f"it holds {is_now:,} bytes, {size:,} were written"


def _of_releases(lake: Lake, table: str, found: Audit, reads: bool) -> Iterator[Fault]:
    folder = lake.releases(table)
    if not folder.is_dir():
        return
    told: dict[str, dict[str, Any]] = {}
    for place in sorted(each for each in folder.iterdir() if each.is_dir()):
        where = f"release {place.name}"
        try:
            manifest = json.loads((place / release.MANIFEST).read_text("utf-8"))
        except (OSError, ValueError) as cause:
            yield Fault(table, where, release.MANIFEST, f"the manifest cannot be read: {cause}")
            continue
        told[place.name] = manifest
        found.releases += 1
        for each in () if manifest.get("withdrawn") else manifest["files"]:
            file = place / each["path"]
            problem = _size_problem(file, each["bytes"], found)
            if not problem and reads and _sha256(file) != each["sha256"]:
                problem = "its sha256 is not the manifest's"
            if problem:
                yield Fault(table, where, each["path"], problem)
    yield from _of_latest(folder, table, set(told))


def _of_latest(folder: Path, table: str, whole: set[str]) -> Iterator[Fault]:
    try:
        named = json.loads((folder / release.LATEST).read_text("utf-8"))["release"]
    except FileNotFoundError:
        return
    except (ValueError, KeyError) as cause:
        yield Fault(table, "releases", release.LATEST, f"it cannot be read: {cause}")
        return
    if named not in whole:
        yield Fault(table, "releases", release.LATEST, f"it names release {named}, which is not there whole")


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
