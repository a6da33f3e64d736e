"""A real bash whose `lakeward` runs in this process, which is warm and has a Spark already."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from lakeward.jobs.cli import main

SHIM = """#!/bin/bash
printf '%s\\0' "$@" > "$RIG/words"; pwd > "$RIG/folder"; env -0 > "$RIG/environment"
echo asked > "$RIG/bell"; code=$(< "$RIG/code")
cat "$RIG/err" >&2; cat "$RIG/out"; exit "$code"
"""
WHOLE = 'trap \'echo "ended $?" > "$RIG/bell"\' EXIT\ntrap \'echo "$BASH_COMMAND: exit $?"\' ERR\nset -Eeuo pipefail\n'
OURS = ("LAKEWARD_", "AWS_")
LAST = 12


@dataclass(frozen=True, slots=True)
class Said:
    """What a script said.

    Args:
        code: its exit code.
        text: all that it printed.
    """

    code: int
    text: str

    @property
    def end(self) -> str:
        """Give the last lines, which tell what failed."""
        return "\n".join(self.text.splitlines()[-LAST:])


class Shell:
    """Runs scripts.

    Args:
        rig: a folder of its own.
    """

    def __init__(self, rig: Path) -> None:
        self.rig = rig
        rig.mkdir()
        (rig / "bin").mkdir()
        (rig / "bin/lakeward").write_text(SHIM)
        (rig / "bin/lakeward").chmod(0o700)
        for pipe in ("bell", "code"):
            os.mkfifo(rig / pipe)

    def run(self, script: str, folder: Path) -> Said:
        """Run a script in a folder; it ends at the first command that fails."""
        environment = {**os.environ, "RIG": str(self.rig), "PATH": f"{self.rig / 'bin'}:{os.environ['PATH']}"}
        printed = self.rig / "printed"
        with printed.open("w") as to:
            started = subprocess.Popen(
                ["bash", "-c", WHOLE + script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=to, stderr=subprocess.STDOUT,
            )  # fmt: skip
            while not (heard := (self.rig / "bell").read_text()).startswith("ended"):
                (self.rig / "code").write_text(f"{self._answered()}\n")
            started.wait()
        return Said(int(heard.split()[1]), printed.read_text("utf-8"))

    def _answered(self) -> int:
        words = (self.rig / "words").read_text("utf-8").split("\0")[:-1]
        pairs = [each.partition("=") for each in (self.rig / "environment").read_text("utf-8").split("\0")]
        given = {name: value for name, _, value in pairs if name.startswith(OURS)}
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir((self.rig / "folder").read_text("utf-8").rstrip("\n")),
            mock.patch.dict(os.environ, given),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main([] if words == [""] else words)
        (self.rig / "out").write_text(out.getvalue(), "utf-8")
        (self.rig / "err").write_text(err.getvalue(), "utf-8")
        return code
