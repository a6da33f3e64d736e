"""What object stores and HDFS have in common as a lake's place: many writers, no lock, names that are taken once.

Nothing that another run could be using is ever removed or written over, but for the few small files whose newest writer
is right.
"""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lakeward.lake.errors import LakewardError, UsageError

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

READ_AHEAD = 8 << 20


class Remote(ABC):
    """The part of a `Store` that stands on two ways to write a file: take its name, or take its place."""

    is_shared = True
    twins = False

    @property
    @abstractmethod
    def told(self) -> str:
        """Say in words where the store is."""

    @abstractmethod
    def explained(self, where: str) -> AbstractContextManager[None]:
        """Turn what the store refuses into an error that says what to do."""

    @abstractmethod
    def create(self, file: Path, content: bytes) -> None:
        """Write a file whole that is not there yet.

        Raises:
            FileExistsError: it is there.
        """

    @abstractmethod
    def put(self, file: Path, content: bytes) -> None:
        """Write a file whole, also over one that is there."""

    def twin(self, files: Mapping[Path, Path]) -> None:
        """Give files a second place, which not every place can.

        Raises:
            UsageError: this one cannot.
        """
        raise UsageError(f"a file has one place alone {self.told}", remedy="take a folder or an S3 store")

    def for_arrow(self, file: Path) -> Any:
        """Give what Arrow reads a file from."""
        return file.open("rb", READ_AHEAD)

    def arrow_folder(self, folder: Path) -> FileSystem | None:
        """Give a folder as a file system of Arrow's own: none that needs no library of Hadoop's."""
        return None

    def prove(self, root: Path) -> None:
        """Write, write again, and remove: the store must take the first and refuse the second.

        Raises:
            UsageError: it may not be written, or does not keep a name for its first writer.
            TryAgainLater: nothing answers.
        """
        probe = root / f".probe-{uuid4().hex}"
        with self.explained(str(root)):
            with suppress(FileExistsError):  # nobody else knows the name: it is ours, and the answer was lost
                self.create(probe, b"lakeward")
            try:
                self.create(probe, b"once more")
            except FileExistsError:
                return
            finally:
                probe.unlink()
        raise UsageError(
            f"the store of {root} does not keep a name for its first writer: two could lose each other's commits",
            remedy="take a store that does (Ceph 16 or newer, MinIO, AWS); `lakeward doctor --lake URI` tries one",
        )

    def etag(self, file: Path) -> tuple[str, int]:
        """Give nothing, where the place has nothing to tell."""
        del file
        return "", 0

    def persist(self, files: Iterable[Path]) -> None:
        """Trust the store: what it has acknowledged stays."""
        del files

    def replace(self, file: Path, text: str) -> None:
        """Write a small file whole, or leave the one that is there."""
        self.put(file, text.encode())

    def name_of(self, name: str, digest: str) -> str:
        """Name a file by its content, so that an unfinished folder of another run can hold no other bytes by it."""
        path = PurePosixPath(name)
        return f"{path.stem}-{digest[:12]}{path.suffix}"

    @contextmanager
    def building(self, folder: Path, last: str, *, is_new: bool) -> Iterator[Path]:
        """Give an empty local folder to fill; at the end of the block its files are put one by one, `last` at last.

        Raises:
            FileExistsError: it was to be new, and another run has put something there.
        """
        with tempfile.TemporaryDirectory(prefix="lakeward-") as scratch:
            stage = Path(scratch)
            yield stage
            files = sorted(file for file in stage.rglob("*") if file.is_file() and file != stage / last)
            for file in [*files, stage / last]:
                put = self._take if is_new else self.put
                put(folder / file.relative_to(stage).as_posix(), file.read_bytes())

    @contextmanager
    def filled_by_others(self, file: Path) -> Iterator[Path]:
        """Give a local file that something else writes; at the end of the block it is put.

        It holds what earlier blocks of this process left in it.
        """
        local = Path(_scratch().name, sha256(str(file).encode()).hexdigest()[:16], file.name)
        local.parent.mkdir(exist_ok=True)
        yield local
        if local.exists():
            self.put(file, local.read_bytes())

    def _take(self, file: Path, content: bytes) -> None:
        is_ours = True
        try:
            self.create(file, content)
        except FileExistsError:  # put by a run that died, by one that is at the same, or by us, and the answer was lost
            is_ours = False
        if file.read_bytes() != content:
            if not is_ours:
                raise FileExistsError(f"{file} is there already")
            raise LakewardError(f"{file} did not read back as written", remedy="check the store, then run again")


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """Give a folder that lives as long as this process."""
    return tempfile.TemporaryDirectory(prefix="lakeward-")
