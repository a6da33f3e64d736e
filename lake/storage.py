"""Where a lake's tables and releases lie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lakeward.lake.errors import UsageError
from lakeward.lake.store import Store, place, scheme_of, store_of

UNREADABLE = re.compile(r"[%#?\[\]\\^|`\x00-\x1f]")
"""In a path with `#` or `?`, deltalake gives a log's history as empty; `%` it takes for quoting, at others it stops."""
QUOTED_IN_HDFS = re.compile(r"[^\w./:-]", re.ASCII)
"""There deltalake quotes what is no plain letter when it writes, and not when it reads."""


@dataclass(frozen=True, slots=True)
class Lake:
    """A lake's root and the places below it.

    Args:
        root: a folder; in an object store, what stands for one (`lakeward.lake.store.place`).
    """

    root: Path

    @classmethod
    def at(cls, where: str) -> Lake:
        """Open a lake by its folder or URI; it need not exist yet.

        Raises:
            UsageError: the address is empty or cannot be used, or holds a character that readers of Delta logs take for
                another.
        """
        if not where:
            raise UsageError("the lake's path is empty", remedy="give --lake a folder; is a variable of yours not set?")
        root = place(where)
        if wrong := (QUOTED_IN_HDFS if scheme_of(where) == "hdfs" else UNREADABLE).search(str(root)):
            raise UsageError(f"a lake's path may not hold a {wrong[0]}: {root}", remedy="rename the folder")
        if root.is_file():  # one question: in a store a folder comes and goes with what others write there
            raise UsageError(f"{root} is a file, not a lake", remedy="give --lake a folder")
        return cls(root)

    @property
    def store(self) -> Store:
        """Give what the lake lies in."""
        return store_of(self.root)

    def table(self, name: str) -> Path:
        """Give the folder of a table by its full name: `silver.police.fatal_crashes`, `gold.x`, `_runs`."""
        return self.root.joinpath(*name.split("."))

    def releases(self, name: str) -> Path:
        """Give the folder that holds a table's releases."""
        return self.root / "published" / name.removeprefix("gold.")

    def make(self) -> None:
        """Prove that the lake can be written, and make its root where there are folders.

        Raises:
            UsageError: it cannot be written, or the store lacks what a lake needs.
            TryAgainLater: no store answers.
        """
        self.store.prove(self.root)
