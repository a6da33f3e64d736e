"""SIGTERM, as a scheduler sends it: the run ends soon, and leaves neither a process nor half a write behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from child import OWN
from worlds import GOLD, IS_ALL, PATIENCE_SECONDS, Clean, Landings, cut, facts, here

Kill = Callable[[int, int], None]
pytestmark = pytest.mark.faults
PHASES = {
    "planning": "_lease",
    "starting Spark": "_deliveries/_delta_log/*.json",
    "reading": "bronze/faults/rain/*/*.parquet",
    "checking": "quarantine/faults/rain/*/*.parquet",
    "building": "silver/faults/rain/_delta_log/*.json",
    "releasing": "gold/faults_daily/_delta_log/*.json",
}
"""What lies in the lake once a run is so far."""
TO_ONE, TO_ALL = os.kill, os.killpg
"""A supervisor tells the process, a scheduler mostly all of its group: then the JVM gets the signal too."""
SOME = (("starting Spark", TO_ALL), ("reading", TO_ONE))
ASKED = tuple(product(PHASES, (TO_ONE, TO_ALL))) if IS_ALL else SOME


def _terminated(lake: Path, landing: Path, phase: str, kill: Kill) -> tuple[int, float, str]:
    given = {"LAKEWARD_MASTER": "local[1]", "LAKEWARD_DRIVER_MEMORY": "1g", "LAKEWARD_SHUFFLE_PARTITIONS": "1"}
    command = [sys.executable, "-m", "lakeward.jobs.cli", "run", GOLD, "--landing", str(landing), "--lake", str(lake)]
    process = subprocess.Popen(
        [*command, "--pipelines", OWN], env=os.environ | given, stderr=subprocess.PIPE, text=True, process_group=0
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not next(lake.glob(PHASES[phase]), None):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.005)
    began = time.monotonic()
    kill(process.pid, signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, time.monotonic() - began, said


@pytest.mark.parametrize(("phase", "kill"), ASKED)
def test_a_run_that_is_told_to_end_leaves_nothing_behind(
    phase: str, kill: Kill, clean: Clean, landings: Landings, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    code, seconds, said = _terminated(lake, landings.both, phase, kill)

    assert (code, said.splitlines()[-1]) == (143, "lakeward: stopped by SIGTERM; the next run goes on from here")
    assert seconds < 30
    if kill is TO_ONE:  # else PySpark's own server may tell how it lost the JVM
        assert "Traceback" not in said
    assert (lake / "_lease").read_text("utf-8") == "" and cut(lake) == ()
    assert here(lake, landings.both).exit_code == 0
    assert facts(lake) == clean.facts
