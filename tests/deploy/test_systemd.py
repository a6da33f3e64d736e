"""systemd itself reads the units, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"


def test_systemd_finds_nothing_wrong_but_that_lakeward_is_not_installed_here() -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not found: systemd is not installed")
    command = ["systemd-analyze", "verify", str(UNITS / "lakeward.timer"), str(UNITS / "lakeward.service")]

    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()

    assert [line for line in said if "/opt/lakeward/.venv/bin/lakeward is not executable" not in line] == []
