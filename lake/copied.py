"""A branch in an S3 store: copies of main's files that the store makes itself, so that no byte comes this way.

Ceph's gateway shares the parts of a copied object beyond its first 4 MiB with the one that it is copied from, until
both are gone. Nothing is renamed in a store: what says that a branch is whole is put last and taken away first.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lakeward.lake.errors import TryAgainLater, UsageError
from lakeward.lake.linked import LOG, MAINS_ALONE
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from upath import UPath

HINT = f"/{LOG}/_last_checkpoint"
"""It may be newer than the commits that are copied, and readers find their way without it."""
TRIES = 5


@dataclass(frozen=True, slots=True)
class Copied:
    """How a branch in a store comes and goes.

    Args:
        main: the lake that it is of.
        root: what stands for its folder.
    """

    main: Lake
    root: Path

    @property
    def _whole(self) -> Path:
        return self.root / "_branch"

    @property
    def _claim(self) -> Path:
        return self.root.with_name(f".{self.root.name}")

    def exists(self) -> bool:
        """Say whether there is one; one that is being made or ended is none."""
        return self._whole.is_file()

    def has_left(self) -> bool:
        """Say whether one is being made or ended, or a killed command left a part of it."""
        return self._claim.is_file()

    def make(self) -> None:
        """Make it from main as it is at one moment.

        Raises:
            TryAgainLater: another process makes or ends it, or main is being written.
        """
        told = {"host": socket.gethostname(), "pid": os.getpid(), "since": datetime.now(UTC).isoformat("T", "seconds")}
        words = json.dumps(told).encode()
        try:
            self.main.store.create(self._claim, words)
        except FileExistsError as cause:
            raise TryAgainLater(
                f"branch {self.root.name} is being made or ended by another process",
                remedy=f"wait for it; where it was killed, `lakeward drop {self.root.name}` clears what it left",
            ) from cause
        try:
            self.main.store.twin({self.main.root / name: self.root / name for name in self._still()})
            self.main.store.create(self._whole, words)
        except BaseException as cause:
            self.clear(self.root)
            if isinstance(cause, FileNotFoundError):  # a VACUUM came between
                raise _written(self.main) from cause
            raise

    def end(self) -> Path:
        """Make it no branch any more, in one step; give what is left to clear."""
        self._whole.unlink()
        return self.root

    def clear(self, left: Path) -> None:
        """Remove what is left of it; main keeps its files. The name stays taken until nothing is left.

        Raises:
            UsageError: the store keeps some of it.
        """
        store, path = cast("UPath", left).fs, cast("UPath", left).path
        with suppress(FileNotFoundError):
            store.rm(path, recursive=True)
        if kept := store.find(path):  # s3fs does not say that one was refused
            raise UsageError(
                f"the store keeps {len(kept):,} files of branch {left.name}",
                remedy=f"get the right to delete there, then `lakeward drop {left.name}`",
            )
        self._claim.unlink(missing_ok=True)

    def _still(self) -> list[str]:
        """Name main's files when two looks at it found the same commits: between them it was all of that at once.

        What those commits name was there before them, so that the second look has it.
        """
        seen = sorted(self._names())
        for _ in range(TRIES):
            again = sorted(self._names())
            if _commits(seen) == _commits(again):
                return again
            seen = again
        raise _written(self.main)

    def _names(self) -> Iterator[str]:
        main = cast("UPath", self.main.root)
        for thing in main.fs.ls(main.path, detail=True):
            if thing["name"].rpartition("/")[2] in MAINS_ALONE:
                continue
            for name in main.fs.find(thing["name"]) if thing["type"] == "directory" else [thing["name"]]:
                if not name.endswith(("/", HINT)):  # a `/` is what Hadoop leaves of a folder
                    yield name.removeprefix(main.path.rstrip("/") + "/")


def _commits(names: list[str]) -> list[str]:
    return [name for name in names if f"/{LOG}/" in name and name.endswith(".json")]


def _written(main: Lake) -> TryAgainLater:
    return TryAgainLater(f"{main.root} is being written", remedy="wait for the run there to end, then run again")
