"""One writer at a time on a disk: two processes there can each lose a commit that both believe in."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from lakeward.lake import warm
from lakeward.lake.disk import room_checked
from lakeward.lake.errors import TryAgainLater
from lakeward.lake.process import Process
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
                _outlive(_jvm_of(before))
            with room_checked(self._path.parent):
                self._write()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        jvm = _jvm_of(self._read())
        if kind is None or not (jvm and jvm.is_alive):  # else it may still be writing: leave word of it
            self._file.truncate(0)
        self._file.close()

    def tell_jvm(self, pid: int | None) -> None:
        """Note the JVM that writes for this process."""
        self._write(jvm=asdict(Process.of(pid)) if pid else None)

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


def _jvm_of(told: dict[str, Any]) -> Process | None:
    return Process(**told["jvm"]) if told.get("jvm") else None


def _outlive(jvm: Process | None) -> None:
    """Wait until a dead holder's JVM is gone; one that stays up between commands is ended: it may still be writing."""
    deadline = time.monotonic() + DYING_SECONDS
    offer = warm.newest()
    if jvm and jvm.is_alive and offer and offer.jvm == jvm:
        os.kill(jvm.pid, signal.SIGKILL)
    while jvm and jvm.is_alive:
        if time.monotonic() > deadline:
            raise TryAgainLater(
                f"process {jvm.pid} of an earlier run is still writing", remedy="end it, then run again"
            )
        time.sleep(0.1)
