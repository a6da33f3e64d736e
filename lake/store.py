"""What a lake asks of the place it lies in, and the one way from an address to that place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from lakeward.lake.disk import Disk
from lakeward.lake.errors import UsageError

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://")
DISK = Disk()


class Store(Protocol):
    """A place to keep a lake in.

    Everything is read by paths: `pathlib`'s on a disk, those of universal_pathlib, which answer alike, elsewhere. Here
    stands what differs when something is written.
    """

    @property
    def is_shared(self) -> bool:
        """True where many may write at once: a commit there is whole or refused, and nothing is ever torn."""

    @property
    def twins(self) -> bool:
        """True where a file can have a second place, without its bytes passing through this machine."""

    @property
    def jar_sets(self) -> tuple[str, ...]:
        """Sets of `jars.lock` that Spark needs besides its own."""

    @property
    def for_spark(self) -> Mapping[str, str]:
        """Spark's settings; no secret is among them."""

    @property
    def for_deltalake(self) -> Mapping[str, str]:
        """What deltalake calls storage options; no secret is among them."""

    def explained(self, where: str) -> AbstractContextManager[None]:
        """Turn what the place refuses into an error that says what to do."""

    def for_arrow(self, file: Path) -> Any:
        """Give what Arrow reads a file from."""

    def arrow_folder(self, folder: Path) -> FileSystem | None:
        """Give a folder as a file system of Arrow's own; None where it has none for this kind of place.

        One that calls back into Python from Arrow's threads ends the process when a read stops early.
        """

    def etag(self, file: Path) -> tuple[str, int]:
        """Give what the place noted of a file's content as it was put, and the bytes of its first part.

        Empty where it notes nothing; 0 where the file has one part, or that is not told.
        """

    def prove(self, root: Path) -> None:
        """Prove that a lake there can be written."""

    def persist(self, files: Iterable[Path]) -> None:
        """Make files survive a power cut."""

    def replace(self, file: Path, text: str) -> None:
        """Write a small file whole, or leave the one that is there."""

    def create(self, file: Path, content: bytes) -> None:
        """Write a file whole that is not there yet; of several writers one succeeds, others get `FileExistsError`."""

    def twin(self, files: Mapping[Path, Path]) -> None:
        """Give files that never change a second place; one that has it already is left."""

    def name_of(self, name: str, digest: str) -> str:
        """Name a file of a folder that is being built, so that no other builder's can take its place."""

    def building(self, folder: Path, last: str, *, is_new: bool) -> AbstractContextManager[Path]:
        """Give an empty local folder to fill; at the end of the block it is in its place.

        Args:
            folder: its place.
            last: the file in it that says that the folder is whole.
            is_new: nothing may be there yet; otherwise it takes the place of what is.
        """

    def filled_by_others(self, file: Path) -> AbstractContextManager[Path]:
        """Give a local file that something else writes; at the end of the block it is in its place."""


def store_of(path: Path) -> Store:
    """Give the store that a path lies in."""
    match scheme_of(str(path)):
        case "":
            return DISK
        case "hdfs":
            from lakeward.lake.hdfs import Hdfs

            return Hdfs()
        case _:
            from lakeward.lake.objects import Objects

            return Objects.from_environment()


def scheme_of(where: str) -> str:
    """Give an address's scheme; empty for a folder of this machine."""
    scheme = SCHEME.match(where)
    return "" if scheme is None or scheme[1] == "file" else scheme[1]


def is_local(where: str) -> bool:
    """Say whether an address is a folder of this machine."""
    return not scheme_of(where)


def _remote(where: str) -> Any:
    """Give the module that resolves addresses of a scheme."""
    match scheme_of(where):
        case "s3a" | "s3":
            from lakeward.lake import objects as module
        case "hdfs":
            if not find_spec("hdfs_native"):
                raise UsageError("the client for HDFS is not installed", remedy="`pip install lakeward[hdfs]`")
            from lakeward.lake import hdfs as module  # type: ignore[no-redef]
        case _:
            known = "a folder, s3a://BUCKET/FOLDER or hdfs://HOST:PORT/FOLDER"
            raise UsageError(f"nothing can be kept at {where}", remedy=f"give {known}")
    return module


def place(where: str) -> Path:
    """Resolve an address to a path; outside of local folders it is a UPath, which answers as a `Path` does.

    Raises:
        UsageError: the scheme is unknown, no bucket is named, or the address holds a password; the store does not know
            the bucket or the credentials.
        TryAgainLater: the store does not answer.
    """
    if is_local(where):
        return Path(where.removeprefix("file://")).expanduser().absolute()
    if "@" in where.partition("://")[2].partition("/")[0]:
        raise UsageError(
            "an address may not hold a key or a password",
            remedy="put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in AWS_PROFILE",
        )
    return cast("Path", _remote(where).reached(where))


def file_system(where: str) -> tuple[Any, str]:
    """Resolve the address of a folder to fsspec's file system and its path there.

    Raises:
        UsageError: as `place` does.
    """
    if is_local(where):
        from fsspec.implementations.local import LocalFileSystem

        return LocalFileSystem(), str(place(where))
    path = _remote(where).reached(where)
    return path.fs, path.path


def opened(where: str) -> IO[bytes]:
    """Open a file to read by its path or URI, on a driver or an executor."""
    if is_local(where):
        return Path(where.removeprefix("file://")).open("rb")
    from lakeward.lake.remote import READ_AHEAD

    return cast("IO[bytes]", _remote(where).path_of(where).open("rb", READ_AHEAD))
