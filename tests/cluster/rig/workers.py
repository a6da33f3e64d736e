"""Processes that write to the store, side by side."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import IO, cast


class Worker:
    """A process that answers each line that it is given with one line."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question: str) -> None:
        into = cast("IO[str]", self.process.stdin)
        into.write(f"{question}\n")
        into.flush()

    def answer(self) -> str:
        line = cast("IO[str]", self.process.stdout).readline()
        assert line, f"{self.process.args!r} ended with {self.process.wait()}"
        return line.strip()

    def end(self) -> None:
        cast("IO[str]", self.process.stdin).close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        cast("IO[str]", self.process.stdout).close()
