"""Branches of a lake: a lake of its own below `_branches`, whose data files main's own bytes stand for.

`linked` and `copied` make and end it, on a disk and in a store. Its log names the same files as main's by the same
names, so that nothing that reads a lake, cleans it or proves it has to know of branches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.lake import delta, linked
from lakeward.lake.disk import room_checked
from lakeward.lake.errors import TryAgainLater, UsageError
from lakeward.lake.lease import lease
from lakeward.lake.linked import BRANCHES, LOG, MAINS_ALONE, Linked
from lakeward.lake.storage import Lake
from lakeward.lake.store import store_of

if TYPE_CHECKING:
    from lakeward.lake.copied import Copied

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
ORDER = ("bronze", "_deliveries", "quarantine", "silver", "gold")
"""The order in which a run commits, so that main is never worse off than after a run that was killed."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch by its name; it need not exist."""

    main: Lake
    name: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise UsageError(f"{self.name!r} cannot be the name of a branch", remedy="use letters, digits, - and _")
        if not self.main.store.twins:
            raise UsageError(
                f"branches need a folder or an S3 store, and {self.main.root} lies in neither",
                remedy="a file there has one place alone: try with `lakeward test`, or on a copy of the lake",
            )
        if is_branch(self.main):
            raise UsageError(
                f"{self.main.root} is a branch, and a branch has none",
                remedy=f"give --lake {_resolved(self.main).parents[1]}",
            )

    @property
    def lake(self) -> Lake:
        """The lake that it is."""
        return Lake(self.main.root / BRANCHES / self.name)

    @property
    def _way(self) -> Linked | Copied:
        """Give how it comes and goes where it lies."""
        if not self.main.store.is_shared:
            return Linked(self.main, self.lake.root)
        from lakeward.lake.copied import Copied

        return Copied(self.main, self.lake.root)

    def exists(self) -> bool:
        """Say whether there is one; one that was cut short while it was made is none."""
        return self._way.exists()

    def made(self, wait_s: float = 0.0) -> Lake:
        """Give its lake, made from main as it is now where there is none.

        Raises:
            UsageError: there is no main, or its disk gives no second names to files.
            TryAgainLater: main is being written.
        """
        if self.exists():
            return self.lake
        if not self.main.root.is_dir():
            raise UsageError(f"there is no lake at {self.main.root}", remedy="`lakeward run` without --branch makes it")
        with lease(self.main, f"branch {self.name}", wait_s), room_checked(self.main.root):
            if not self.exists():  # else made by another run while this one waited
                self._way.make()
        return self.lake

    def existing(self) -> Lake:
        """Give its lake.

        Raises:
            UsageError: there is none.
        """
        if not self.exists():
            known = ", ".join(names(self.main)) or "none"
            raise UsageError(
                f"there is no branch {self.name} in {self.main.root}; there are: {known}",
                remedy=f"`lakeward run --branch {self.name}` makes it",
            )
        return self.lake

    def drop(self) -> None:
        """End it, or clear what a killed command left of it; main keeps its files.

        Raises:
            UsageError: there is none.
            TryAgainLater: it is being written.
        """
        if not self.exists() and self._way.has_left():
            self._way.clear(self.lake.root)
            return
        with lease(self.existing(), f"drop {self.name}"):
            gone = self._ended()
        self._way.clear(gone)

    def _ended(self) -> Path:
        return self._way.end()

    def ahead(self) -> dict[str, range]:
        """Name the tables in which it has commits that main has not, with these; none of main's may be lacking in it.

        Raises:
            TryAgainLater: main has commits that it has not.
        """
        theirs, ours = set(tables(self.main)), tables(self.existing())
        moved = sorted(theirs - set(ours))
        found = {}
        for table in ours:
            here, there = self.lake.table(table), self.main.table(table)
            newest, known = delta.version_of(here), delta.version_of(there)
            last = -1 if known is None else known
            if newest is None or (last >= 0 and not is_same(commit_of(here, last), commit_of(there, last))):
                moved.append(table)
            elif newest > last:
                found[table] = range(last + 1, newest + 1)
        if moved:
            raise TryAgainLater(
                f"main moved since branch {self.name} was made, in {', '.join(moved)}",
                remedy=f"`lakeward drop {self.name}`, then `lakeward run --branch {self.name}` makes it anew from main",
            )
        return dict(sorted(found.items(), key=lambda each: _place(each[0])))

    def promote(self) -> dict[str, range]:
        """Give main the branch's commits, as they are, and end it; name them by table.

        Stopped and done again, it goes on. Each commit comes into main's log under a name that is taken once or
        refused: nothing is taken in twice and nothing of main's is written over. The data files come first. On a disk
        the branch's lease is held until there is no branch, so that no run's commit can come between and be lost; in a
        store, which has no lease, its log is looked at again.

        Raises:
            UsageError: there is no such branch, or a commit of it is gone.
            TryAgainLater: main moved since it was made, or either is being written.
        """
        with (
            lease(self.main, f"promote {self.name}"),
            lease(self.existing(), f"promote {self.name}"),
            room_checked(self.main.root),
        ):
            found = self.ahead()
            for table, versions in found.items():
                lacking = [version for version in versions if not commit_of(self.lake.table(table), version).exists()]
                if lacking:
                    raise UsageError(
                        f"{table} of branch {self.name} no longer has its commit {lacking[0]}",
                        remedy=f"`lakeward drop {self.name}` and make the branch anew",
                    )
            for table, versions in found.items():
                here, there = self.lake.table(table), self.main.table(table)
                for version in versions:
                    _forward(here, there, version)
            if self.main.store.is_shared and (late := self.ahead()):
                raise TryAgainLater(
                    f"branch {self.name} was written meanwhile, in {', '.join(late)}", remedy="promote again"
                )
            gone = self._ended()
        self._way.clear(gone)
        return found


def names(lake: Lake) -> list[str]:
    """Name a lake's branches, in a store also those that are being made or ended."""
    folder = lake.root / BRANCHES
    found = folder.iterdir() if lake.store.twins and folder.is_dir() else ()
    return sorted(each.name for each in found if NAME.fullmatch(each.name) and each.is_dir())


def is_branch(lake: Lake) -> bool:
    """Say whether a lake is a branch of another."""
    return _resolved(lake).parent.name == BRANCHES


def swept(lake: Lake) -> None:
    """Remove what killed commands left of branches; main's lease is held. In a store `drop` does."""
    if not lake.store.is_shared:
        linked.swept(lake)


def _resolved(lake: Lake) -> Path:
    return lake.root if lake.store.is_shared else lake.root.resolve()


def tables(lake: Lake) -> list[str]:
    """Name the Delta tables that lie in a lake, but for those that are main's alone."""
    return sorted(_tables(lake.root, ""))


def _tables(folder: Path, name: str) -> Iterator[str]:
    for each in folder.iterdir():
        if each.name in MAINS_ALONE or each.name.startswith(".") or not each.is_dir():
            continue
        called = f"{name}.{each.name}" if name else each.name
        if (each / LOG).is_dir():
            yield called
        elif not name or called.count(".") < 2:
            yield from _tables(each, called)


def _place(table: str) -> tuple[int, str]:
    layer = table.partition(".")[0]
    return (ORDER.index(layer) if layer in ORDER else len(ORDER), table)


def commit_of(table: Path, version: int) -> Path:
    """Give the file of a commit in a table's log."""
    return table / LOG / f"{version:020}.json"


def is_same(one: Path, other: Path) -> bool:
    """Say whether two commits are one."""
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


def _forward(here: Path, there: Path, version: int) -> None:
    """Take one commit in: first the files it names, then what says that it is."""
    commit, store = commit_of(here, version), store_of(there)
    content = commit.read_bytes()
    written = []
    for line in content.decode().splitlines():
        action = json.loads(line)
        named = [delta.unquoted(action[kind]["path"]) for kind in ("add", "cdc") if kind in action]
        written += [name for name in named if (here / name).exists()]
    written += [each.name for each in here.glob("*.bin")]
    store.twin({here / name: there / name for name in written})
    store.persist(there / name for name in written)
    to = commit_of(there, version)
    try:
        store.create(to, content)
    except FileExistsError as cause:
        if to.read_bytes() != content:  # else it is ours, and the store's answer was lost
            raise TryAgainLater(f"{there} was written meanwhile", remedy="promote again") from cause
