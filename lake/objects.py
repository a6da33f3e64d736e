"""A lake in an S3 store: no folders, no rename; what was PUT is there whole, and a name can be taken once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lakeward.lake import jars, logstore
from lakeward.lake.errors import UsageError
from lakeward.lake.remote import Remote
from lakeward.lake.s3 import BODY_TRIES, S3, code_of, explained

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem
    from upath import UPath

ONE_PUT = 1 << 30
AT_ONCE = 32
TAKEN = ("PreconditionFailed", "412", "ConditionalRequestConflict")


def path_of(where: str) -> UPath:
    """Resolve a URI to its path; `s3://` becomes `s3a://`, which every world knows.

    Raises:
        UsageError: no bucket is named.
    """
    from upath import UPath

    bucket, _, key = where.partition("://")[2].partition("/")
    if not bucket:
        raise UsageError(f"no bucket is named in {where}", remedy="write s3a://BUCKET/FOLDER")
    path: UPath = UPath(f"s3a://{bucket}/{key.strip('/')}".rstrip("/"), **S3.from_environment().for_fsspec())
    cast("Any", path.fs).retries = BODY_TRIES  # s3fs's own, around those of botocore
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
class Objects(Remote):
    """An S3 store as a `Store`."""

    settings: S3
    jar_sets = (jars.S3A,)
    twins = True

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

    @property
    def told(self) -> str:
        """Say in words where the store is."""
        style = "the bucket in the path" if self.settings.is_path_style else "the bucket in the host's name"
        where = self.settings.endpoint or "AWS"
        return f"at {where}, region {self.settings.region or 'of the profile'}, {style}"

    def explained(self, where: str) -> AbstractContextManager[None]:
        """Turn what the store refuses into an error that says what to do."""
        return explained(where)

    def arrow_folder(self, folder: Path) -> FileSystem:
        """Give a folder as a file system of Arrow's own."""
        from pyarrow.fs import S3FileSystem, SubTreeFileSystem

        return SubTreeFileSystem(cast("UPath", folder).path, S3FileSystem(**self.settings.for_arrow()))

    def etag(self, file: Path) -> tuple[str, int]:
        """Give the ETag that the store made as the file was put, and its first part's bytes where the store knows."""
        path = cast("Any", file)
        bucket, _, key = path.path.partition("/")
        with explained(str(file)):
            told = str(path.fs.call_s3("head_object", Bucket=bucket, Key=key)["ETag"])
            if "-" not in told:
                return told, 0
            try:
                first = path.fs.call_s3("head_object", Bucket=bucket, Key=key, PartNumber=1)
            except OSError:  # a store that knows no numbers of parts
                return told, 0
        size = int(first["ContentLength"]) if first.get("PartsCount") else 0
        return told, size

    def create(self, file: Path, content: bytes) -> None:
        """Put what is not there yet, in one request: the end of a multipart upload is refused to nobody.

        Raises:
            FileExistsError: it is there.
        """
        key = cast("UPath", file)
        try:
            key.fs.pipe_file(key.path, content, mode="create", chunksize=ONE_PUT)
        except OSError as cause:
            if code_of(cause) in TAKEN:
                raise FileExistsError(f"{file} is there already") from cause
            raise

    def put(self, file: Path, content: bytes) -> None:
        """Put a file, also over one that is there; no reader sees half of it."""
        file.write_bytes(content)

    def twin(self, files: Mapping[Path, Path]) -> None:
        """Have the store copy files within itself; one copied before is copied again, to the same bytes."""
        if not files:
            return
        sources, places = [[cast("UPath", each).path for each in side] for side in (files.keys(), files.values())]
        with explained(str(next(iter(files.values())).parent)):
            cast("UPath", next(iter(files))).fs.copy(sources, places, batch_size=AT_ONCE)
