"""A lake in an object store: no folders, no rename, no lock; what was PUT is there whole, and a name can be taken once.

Many may write at the same time, so nothing that another run could be using is ever removed or written over, but for the
few small files whose newest writer is right.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from lakeward.lake import jars, logstore
from lakeward.lake.errors import LakewardError, UsageError
from lakeward.lake.s3 import S3, SCHEMES, code_of, explained

if TYPE_CHECKING:
    from upath import UPath

READ_AHEAD = 8 << 20
ONE_PUT = 1 << 30
TAKEN = ("PreconditionFailed", "412", "ConditionalRequestConflict")


def path_of(where: str) -> UPath:
    """Resolve a URI to its path; `s3://` becomes `s3a://`, which every world knows.

    Raises:
        UsageError: the scheme is unknown or no bucket is named.
    """
    from upath import UPath

    scheme, _, rest = where.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in SCHEMES or not bucket:
        raise UsageError(
            f"nothing can be kept at {where}", remedy="give a folder, s3a://BUCKET/FOLDER or hdfs://HOST:PORT/FOLDER"
        )
    path: UPath = UPath(f"s3a://{bucket}/{key.strip('/')}".rstrip("/"), **S3.from_environment().for_fsspec())
    return path


def reached(where: str) -> UPath:
    """Resolve a URI as `path_of` does, and ask its store for one name, so that what is wrong is told at once.

    Raises:
        UsageError: the store does not know the bucket or the credentials.
        TryAgainLater: it does not answer.
    """
    path = path_of(where)
    bucket, _, key = path.path.partition("/")
    with explained(where):
        cast("Any", path.fs).call_s3("list_objects_v2", Bucket=bucket, Prefix=key, MaxKeys=1)
    return path


@dataclass(frozen=True, slots=True)
class Objects:
    """An S3 store as a `Store`."""

    settings: S3
    is_shared = True
    jar_sets = (jars.S3A,)

    @classmethod
    def from_environment(cls) -> Objects:
        """Give the store that the environment tells of."""
        return cls(S3.from_environment())

    @property
    def for_spark(self) -> Mapping[str, str]:
        """Give Spark's settings."""
        return {**self.settings.for_spark(), **logstore.SETTINGS}

    @property
    def for_deltalake(self) -> Mapping[str, str]:
        """Give deltalake's storage options."""
        return self.settings.for_deltalake()

    def for_arrow(self, file: Path) -> Any:
        """Give what Arrow reads a file from."""
        return file.open("rb", READ_AHEAD)

    def prove(self, root: Path) -> None:
        """Write, write again, and remove: the store must take the first and refuse the second.

        Raises:
            UsageError: it may not be written, or does not keep a name for its first writer.
            TryAgainLater: nothing answers.
        """
        probe = root / f".probe-{uuid4().hex}"
        with explained(str(root)):
            create(probe, b"lakeward")
            try:
                create(probe, b"once more")
            except FileExistsError:
                return
            finally:
                probe.unlink()
        raise UsageError(
            f"the store of {root} does not honour If-None-Match: two writers could lose each other's commits",
            remedy="take a store that does (Ceph 16 or newer, MinIO, AWS); `lakeward doctor --lake URI` tries one",
        )

    def persist(self, files: Iterable[Path]) -> None:
        """Do nothing: a PUT that was answered stays."""

    def replace(self, file: Path, text: str) -> None:
        """Write a file whole over the one that is there."""
        file.write_text(text, "utf-8")

    def name_of(self, name: str, sha256: str) -> str:
        """Name a file by its content, so that an unfinished folder of another run can hold no other bytes by it."""
        path = PurePosixPath(name)
        return f"{path.stem}-{sha256[:12]}{path.suffix}"

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
                path = folder / file.relative_to(stage).as_posix()
                _put(path, file.read_bytes()) if is_new else path.write_bytes(file.read_bytes())

    @contextmanager
    def filled_by_others(self, file: Path) -> Iterator[Path]:
        """Give a local file that something else writes; at the end of the block it is put."""
        with tempfile.TemporaryDirectory(prefix="lakeward-") as scratch:
            local = Path(scratch) / file.name
            yield local
            if local.exists():
                file.write_bytes(local.read_bytes())


def create(path: Path, content: bytes) -> None:
    """Put what is not there yet, in one request: the end of a multipart upload is refused to nobody.

    Raises:
        FileExistsError: it is there.
    """
    try:
        key = cast("UPath", path)
        key.fs.pipe_file(key.path, content, mode="create", chunksize=ONE_PUT)
    except OSError as cause:
        if code_of(cause) in TAKEN:
            raise FileExistsError(f"{path} is there already") from cause
        raise


def _put(path: Path, content: bytes) -> None:
    is_ours = True
    try:
        create(path, content)
    except FileExistsError:  # put by a run that died, by one that is at the same, or by us, and the answer was lost
        is_ours = False
    if path.read_bytes() != content:
        if not is_ours:
            raise FileExistsError(f"{path} is there already")
        raise LakewardError(f"{path} did not read back as written", remedy="check the store, then run again")
