"""A background process that is known by its pid file, and never mistaken for another one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class ClusterError(Exception):
    """Something that the person at the keyboard can mend; the message says how."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A process of ours.

    Args:
        name: what people call it.
        pid_file: where its process id stands.
        mark: text of its command line; a process without it is somebody else's, whatever the pid file says.
    """

    name: str
    pid_file: Path
    mark: str

    def pid(self) -> int | None:
        """Give its process id, None while it does not run."""
        try:
            pid = int(self.pid_file.read_text("utf-8"))
            state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2]
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError):
            return None
        is_starting = not command  # the kernel sets it a moment after the program has begun
        return pid if (is_starting or self.mark in command) and not state.startswith("Z") else None

    def start(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        """Start it in the background, unless it runs."""
        if self.pid() is not None:
            return
        with log.open("ab") as out:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, env=environment
            )
        self.pid_file.write_text(str(process.pid), "utf-8")

    def kill(self) -> None:
        """End it at once, as a power cut would.

        Raises:
            ClusterError: it does not run.
        """
        if self.pid() is None:
            raise ClusterError(f"{self.name} does not run; see `status`")
        self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM, within_s: float = 20) -> None:
        """End it, at the latest by force; do nothing where it does not run."""
        if (pid := self.pid()) is not None:
            _signal(pid, how)
            if not until(lambda: self.pid() is None, within_s):
                _signal(pid, signal.SIGKILL)
                until(lambda: self.pid() is None, 5)
        self.pid_file.unlink(missing_ok=True)


def until(happens: Callable[[], bool], within_s: float, every_s: float = 0.1) -> bool:
    """Wait for something and say whether it came in time."""
    end = time.monotonic() + within_s
    while not happens():
        if time.monotonic() > end:
            return False
        time.sleep(every_s)
    return True


def _signal(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
