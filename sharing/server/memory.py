"""What the server remembers of tables: snapshots and what was worked out of them, up to so many bytes in all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

from lakeward.sharing.server.snapshot import Snapshot

BYTES = 256 << 20
Thing = TypeVar("Thing")


class Memory:
    """Keeps the snapshots that were asked for lately; the one that is used is kept, however large it is.

    Args:
        limit: how many bytes they may take in all, as they are reckoned.
    """

    def __init__(self, limit: int = BYTES) -> None:
        self._limit, self._lock = limit, Lock()
        self._held: OrderedDict[Snapshot, int] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """How many bytes are taken now."""
        return self._bytes

    def keep(self, table: Snapshot) -> None:
        """Remember a snapshot as the one used last, and forget others where they are too much."""
        with self._lock:
            size = _size(table)
            self._bytes += size - self._held.pop(table, 0)
            self._held[table] = size
            while self._bytes > self._limit and len(self._held) > 1:
                forgotten, freed = self._held.popitem(last=False)
                forgotten.worked.clear()  # a request that goes on with it works it out again
                self._bytes -= freed

    def worked(self, table: Snapshot, about: Hashable, work: Callable[[], tuple[Thing, int]]) -> Thing:
        """Give what is worked out of a snapshot, once as long as it is remembered.

        Args:
            table: the snapshot.
            about: what it is.
            work: works it out; gives it and the bytes that it takes.
        """
        with table.lock:
            if (held := table.worked.get(about)) is not None:
                thing: Thing = held[0]
                return thing
            thing, size = work()
            if _size(table) + size > self._limit:
                table.worked.clear()
            table.worked[about] = thing, size
            self.keep(table)
            return thing


def _size(table: Snapshot) -> int:
    return table.bytes + sum(size for _, size in list(table.worked.values()))
