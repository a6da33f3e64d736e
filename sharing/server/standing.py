"""Keeps the files of versions while recipients have addresses of them, with few writes."""

from __future__ import annotations

import time
from threading import Lock

from lakeward.lake.holds import hold
from lakeward.lake.storage import Lake
from lakeward.sharing.server.urls import SECONDS


class Standing:
    """What is held, and until when.

    Args:
        lake: the lake.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake, self._lock = lake, Lock()
        self._until: dict[tuple[str, int, int], int] = {}

    def hold(self, table: str, first: int, last: int, until: int) -> None:
        """Keep the files of all versions from one to another until then at least, in seconds since 1970."""
        key, now = (table, first, last), time.time()
        with self._lock:
            if self._until.get(key, 0) < until:
                later = until + SECONDS  # so that one write serves for an hour
                hold(self._lake, table, first, last, later)
                self._until = {each: end for each, end in self._until.items() if end > now} | {key: later}
