"""A lake in a local folder: one writer at a time, and what was written is forced to stay."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import LakewardError, TryAgainLater, UsageError

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_anchored: set[Path] = set()


class Disk:
    """The local file system as a `Store`."""

    is_shared = False
    twins = True
    jar_sets: tuple[str, ...] = ()
    for_spark: Mapping[str, str] = {}
    for_deltalake: Mapping[str, str] = {}

    def prove(self, root: Path) -> None:
        """Make the root folder and prove that it can be written.

        Raises:
            UsageError: it cannot.
        """
        probe = root / f".probe-{os.getpid()}"
        try:
            root.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as cause:
            if cause.errno in NO_ROOM:
                raise no_room(root) from cause
            raise UsageError(
                f"the lake at {root} cannot be written: {cause.strerror}",
                remedy="give --lake a folder that you may write to",
            ) from cause

    def explained(self, where: str) -> AbstractContextManager[None]:
        """Leave errors as they are: whoever writes turns those of a disk into words, with `room_checked`."""
        del where
        return nullcontext()

    def for_arrow(self, file: Path) -> Any:
        """Give what Arrow reads a file from."""
        return file

    def arrow_folder(self, folder: Path) -> FileSystem:
        """Give a folder as a file system of Arrow's own."""
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

        return SubTreeFileSystem(str(folder), LocalFileSystem())

    def etag(self, file: Path) -> tuple[str, int]:
        """Give nothing: a disk notes nothing of what it holds."""
        del file
        return "", 0

    def persist(self, files: Iterable[Path]) -> None:
        """Force files and the folders that name them to disk."""
        persist(files)

    def replace(self, file: Path, text: str) -> None:
        """Write a file whole, or leave the one that is there."""
        fresh = file.with_name(f".{file.name}.new")
        with room_checked(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(text, "utf-8")
            persist([fresh])
            fresh.replace(file)
            persist([file])

    def create(self, file: Path, content: bytes) -> None:
        """Write a file whole that is not there yet: the file system gives its name once.

        Raises:
            FileExistsError: it is there.
        """
        fresh = file.with_name(f".{file.name}.new")
        with room_checked(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(content)
            persist([fresh])
            try:
                file.hardlink_to(fresh)
            finally:
                fresh.unlink()
            persist([file])

    def twin(self, files: Mapping[Path, Path]) -> None:
        """Give files a second name; one that has it already is left.

        Raises:
            UsageError: the file system knows no second names.
        """
        for file, to in files.items():
            to.parent.mkdir(parents=True, exist_ok=True)
            try:
                to.hardlink_to(file)
            except FileExistsError:
                pass
            except OSError as cause:
                if cause.errno in NO_ROOM:
                    raise no_room(to) from cause
                raise UsageError(
                    f"{to.parent} cannot hold a second name of {file}: {cause.strerror}",
                    remedy="branches need a file system with hard links, such as ext4, XFS, Btrfs or APFS",
                ) from cause

    def name_of(self, name: str, digest: str) -> str:
        """Name a file of a folder that is being built: as it is, since the folder has no other builder."""
        return name

    @contextmanager
    def building(self, folder: Path, last: str, *, is_new: bool) -> Iterator[Path]:
        """Give an empty folder to fill; at the end of the block it is moved to its place in one step."""
        stage = folder.parent.with_name(".staging") / folder.parent.name
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        yield stage
        persist([stage / last])
        if not is_new:
            shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        stage.rename(folder)
        persist([folder / last])

    @contextmanager
    def filled_by_others(self, file: Path) -> Iterator[Path]:
        """Give a local file that something else writes; at the end of the block it is in its place."""
        file.parent.mkdir(parents=True, exist_ok=True)
        yield file
        persist([file] if file.exists() else ())


def no_room(where: Path) -> TryAgainLater:
    """Say that the disk is full."""
    return TryAgainLater(
        f"no room is left on the disk of {where}",
        remedy="free some space and run again; every version that was acknowledged is intact",
        free_bytes=shutil.disk_usage(next(each for each in (where, *where.parents) if each.exists())).free,
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
