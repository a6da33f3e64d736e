"""Look at everything a run needs, without starting Spark: each finding with what to do about it."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lakeward.lake import jars, jvm
from lakeward.lake.errors import LakewardError, TryAgainLater
from lakeward.lake.session import settings
from lakeward.lake.store import is_local, place, scheme_of

PINS = {"pyspark": "4.2.0", "delta-spark": "4.4.0"}
_PYTHON = (3, 11)
_JAVA = 17
_DISK_GIB = 2.0
_MEMORY_GIB = 4.0
_S3 = {"s3", "s3a"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, and what to do where it is not `ok`. `optional` ones stop no run."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    optional: bool = False


def checks(lake: str | None = None, landing: str | None = None) -> list[Check]:
    """Look at Python, Java, JARs, settings, folders, disk and memory.

    Args:
        lake: the root of the tables, a folder or a URI.
        landing: where agencies' files are, a folder or a URI.
    """
    needed = (jars.DELTA, jars.S3A) if scheme_of(lake or "") in _S3 else (jars.DELTA,)
    away = None
    found = [
        _python(),
        *_pins(),
        _java(),
        *(_jars(name, name in needed) for name in (jars.DELTA, jars.LINEAGE, jars.S3A)),
        _archive(),
        _settings(),
    ]
    if lake and not is_local(lake):
        from lakeward.jobs.store_trial import log_store, tried

        found += [log_store()] if jars.S3A in needed else ()
        try:
            root = place(lake)
        except LakewardError as error:
            found.append(Check("store", False, error.problem, error.remedy))
            away = error if isinstance(error, TryAgainLater) else None
        else:
            found += tried(lake, root)
    elif lake:
        found += [_writable(lake), _disk("free disk at the lake", lake)]
    if landing and away and {scheme_of(landing), scheme_of(lake or "")} <= _S3:  # it is the same store: wait once
        found.append(Check("landing", False, away.problem, away.remedy))
    elif landing:
        found.append(_readable(landing))
    return [*found, _disk("free disk for Spark's scratch files", tempfile.gettempdir()), _memory()]


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, _PYTHON))
    return Check("python", sys.version_info[:2] >= _PYTHON, version, f"use Python {wanted} or newer")


def _pins() -> Iterator[Check]:
    for name, wanted in PINS.items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        yield Check(name, version == wanted, version, f"`pip install {name}=={wanted}`: only these two fit together")


def _java() -> Check:
    program = jars.java()
    if program is None:
        missing = jars.JavaMissing()
        return Check("java", False, missing.problem, missing.remedy)
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(?:1\.)?(\d+)[^"]*"', said)
    major = int(match[1]) if match else 0
    found = f"{match[0].split(chr(34))[1] if match else 'unknown'} at {program}"
    return Check("java", major >= _JAVA, found, jars.JAVA_REMEDY)


def _jars(name: str, is_needed: bool) -> Check:
    wanted, wrong, folder = jars.jars(name), jars.differing(name), jars.jar_folder()
    remedy = f"run `make {'setup-s3' if name == jars.S3A else 'setup'}` once, with the network on"
    found = f"{len(wanted)} in {folder}, checksums right"
    if wrong:
        found = f"{len(wrong)} of {len(wanted)} absent or changed in {folder}, first {wrong[0].file}"
    return Check(f"{name} JARs", not wrong, found, remedy, optional=not is_needed)


def _archive() -> Check:
    path = jvm.archive_path()
    ok = path is not None and path.is_file()
    found = path.name if path and ok else "none that fits this Java, PySpark and JARs; sessions start slower"
    return Check("class-data archive", ok, found, "run `make setup`", optional=True)


def _settings() -> Check:
    try:
        chosen = settings()
    except LakewardError as error:
        return Check("settings", False, str(error).splitlines()[0], error.remedy)
    own = [f"{name}={getattr(chosen, name)}" for name, source in chosen.sources.items() if source != "default"]
    return Check(
        "settings", True, f"master {chosen.master}, driver {chosen.driver_memory}; set: {', '.join(own) or '-'}"
    )


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _writable(lake: str) -> Check:
    path = place(lake)
    folder = _existing(path)  # a lake that does not exist yet will be made here; looking makes nothing
    try:
        handle, name = tempfile.mkstemp(prefix=".lakeward-doctor-", dir=folder)
        with contextlib.closing(os.fdopen(handle, "wb")) as file:
            file.write(b"lakeward")
            file.flush()
            os.fsync(file.fileno())
        Path(name).unlink()
    except OSError as error:
        remedy = "give this user write access, or choose another lake with --lake or LAKEWARD_LAKE"
        return Check("lake", False, f"{folder}: {error.strerror}", remedy)
    return Check("lake", True, f"{path}: writable" if folder == path else f"{path}: will be made, {folder} is writable")


def _readable(landing: str) -> Check:
    try:
        path = place(landing)
    except LakewardError as error:
        return Check("landing", False, error.problem, error.remedy)
    remedy = "name the folder of the agencies' files with --landing or LAKEWARD_LANDING, readable by this user"
    if not path.is_dir():
        return Check("landing", False, f"{path}: no such folder", remedy)
    ok = not is_local(landing) or os.access(path, os.R_OK | os.X_OK)
    return Check("landing", ok, f"{path}: {'readable' if ok else 'not readable'}", remedy)


def _disk(name: str, where: str) -> Check:
    free = shutil.disk_usage(_existing(place(where))).free / 2**30
    return Check(name, free >= _DISK_GIB, f"{free:.1f} GiB", f"free at least {_DISK_GIB:.0f} GiB", optional=True)


def _memory() -> Check:
    total = _memory_gib()
    remedy = "close other programs, or set LAKEWARD_DRIVER_MEMORY=1g and expect slow runs"
    return Check("memory", total >= _MEMORY_GIB, f"{total:.1f} GiB", remedy, optional=True)


def _memory_gib() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError):
        return 0.0
