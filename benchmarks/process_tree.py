"""What a process and all it starts use of memory and processor, as Linux tells it under /proc."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.2
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Use:
    """What a tree of processes used: bytes at one moment, CPU seconds until then.

    Bytes are proportional: pages that several processes share are parted among them.

    Args:
        jvm: bytes of Java.
        driver: bytes of the first process.
        workers: bytes of every other process.
        cpu_seconds: user and system time of the living and of those they waited for.
    """

    jvm: int = 0
    driver: int = 0
    workers: int = 0
    cpu_seconds: float = 0.0

    @property
    def bytes(self) -> int:
        """All of it together."""
        return self.jvm + self.driver + self.workers


class Watch:
    """Looks at a process and its descendants five times a second until it is stopped; keeps the peaks."""

    def __init__(self, pid: int) -> None:
        self.peak, self.highest_jvm, self.cpu_seconds = Use(), 0, 0.0
        self._pid, self._seen, self._over = pid, {pid}, threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            use = self._look()
            self.peak = max(self.peak, use, key=lambda each: each.bytes)
            self.highest_jvm = max(self.highest_jvm, use.jvm)
            self.cpu_seconds = max(self.cpu_seconds, use.cpu_seconds)

    def _look(self) -> Use:
        stats = dict(_stats())
        while more := {pid for pid, stat in stats.items() if int(stat[1]) in self._seen} - self._seen:
            self._seen |= more
        ours = self._seen & stats.keys()
        java = {pid for pid in ours if _program(pid) == "java"}
        forks = {pid for pid in java if int(stats[pid][1]) in java}  # about to become a worker: the JVM's own pages
        jvm, driver = sum(map(_proportional, java - forks)), _proportional(self._pid)
        workers = sum(map(_proportional, ours - java - {self._pid}))
        cpu = sum(sum(map(int, stats[pid][11:15])) for pid in ours) / TICKS
        return Use(jvm, driver, workers, cpu)


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Give the fields of each process's `stat` that follow its name: state, parent and so on."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                told = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:  # it has ended
                continue
            yield int(folder.name), told.rpartition(")")[2].split()


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return ""


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
