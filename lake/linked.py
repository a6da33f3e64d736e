"""A branch on a disk: a folder whose data files are main's, by second names."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from lakeward.lake.disk import persist
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake

BRANCHES = "_branches"
LOG = "_delta_log"
MAINS_ALONE = (BRANCHES, "_lease", "_logs", "_audit", "_holds", "_recipients", ".staging")
"""What a branch has no part in: who writes, who reads, and the releases that are being built."""
LINKED = (".parquet", ".bin", ".csv", ".gz", ".xlsx")


@dataclass(frozen=True, slots=True)
class Linked:
    """How a branch on a disk comes and goes; whoever asks holds the leases.

    Args:
        main: the lake that it is of.
        root: its folder.
    """

    main: Lake
    root: Path

    def exists(self) -> bool:
        """Say whether there is one; one that was cut short while it was made is none."""
        return self.root.is_dir()

    def has_left(self) -> bool:
        """Say whether a killed command left something that `drop` has to see to: the next branch does."""
        return False

    def make(self) -> None:
        """Make it from main as it is now.

        Raises:
            UsageError: the disk gives no second names to files.
        """
        swept(self.main)
        fresh = self.root.with_name(f".{self.root.name}.new")
        fresh.mkdir(parents=True)
        for thing in sorted(self.main.root.iterdir()):
            if thing.name not in MAINS_ALONE:
                self._twin(thing, fresh / thing.name)
        fresh.rename(self.root)
        persist([self.root])

    def end(self) -> Path:
        """Make it no branch any more, in one step; give what is left to clear."""
        gone = self.root.with_name(f".{self.root.name}.gone")
        self.clear(gone)
        self.root.rename(gone)
        return gone

    def clear(self, left: Path) -> None:
        """Remove what is left of it; main keeps its files."""
        _removed(left)

    def _twin(self, thing: Path, to: Path) -> None:
        if thing.is_dir():
            to.mkdir(exist_ok=True)
            for each in thing.iterdir():
                self._twin(each, to / each.name)
        elif thing.name.endswith(LINKED) and thing.parent.name != LOG:
            self.main.store.twin({thing: to})
        else:
            shutil.copy2(thing, to)


def swept(lake: Lake) -> None:
    """Remove what killed commands left of branches in a folder; main's lease is held."""
    for each in (*lake.root.glob(f"{BRANCHES}/.*.new"), *lake.root.glob(f"{BRANCHES}/.*.gone")):
        _removed(each)


def _removed(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise UsageError(f"{folder} cannot be removed", remedy="mend its rights, and remove it")
