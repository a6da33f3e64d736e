"""Branches of a lake on a disk: a lake of its own below `_branches`, whose data files are main's, by hard links.

A data file is never changed once it is written, so it may have two names: whoever takes one of them away, a VACUUM on
main or the end of a branch, leaves the other. Logs, notes and small files are copied: some of them are written over.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lakeward.lake import delta
from lakeward.lake.disk import persist, room_checked
from lakeward.lake.errors import TryAgainLater, UsageError
from lakeward.lake.lease import lease
from lakeward.lake.storage import Lake

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
LINKED = (".parquet", ".bin", ".csv", ".gz", ".xlsx")
MAINS_ALONE = ("_branches", "_lease", "_logs", "_audit", "_holds", "_recipients", ".staging")
"""What a branch has no part in: who writes, who reads, and the releases that are being built."""
ORDER = ("bronze", "_deliveries", "quarantine", "silver", "gold")
"""The order in which a run commits, so that main is never worse off than after a run that was killed."""
LOG = "_delta_log"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch by its name; it need not exist."""

    main: Lake
    name: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise UsageError(f"{self.name!r} cannot be the name of a branch", remedy="use letters, digits, - and _")
        if self.main.store.is_shared:
            raise UsageError(
                f"branches need a folder of this machine, and {self.main.root} is none",
                remedy="there is no second name for a file there: try on `lakeward test` or on a copy in a folder",
            )
        if is_branch(self.main):
            raise UsageError(
                f"{self.main.root} is a branch, and a branch has none",
                remedy=f"give --lake {self.main.root.resolve().parents[1]}",
            )

    @property
    def lake(self) -> Lake:
        """The lake that it is."""
        return Lake(self.main.root / "_branches" / self.name)

    def exists(self) -> bool:
        """Say whether there is one; one that was cut short while it was made is none."""
        return self.lake.root.is_dir()

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
        place = self.lake.root
        fresh = place.with_name(f".{self.name}.new")
        with lease(self.main, f"branch {self.name}", wait_s), room_checked(self.main.root):
            if self.exists():  # made by another run while this one waited
                return self.lake
            swept(self.main)
            fresh.mkdir(parents=True)
            for thing in sorted(self.main.root.iterdir()):
                if thing.name not in MAINS_ALONE:
                    _twin(thing, fresh / thing.name)
            fresh.rename(place)
            persist([place])
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
        """End it; main keeps its files.

        Raises:
            UsageError: there is none.
            TryAgainLater: it is being written.
        """
        with lease(self.existing(), f"drop {self.name}"):
            gone = self._ended()
        _removed(gone)

    def _ended(self) -> Path:
        gone = self.lake.root.with_name(f".{self.name}.gone")
        _removed(gone)
        self.lake.root.rename(gone)
        return gone

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

        Stopped and done again, it goes on. Each commit comes into main's log by a link, which the file system makes
        once or refuses: nothing is taken in twice and nothing of main's is written over. The data files come first.
        The branch's lease is held until there is no branch, so that no run's commit can come between and be lost.

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
            gone = self._ended()
        _removed(gone)
        return found


def names(lake: Lake) -> list[str]:
    """Name a lake's branches."""
    folder = lake.root / "_branches"
    found = folder.iterdir() if not lake.store.is_shared and folder.is_dir() else ()
    return sorted(each.name for each in found if each.is_dir() and NAME.fullmatch(each.name))


def is_branch(lake: Lake) -> bool:
    """Say whether a lake is a branch of another."""
    return not lake.store.is_shared and lake.root.resolve().parent.name == "_branches"


def swept(lake: Lake) -> None:
    """Remove what killed commands left of branches; main's lease is held."""
    if not lake.store.is_shared:
        for each in (*lake.root.glob("_branches/.*.new"), *lake.root.glob("_branches/.*.gone")):
            _removed(each)


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


def _removed(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise UsageError(f"{folder} cannot be removed", remedy="mend its rights, and remove it")


def _twin(thing: Path, to: Path) -> None:
    if thing.is_dir():
        to.mkdir(exist_ok=True)
        for each in thing.iterdir():
            _twin(each, to / each.name)
    elif thing.name.endswith(LINKED) and thing.parent.name != LOG:
        _link(thing, to)
    else:
        shutil.copy2(thing, to)


def _link(file: Path, to: Path) -> None:
    try:
        os.link(file, to)
    except FileExistsError:
        pass
    except OSError as cause:
        raise UsageError(
            f"{to.parent} cannot hold a second name of {file}: {cause.strerror}",
            remedy="branches need a file system with hard links, such as ext4, XFS, Btrfs or APFS",
        ) from cause


def _forward(here: Path, there: Path, version: int) -> None:
    """Take one commit in: first the files it names, then what says that it is."""
    commit = commit_of(here, version)
    written = []
    for line in commit.read_text("utf-8").splitlines():
        action = json.loads(line)
        named = [delta.unquoted(action[kind]["path"]) for kind in ("add", "cdc") if kind in action]
        written += [name for name in named if (here / name).exists()]
    written += [each.name for each in here.glob("*.bin")]
    for name in written:
        to = there / name
        to.parent.mkdir(parents=True, exist_ok=True)
        _link(here / name, to)
    persist(there / name for name in written)
    to = commit_of(there, version)
    to.parent.mkdir(parents=True, exist_ok=True)
    fresh = to.with_name(f".{to.name}.promoted")
    shutil.copy2(commit, fresh)
    persist([fresh])
    try:
        os.link(fresh, to)
    except FileExistsError as cause:
        raise TryAgainLater(f"{there} was written meanwhile", remedy="promote again") from cause
    finally:
        fresh.unlink()
    persist([to])
