"""Two drivers on one lake: the second is told who holds it, and a dead one holds nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from child import OWN
from worlds import GOLD, PATIENCE_SECONDS, Clean, Landings, child, ended, facts, here

from lakeward.lake import lease
from lakeward.lake.errors import EXIT_LATER, TryAgainLater
from lakeward.lake.lease import Lease
from lakeward.lake.process import Process
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.faults


def test_the_second_driver_goes_and_a_killed_one_does_not_block(
    clean: Clean, landings: Landings, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    first = child(lake, landings.both)
    try:
        _until(lambda: (lake / "_lease").exists() and (lake / "_lease").read_text() != "")
        os.kill(first.pid, signal.SIGSTOP)
        code, said = ended(child(lake, landings.both))

        assert code == EXIT_LATER
        assert f"is being written by process {first.pid}" in said and "remedy: wait for it to end" in said
        assert "gold.faults_daily" in said
    finally:
        first.kill()
        ended(first)

    assert here(lake, landings.both).exit_code == 0
    assert facts(lake) == clean.facts


def test_the_second_of_two_who_run_the_same_waits_and_ends_with_what_the_first_made(
    spark: SparkSession, clean: Clean, landings: Landings, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    first = child(lake, landings.both, through=spark)
    _until(lambda: (lake / "_lease").exists() and (lake / "_lease").read_text() != "")
    asked = ["run", GOLD, "--landing", str(landings.both), "--lake", str(lake), "--pipelines", OWN, "--json"]

    second = subprocess.run(
        [sys.executable, "-m", "lakeward.jobs.cli", *asked], capture_output=True, text=True, check=False
    )

    assert ended(first)[0] == 0 and second.returncode == 0
    assert f"is being written by process {first.pid}; waiting for it to end" in second.stderr
    assert {step["outcome"] for step in json.loads(second.stdout)["steps"]} == {"unchanged"}
    assert facts(lake) == clean.facts


def test_the_jvm_of_a_dead_driver_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    lake.make()
    monkeypatch.setattr(lease, "DYING_SECONDS", 0.3)
    with subprocess.Popen(["sleep", "300"]) as jvm:
        (lake.root / "_lease").write_text(json.dumps({"pid": 1, "jvm": asdict(Process.of(jvm.pid))}))
        try:
            with (
                pytest.raises(TryAgainLater, match=f"process {jvm.pid} of an earlier run is still writing"),
                Lease(lake, "run"),
            ):
                pass
        finally:
            jvm.kill()

    with Lease(lake, "run"):
        assert json.loads((lake.root / "_lease").read_text())["pid"] == os.getpid()


def test_another_process_that_has_the_number_of_a_dead_jvm_does_not_block(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    lake.make()
    (lake.root / "_lease").write_text(json.dumps({"pid": 1, "jvm": {"pid": os.getpid(), "started": "1"}}))
    began = time.monotonic()

    with Lease(lake, "run"):
        assert time.monotonic() - began < 1


@pytest.mark.parametrize("rubbish", ["", "{", "[]", "\0" * 100])
def test_a_torn_lease_does_not_block(tmp_path: Path, rubbish: str) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    lake.make()
    (lake.root / "_lease").write_text(rubbish)

    with Lease(lake, "run"):
        pass


def _until(holds: object) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.001)
