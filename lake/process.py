"""Processes of this machine, told from later ones that got the same number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process.

    Args:
        pid: its number.
        started: when it began, in the kernel's ticks since the machine did; None when it was gone already.
    """

    pid: int
    started: str | None

    @classmethod
    def of(cls, pid: int) -> Process:
        """Take the process that has a number now."""
        return cls(pid, _started(pid))

    @property
    def is_alive(self) -> bool:
        """True while it runs."""
        return self.started is not None and _started(self.pid) == self.started


def _started(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None
