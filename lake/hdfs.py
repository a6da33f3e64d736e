"""A lake in HDFS: files are written beside their names and renamed, which the NameNode does for one writer only."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from hdfs_native import FileReader
from upath import UPath
from upath.implementations.hdfs import HDFSPath
from upath.registry import register_implementation

from lakeward.lake.errors import LakewardError, TryAgainLater, UsageError
from lakeward.lake.remote import READ_AHEAD, Remote

CONNECT_SECONDS = 5


class HdfsPath(HDFSPath):
    """A path that is written with its NameNode, which universal_pathlib leaves out and every other world needs."""

    __slots__ = ()

    def __str__(self) -> str:
        if self._relative_base is not None:
            return super().__str__()
        told = self.storage_options
        port = f":{told['port']}" if told.get("port") else ""
        return f"hdfs://{told['host']}{port}{self.path}"

    def open(self, mode: str = "r", *how: Any, **more: Any) -> Any:
        """Open a file; what is read of it as bytes is read ahead."""
        if mode != "rb":
            return super().open(mode, *how, **more)
        return io.BufferedReader(_Reader(self.fs.open(self.path, "rb").inner), READ_AHEAD)


class _Reader(FileReader):
    """The client's reader, with what a buffer needs of it."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        super().seek(offset, whence)
        return self.tell()

    def readinto(self, room: Any) -> int:
        chunk = self.read(len(room))
        room[: len(chunk)] = chunk
        return len(chunk)


register_implementation("hdfs", HdfsPath, clobber=True)


def path_of(where: str) -> UPath:
    """Resolve a URI to its path.

    Raises:
        UsageError: no NameNode is named.
    """
    if not where.partition("://")[2].partition("/")[0]:
        raise UsageError(f"no NameNode is named in {where}", remedy="write hdfs://HOST:PORT/FOLDER")
    path: UPath = UPath(where.rstrip("/"))
    return path


def reached(where: str) -> UPath:
    """Resolve a URI as `path_of` does, and ask the NameNode for it, so that what is wrong is told at once.

    Raises:
        TryAgainLater: it does not answer.
    """
    path = path_of(where)
    told: dict[str, Any] = dict(path.storage_options)
    with explained(where):
        if told.get("port"):  # the client itself would go on trying for minutes
            socket.create_connection((told["host"], told["port"]), CONNECT_SECONDS).close()
        path.exists()
    return path


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what a NameNode or the way to it refuses into an error that says what to do.

    Raises:
        UsageError: the user may not do it.
        TryAgainLater: nothing answers.
    """
    try:
        yield
    except (LakewardError, FileExistsError, FileNotFoundError):
        raise
    except PermissionError as cause:
        remedy = "HADOOP_USER_NAME or a Kerberos ticket says who you are; ask for the right to read and write there"
        raise UsageError(f"HDFS does not let this user in: {where}", remedy=remedy) from cause
    except OSError as cause:
        if cause.filename is not None:  # a local file
            raise
        remedy = "start it, or write the address as hdfs://HOST:PORT/FOLDER"
        raise TryAgainLater(f"no HDFS answers: {where}", remedy=remedy, said=str(cause)[:200]) from cause


class Hdfs(Remote):
    """HDFS as a `Store`. Spark and deltalake bring their own clients; their settings lie in `HADOOP_CONF_DIR`."""

    jar_sets: tuple[str, ...] = ()
    for_spark: Mapping[str, str] = {}
    for_deltalake: Mapping[str, str] = {}

    @property
    def told(self) -> str:
        """Say in words where the store is."""
        return "through the NameNode that the address names"

    def explained(self, where: str) -> AbstractContextManager[None]:
        """Turn what HDFS refuses into an error that says what to do."""
        return explained(where)

    def create(self, file: Path, content: bytes) -> None:
        """Write a file beside its name and rename it: of several writers one succeeds.

        Raises:
            FileExistsError: it is there.
        """
        self._write(file, content, overwrite=False)

    def put(self, file: Path, content: bytes) -> None:
        """Write a file beside its name and put it in the place of the one that is there."""
        self._write(file, content, overwrite=True)

    def _write(self, file: Path, content: bytes, *, overwrite: bool) -> None:
        fresh = file.with_name(f".{file.name}.{uuid4().hex}")
        fresh.write_bytes(content)
        store: Any = cast("UPath", file).fs
        try:
            store.mv(cast("UPath", fresh).path, cast("UPath", file).path, overwrite=overwrite)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
