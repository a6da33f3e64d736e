"""What a process and all it starts use: CPU seconds until now, bytes of memory at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from threading import Lock

import psutil


class Tree:
    """A process and its descendants: the driver, its JVM, Python workers.

    Args:
        pid: the first process; by default this one.
    """

    def __init__(self, pid: int | None = None) -> None:
        self._roots = [psutil.Process(pid)]
        self._known: dict[int, psutil.Process] = {}
        self._cpu_seconds = self._not_ours = 0.0
        self._one_at_a_time = Lock()

    def join(self, pid: int) -> None:
        """Count from now on a process that others started, and its descendants, as a JVM that stays up."""
        before = self.cpu_seconds()
        with suppress(psutil.Error):
            if pid not in self._known:
                self._roots.append(psutil.Process(pid))
                self._not_ours += max(0.0, self._used() - self._not_ours - before)

    def cpu_seconds(self) -> float:
        """Give user and system time of the living and of those that they waited for; it never falls."""
        self._cpu_seconds = max(self._cpu_seconds, self._used() - self._not_ours)
        return self._cpu_seconds

    def _used(self) -> float:
        found = 0.0
        for each in self._all():
            with suppress(psutil.Error):  # it has ended: its time is its parent's now
                times = each.cpu_times()
                ended = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
                found += times.user + times.system + ended
        return found

    def bytes(self) -> int:
        """Give the memory that they hold; pages that several share count once, where the system tells that."""
        found = 0
        for each in self._all():
            with suppress(psutil.Error):
                told = each.memory_full_info()
                found += getattr(told, "pss", 0) or told.rss
        return found

    def _all(self) -> Sequence[psutil.Process]:
        """Give the living, also those whose parent is gone and who hang on another by now."""
        with self._one_at_a_time:
            for root in self._roots:
                with suppress(psutil.Error):
                    self._known |= {each.pid: each for each in (root, *root.children(recursive=True))}
            self._known = {pid: each for pid, each in self._known.items() if each.is_running()}
            return tuple(self._known.values())
