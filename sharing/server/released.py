"""Logs of tables as far as they are released: whoever reads a share sees what whoever downloads a release may see."""

from __future__ import annotations

import time
from pathlib import Path

from lakeward.lake import release
from lakeward.lake.storage import Lake
from lakeward.sharing.server.log import Log
from lakeward.sharing.server.memory import Memory

SECONDS = 1.0


class ReleasedLog(Log):
    """A log up to the version of the newest release that stands, without the versions that were withdrawn.

    Args:
        lake: the lake.
        table: the table's full name.
        seconds: how old what is known of releases may be.
        memory: keeps its snapshots.
    """

    def __init__(self, lake: Lake, table: str, seconds: float = SECONDS, memory: Memory | None = None) -> None:
        super().__init__(lake.table(table), memory)
        self._releases: Path = lake.releases(table)
        self._seconds, self._looked_at = seconds, float("-inf")
        self._newest_released: int | None = None
        self._withdrawn: frozenset[int] = frozenset()

    @property
    def withdrawn(self) -> frozenset[int]:
        """The versions whose releases were taken back."""
        self._look()
        return self._withdrawn

    def newest(self) -> int | None:
        """Give the newest version that is released; None when none is."""
        self._look()
        newest = super().newest()
        return None if newest is None or self._newest_released is None else min(newest, self._newest_released)

    def _look(self) -> None:
        with self._lock:
            if time.monotonic() - self._looked_at < self._seconds:
                return
            done = release.manifests(self._releases)
            stands = {int(each["source"]["version"]) for each in done if not each.get("withdrawn")}
            newest = release.standing(done)
            self._newest_released = int(newest["source"]["version"]) if newest else None
            self._withdrawn = frozenset(int(each["source"]["version"]) for each in done) - stands
            self._looked_at = time.monotonic()
