"""Try on a store all that a lake asks of one, in a folder that is removed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from lakeward.jobs.doctor import Check
from lakeward.lake import logstore
from lakeward.lake.errors import LakewardError
from lakeward.lake.remote import Remote
from lakeward.lake.store import store_of

PART_BYTES = 5 << 20
RIGHTS = "ask who runs the store for the rights to list, read, write and delete below this address"
CONDITION = (
    "two runs could lose each other's commits there: take a store that honours it (Ceph 16 or newer, MinIO, AWS)"
)
KEPT = ".lakeward-doctor-"


def tried(where: str, place: Path) -> Iterator[Check]:
    """Write, read, list, write once more on condition, write in parts, delete; stop where going on tells nothing."""
    root = place / f"{KEPT}{uuid4().hex[:8]}"
    store = cast("Remote", store_of(root))
    yield Check("store", True, f"{where} {store.told}")
    small, parts = root / "湖 a%20b.txt", root / "parts"
    trials: dict[str, tuple[Callable[[], str], str]] = {
        "write": (lambda: _written(store, small), RIGHTS),
        "read": (lambda: _read(small, b"lakeward"), RIGHTS),
        "list": (lambda: _listed(root, small), RIGHTS),
        "write on condition": (lambda: _refused(store, small), CONDITION),
        "write in parts": (lambda: _in_parts(parts), "let the store take multipart uploads: big tables are written so"),
        "delete": (lambda: _deleted(root, small, parts), RIGHTS),
    }
    for name, (trial, remedy) in trials.items():
        found = _tried(store, where, name, trial, remedy)
        yield found
        if name == "write" and not found.ok:
            return
    with suppress(Exception):  # what could not be deleted was told
        cast("Any", root).fs.rm(cast("Any", root).path, recursive=True)


def log_store() -> Check:
    """Say whether Spark can commit to S3 stores."""
    try:
        return Check("LogStore for S3 stores", True, logstore.jar().name)
    except LakewardError as error:
        return Check("LogStore for S3 stores", False, error.problem, error.remedy)


def _tried(store: Remote, where: str, name: str, trial: Callable[[], str], remedy: str) -> Check:
    try:
        with store.explained(where):
            return Check(f"store: {name}", True, trial())
    except LakewardError as error:
        return Check(f"store: {name}", False, error.problem, error.remedy)
    except Exception as error:  # a store may answer anything
        return Check(f"store: {name}", False, f"{type(error).__name__}: {error}"[:300], remedy)


def _written(store: Remote, file: Path) -> str:
    store.create(file, b"lakeward")
    return "a new name was taken"


def _read(file: Path, content: bytes) -> str:
    if file.read_bytes() != content:
        raise LakewardError("other bytes were read than written", remedy="do not keep data in this store")
    return "the same bytes came back"


def _listed(root: Path, file: Path) -> str:
    if file.name not in [each.name for each in root.glob("*")]:
        raise LakewardError("what was just written is not listed", remedy="take a store whose listings are up to date")
    return "what was just written is there"


def _refused(store: Remote, file: Path) -> str:
    try:
        store.create(file, b"again")
    except FileExistsError:
        return "the second writer of a name was refused"
    raise LakewardError("the second writer of a name won: the store does not keep to conditions", remedy=CONDITION)


def _in_parts(file: Path) -> str:
    content = b"lakeward" * (PART_BYTES // 8) + b"end"
    with file.open("wb", PART_BYTES) as stream:
        stream.write(content[:PART_BYTES])
        stream.write(content[PART_BYTES:])
    return _read(file, content)


def _deleted(root: Path, *files: Path) -> str:
    for file in files:
        file.unlink(missing_ok=True)
    if left := [each.name for each in root.glob("*")]:
        raise LakewardError(f"{', '.join(left)} is still listed", remedy=RIGHTS)
    return "what was deleted is gone"
