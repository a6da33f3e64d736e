"""Which tables are shared under which names: gold tables whose declarations publish them, once they are released."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.sharing.server.log import Log
from lakeward.sharing.server.memory import Memory
from lakeward.sharing.server.released import ReleasedLog

LONGEST = 255
NOT_IN_A_NAME = re.compile(r"[\x00-\x20/\x7f]")


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """A table as recipients know it.

    Args:
        share: its share.
        schema: its schema, the layer.
        name: its name there.
        table: its full name in the lake.
        log: its log.
    """

    share: str
    schema: str
    name: str
    table: str
    log: Log

    @property
    def key(self) -> str:
        """Its name in lower case."""
        return f"{self.share}.{self.schema}.{self.name}".lower()

    @property
    def is_there(self) -> bool:
        """True once it can be read."""
        return self.log.newest() is not None


class Shares:
    """Every share with its tables.

    Args:
        tables: the tables.

    Raises:
        UsageError: a name breaks the protocol's rules, or is another's in other letters.
    """

    def __init__(self, tables: Iterable[Shared]) -> None:
        self._tables: dict[str, Shared] = {}
        for each in sorted(tables, key=lambda each: each.key):
            for name in (each.share, each.schema, each.name):
                if not is_name(name) or ("." in name and name != each.share):
                    raise UsageError(f"{name!r} cannot be shared by that name", remedy="rename it in its declaration")
            if self._tables.setdefault(each.key, each) is not each:
                raise UsageError(f"two tables are shared as {each.key}", remedy="rename one in its declaration")
        self._by_lake_name = {each.table: each for each in self._tables.values()}

    @classmethod
    def declared(cls, lake: Lake, tables: Mapping[str, Table]) -> Shares:
        """Find what declarations publish of gold; each table is there as far as it is released."""
        memory = Memory()
        return cls(
            Shared(share, "gold", full.removeprefix("gold."), full, ReleasedLog(lake, full, memory=memory))
            for share, names in shares_of(tables).items()
            for full in names
        )

    def names(self) -> list[str]:
        """Name every share."""
        return list(dict.fromkeys(each.share for each in self._tables.values()))

    def has(self, share: str) -> bool:
        """Say whether there is a share of this name, in any case."""
        return any(each.share.lower() == share.lower() for each in self._tables.values())

    def of(self, share: str, schema: str | None = None) -> Sequence[Shared]:
        """Give the tables of a share, or of one schema of it, that can be read."""
        return [
            each
            for each in self._tables.values()
            if each.share.lower() == share.lower()
            and (schema is None or each.schema.lower() == schema.lower())
            and each.is_there
        ]

    def find(self, share: str, schema: str, name: str) -> Shared | None:
        """Give a table by its name, in any case; None when there is none, or none yet."""
        found = self._tables.get(f"{share}.{schema}.{name}".lower())
        return found if found and found.is_there else None

    def of_lake(self, table: str) -> Shared | None:
        """Give a table by its full name in the lake; None when it is not shared."""
        return self._by_lake_name.get(table)


def shares_of(tables: Mapping[str, Table]) -> dict[str, list[str]]:
    """Name the shares that declarations of gold tables publish, with their tables."""
    found: dict[str, list[str]] = {}
    for table in tables.values():
        if table.publish and table.table.startswith("gold."):
            found.setdefault(table.publish.share, []).append(table.table)
    return dict(sorted(found.items()))


def is_name(name: str) -> bool:
    """Say whether the protocol allows a name."""
    return 0 < len(name) <= LONGEST and not NOT_IN_A_NAME.search(name)
