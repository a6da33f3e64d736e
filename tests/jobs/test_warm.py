"""Commands go on in a Spark that stays up: the same JVM, the same tables, and nothing of a dead command in the next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path

import pytest

from lakeward.lake import delta, warm
from lakeward.lake.jars import jar_folder
from lakeward.lake.process import Process
from lakeward.lake.storage import Lake

SETTINGS = {
    "LAKEWARD_MASTER": "local[2]", "LAKEWARD_DRIVER_MEMORY": "1g", "LAKEWARD_SHUFFLE_PARTITIONS": "1", "LAKEWARD_LINEAGE": "0",
}  # fmt: skip
WHICH = """
import sys
from pyspark import SparkContext
from lakeward.lake import jvm
from lakeward.lake.session import driver_pid, session

launch = jvm.launch


def only(config):
    launch(config)
    print(SparkContext._jvm.java.lang.ProcessHandle.current().pid())
    sys.exit()


jvm.launch = only
print(driver_pid(session("a test")))
"""
"""Says which JVM a command would work in; one of its own need not come as far as a session."""
DECLARATION = """
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import *

RAIN = Dataset(
    name="warm.rain", title="Made rain", title_zh="虛構", agency="nobody",
    source=Source("warm/rain/*.csv", licence="CC0-1.0", cadence="never", format=Csv(encoding="utf-8")),
    columns=(Column("day", "date", "day", cell="日"), Column("rain_mm", "int", "rain", cell="雨")),
    combine=Append(),
)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project and a cache of its own, so that no other session of this user is met."""
    for name, value in {**SETTINGS, "LAKEWARD_JARS": str(tmp_path / "cache" / "jars")}.items():
        held = jar_folder()
        monkeypatch.setenv(name, value)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "jars").symlink_to(held)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "rain.py").write_text(DECLARATION, "utf-8")
    (tmp_path / "lake").mkdir()
    return tmp_path


@pytest.fixture
def server(place: Path) -> Iterator[subprocess.Popen[str]]:
    command = [
        sys.executable,
        "-m",
        "lakeward.jobs.cli",
        "session",
        "start",
        "--lake",
        str(place / "lake"),
        "--port",
        "0",
    ]
    with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout
            assert json.loads("".join(takewhile(lambda line: line != "}\n", started.stdout)) + "}")["tables"] == []
            yield started
        finally:
            if started.poll() is None:
                started.send_signal(signal.SIGTERM)


def _run(place: Path, days: int, **more: str) -> int:
    folder = place / "landing" / "warm" / "rain"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{days}.csv").write_text(f"日,雨\n2021-01-0{days},1\n", "utf-8")
    where = ["--landing", str(place / "landing"), "--lake", str(place / "lake"), "--pipelines", str(place / "own")]
    command = [sys.executable, "-m", "lakeward.jobs.cli", "run", "warm.rain", *where]
    return subprocess.run(command, env=os.environ | more, capture_output=True, check=False, timeout=180).returncode


def _jvm(**more: str) -> int:
    asked = subprocess.run(
        [sys.executable, "-c", WHICH], env=os.environ | more, capture_output=True, text=True, check=True, timeout=120
    )
    return int(asked.stdout)


def test_commands_use_it_and_one_that_dies_takes_it_along(place: Path, server: subprocess.Popen[str]) -> None:
    offer, rows = warm.newest(), Lake(place / "lake").table("silver.warm.rain")
    assert offer and offer.jvm.is_alive
    assert (place / "cache" / "session.json").stat().st_mode & 0o777 == 0o600

    assert [_run(place, 1), _run(place, 2), delta.rows_of(rows)] == [0, 0, 2]
    assert [_jvm() == offer.jvm.pid, _jvm(LAKEWARD_SHUFFLE_PARTITIONS="2") == offer.jvm.pid] == [True, False]
    assert offer.jvm.is_alive and server.poll() is None

    assert _run(place, 3, LAKEWARD_CRASH_AT="silver.committed") == 137
    assert [_run(place, 4), delta.rows_of(rows)] == [0, 4]  # what may still have been writing was ended first
    assert not Process(**asdict(offer.jvm)).is_alive
    assert server.wait(30) == 0
    assert warm.newest() is None
