"""One writer at a time on a disk: two processes there can each lose a commit that both believe in."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from lakeward.lake.disk import room_checked
from lakeward.lake.errors import TryAgainLater
from lakeward.lake.storage import Lake

DYING_SECONDS, POLL_SECONDS = 30.0, 0.2


class Unheld:
    """Stands for a lease where many may write at once."""

    def __enter__(self) -> Unheld:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind."""

    def tell_jvm(self, pid: int | None) -> None:
        """Note nothing."""


class Lease:
    """Holds a lake for one writing process; use it with `with`.

    The operating system frees the lock when its holder dies, however it dies. A dead holder's JVM may outlive it by
    a moment, in the middle of a commit: the next holder waits until that process is gone.

    Raises:
        TryAgainLater: another process holds the lake; the message says who and since when.
    """

    def __init__(self, lake: Lake, what: str, wait_s: float = 0.0, told: Callable[[str], None] | None = None) -> None:
        self._path: Path = lake.root / "_lease"
        self._what, self._wait_s, self._told = what, wait_s, told

    def __enter__(self) -> Lease:
        self._file: IO[str] = self._path.open("a+", encoding="utf-8")
        try:
            if not self._takes() and not self._takes_in_time():
                raise self._refusal()
            if not self._is_in_place():
                raise TryAgainLater(f"{self._path.parent} was taken away meanwhile", remedy="run again")
        except BaseException:
            self._file.close()
            raise
        try:
            before = self._read()
            if before.get("pid") != os.getpid():
                _outlive(before.get("jvm"))
            with room_checked(self._path.parent):
                self._write()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or not _lives(self._read().get("jvm")):  # else it may still be writing: leave word of it
            self._file.truncate(0)
        self._file.close()

    def tell_jvm(self, pid: int | None) -> None:
        """Note the JVM that writes for this process."""
        self._write(jvm=_identity(pid) if pid else None)

    def _takes(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _is_in_place(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

    def _takes_in_time(self) -> bool:
        if self._wait_s and self._told:
            self._told(f"{self._refusal().problem}; waiting for it to end")
        deadline = time.monotonic() + self._wait_s
        while time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            if self._takes():
                return True
        return False

    def _refusal(self) -> TryAgainLater:
        holder = self._read()
        return TryAgainLater(
            f"{self._path.parent} is being written by process {holder.get('pid', 'unknown')}",
            remedy="wait for it to end, then run again",
            host=holder.get("host"),
            since=holder.get("since"),
            doing=holder.get("doing"),
        )

    def _read(self) -> dict[str, Any]:
        self._file.seek(0)
        try:
            told = json.loads(self._file.read() or "{}")
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}

    def _write(self, **more: object) -> None:
        told = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "doing": self._what,
            **more,
        }
        self._file.truncate(0)
        os.write(self._file.fileno(), json.dumps(told).encode())  # at once: nothing is left to flush on a full disk


def lease(lake: Lake, what: str, wait_s: float = 0.0, told: Callable[[str], None] | None = None) -> Lease | Unheld:
    """Hold a lake for writing as its store asks for it.

    Args:
        lake: the lake.
        what: what is done meanwhile, for whoever has to wait.
        wait_s: how long to wait for another holder, in seconds.
        told: who is told, once, whom one waits for.
    """
    return Unheld() if lake.store.is_shared else Lease(lake, what, wait_s, told)


def _identity(pid: int) -> dict[str, Any]:
    return {"pid": pid, "started": _started(pid)}


def _started(pid: int) -> str | None:
    """Give the start time that tells a process from a later one with the same number; None when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None


def _lives(jvm: dict[str, Any] | None) -> bool:
    return jvm is not None and bool(jvm.get("started")) and _started(jvm["pid"]) == jvm["started"]


def _outlive(jvm: dict[str, Any] | None) -> None:
    deadline = time.monotonic() + DYING_SECONDS
    while jvm and _lives(jvm):
        if time.monotonic() > deadline:
            raise TryAgainLater(
                f"process {jvm['pid']} of an earlier run is still writing", remedy="end it, then run again"
            )
        time.sleep(0.1)
