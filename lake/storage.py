"""Where a lake's tables and releases lie, and how what was written is made to stay."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lakeward.lake.errors import LakewardError, TryAgainLater, UsageError

UNREADABLE = re.compile(r"[%#?\[\]\\^|`\x00-\x1f]")
"""In a path with `#` or `?`, deltalake gives a log's history as empty; `%` it takes for quoting, at others it stops."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_anchored: set[Path] = set()


@dataclass(frozen=True, slots=True)
class Lake:
    """A lake's root folder and the places below it."""

    root: Path

    @classmethod
    def at(cls, where: str) -> Lake:
        """Open a lake by its folder; it need not exist yet.

        Raises:
            UsageError: the address is empty or no local folder (object stores come with the cluster issue), or holds a
                character that readers of Delta logs take for another.
        """
        if not where:
            raise UsageError("the lake's path is empty", remedy="give --lake a folder; is a variable of yours not set?")
        if "://" in where and not where.startswith("file://"):
            raise UsageError(f"a lake at {where} is not supported yet", remedy="give --lake a local folder")
        root = Path(where.removeprefix("file://")).expanduser().absolute()
        if wrong := UNREADABLE.search(str(root)):
            raise UsageError(f"a lake's path may not hold a {wrong[0]}: {root}", remedy="rename the folder")
        if root.exists() and not root.is_dir():
            raise UsageError(f"{root} is a file, not a lake", remedy="give --lake a folder")
        return cls(root)

    def table(self, name: str) -> Path:
        """Give the folder of a table by its full name: `silver.police.fatal_crashes`, `gold.x`, `_runs`."""
        return self.root.joinpath(*name.split("."))

    def releases(self, name: str) -> Path:
        """Give the folder that holds a table's releases."""
        return self.root / "published" / name.removeprefix("gold.")

    def make(self) -> None:
        """Make the root folder and prove that it can be written.

        Raises:
            UsageError: it cannot.
        """
        probe = self.root / f".probe-{os.getpid()}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as cause:
            if cause.errno in NO_ROOM:
                raise no_room(self.root) from cause
            raise UsageError(
                f"the lake at {self.root} cannot be written: {cause.strerror}",
                remedy="give --lake a folder that you may write to",
            ) from cause


def no_room(where: Path) -> TryAgainLater:
    """Say that the disk is full."""
    return TryAgainLater(
        f"no room is left on the disk of {where}",
        remedy="free some space and run again; every version that was acknowledged is intact",
        free_bytes=shutil.disk_usage(where if where.exists() else where.parent).free,
    )


@contextmanager
def room_checked(where: Path) -> Iterator[None]:
    """Turn whatever a full disk makes libraries say into one clear error."""
    try:
        yield
    except LakewardError:
        raise
    except Exception as cause:
        said = str(cause)
        if getattr(cause, "errno", None) in NO_ROOM or "No space left on device" in said or "os error 28" in said:
            raise no_room(where) from cause
        raise


def persist(files: Iterable[Path]) -> None:
    """Force files and the folders that name them to disk, so that they survive a power cut."""
    folders: set[Path] = set()
    for file in files:
        sync(file)
        folders.add(file.parent)
    for folder in sorted(folders | {folder.parent for folder in folders}):
        sync(folder)
    for folder in folders:
        _anchor(folder)


def _anchor(folder: Path) -> None:
    """Force a folder's name and those of all above it to disk, once a process: any may be as new as the file."""
    while folder not in _anchored and folder != folder.parent:
        with suppress(OSError):  # a folder that we may not read was not made by us
            sync(folder.parent)
        _anchored.add(folder)
        folder = folder.parent


def sync(path: Path) -> None:
    """Force one file or folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
