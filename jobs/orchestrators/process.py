"""A run as a process of its own, as a scheduler wants it: it can be stopped, and says at its end what it did."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lakeward.lake.errors import EXIT_DONE, EXIT_LATER

LAKEWARD = (sys.executable, "-m", "lakeward.jobs.cli")
STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    Args:
        code: its exit code, as `lakeward run --help` lists them.
        steps: what became of each table: the `steps` of `lakeward run --json`; none when nothing was begun.
    """

    code: int
    steps: tuple[Mapping[str, Any], ...]

    @property
    def is_done(self) -> bool:
        """True when every table is up to date."""
        return self.code == EXIT_DONE

    @property
    def is_worth_a_retry(self) -> bool:
        """True when the same may go well later; a file or rows that were refused stay so until someone acts."""
        return self.code == EXIT_LATER

    @property
    def why(self) -> str:
        """Say what went wrong, table by table."""
        told = [f"{step['table_name']} {step['outcome']}: {step['error']}" for step in self.steps if step["error"]]
        return "\n".join([f"lakeward run ended with exit code {self.code}", *told])


@dataclass(slots=True)
class Run:
    """A run that can be started, waited for and stopped.

    Args:
        selections: tables or patterns, as the command takes them.
        landing: the landing root.
        lake: the lake.
        pipelines: a folder or package of declarations.
        options: more words for `lakeward run`, as `--master`, `yarn`.
        command: how lakeward is called, by default in this Python.
    """

    selections: Sequence[str]
    landing: str
    lake: str
    pipelines: str | None = None
    options: Sequence[str] = ()
    command: Sequence[str] = LAKEWARD
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def words(self) -> list[str]:
        """Give the command."""
        own = ["--pipelines", self.pipelines] if self.pipelines else []
        places = ["--landing", self.landing, "--lake", self.lake]
        return [*self.command, "run", *self.selections, *places, *own, *self.options, "--json"]

    def ended(self) -> Ended:
        """Start it and wait; what it says on standard error goes to the scheduler's own log."""
        self._process = subprocess.Popen(self.words(), stdout=subprocess.PIPE, text=True)
        try:
            said, _ = self._process.communicate()
        except BaseException:
            self.stop()
            raise
        steps = json.loads(said)["steps"] if said.startswith("{") else ()
        return Ended(self._process.returncode, tuple(steps))

    def stop(self) -> None:
        """Have it leave nothing half done, and see that it ends."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
