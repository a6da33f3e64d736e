"""A run as a step of Dagster and of Airflow: the real packages, each in its environment, start real runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from lakeward.jobs.orchestrators.process import Ended, Run
from lakeward.lake.errors import EXIT_DATA, EXIT_LATER

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "faults" / "made_rain"
SILVER, GOLD = "silver/faults/rain", "gold/faults_daily"
GOOD = "站,日期,雨量\nA,2021-01-01,1.5\nB,2021-01-01,2\nC,2021-01-02,x\n"


def _asked(kind: str, landing: Path, lake: Path, *more: str) -> dict[str, Any]:
    """Have a scheduler do it, and give what it told."""
    lakeward = shlex.join([sys.executable, "-m", "lakeward.jobs.cli"])
    script = Path(__file__).parent / "rig" / f"by_{kind}.py"
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(lake.parent / "airflow"),
        "DAGSTER_HOME": "",
        "PYTHONPATH": str(ROOT / "src"),
    }
    done = subprocess.run(
        [_python(kind), script, lakeward, OWN, landing, lake, *more], check=True, capture_output=True, text=True,
        timeout=400, env=environment,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _python(kind: str) -> Path:
    python = ROOT / ".venv-orchestrators" / kind / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{kind} has no environment here: `make orchestrators` makes it")
    return python


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scheduled") / "landing"
    (folder / "faults" / "rain").mkdir(parents=True)
    (folder / "faults" / "rain" / "2021.csv").write_text(GOOD, "utf-8")
    return folder


@pytest.fixture(scope="module")
def by_dagster(landing: Path) -> dict[str, Any]:
    return _asked("dagster", landing, landing.parent / "lake")


def test_dagster_knows_tables_as_assets_that_rest_on_each_other(by_dagster: dict[str, Any]) -> None:
    assert by_dagster["asked"] == {SILVER: [], GOLD: [SILVER]}


def test_dagster_brings_them_up_to_date_and_is_told_what_was_done(by_dagster: dict[str, Any]) -> None:
    assert by_dagster["is_done"], by_dagster["why"]
    assert set(by_dagster["made"]) == {SILVER, GOLD}
    told = by_dagster["made"][SILVER]
    assert (told["rows_read"], told["rows_written"], told["rows_quarantined"]) == (3, 2, 1)
    assert by_dagster["made"][GOLD]["release"] == "1.0"


def test_airflow_does_the_same_and_hands_on_what_was_done(by_dagster: dict[str, Any], landing: Path) -> None:
    told = _asked("airflow", landing, landing.parent / "lake")

    assert told["failed"] == ""
    assert told["tables"]["gold.faults_daily"] == {
        "outcome": "unchanged",
        "version": by_dagster["made"][GOLD]["version"],
        "release": "",
    }


@pytest.mark.parametrize("kind", ["dagster", "airflow"])
def test_what_was_refused_fails_for_good(kind: str, by_dagster: dict[str, Any], landing: Path, tmp_path: Path) -> None:
    broken = tmp_path / "landing" / "faults" / "rain"
    broken.mkdir(parents=True)
    (broken / "2022.csv").write_bytes(b"")

    told = _asked(kind, tmp_path / "landing", tmp_path / "lake")

    why = told["why"][0] if kind == "dagster" else told["failed"]
    assert f"exit code {EXIT_DATA}" in why and "2022.csv" in why
    assert kind == "dagster" or why.startswith("for good: ")


@pytest.mark.parametrize(("kind", "shows"), [("dagster", "list(defs.schedules)"), ("airflow", "DAG")])
def test_what_the_page_shows_is_taken(kind: str, shows: str, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "orchestrators.md").read_text("utf-8")
    (block,) = [each for each in re.findall(r"```python\n(.*?)```", page, re.S) if f"orchestrators.{kind}" in each]

    done = subprocess.run(
        [_python(kind), "-c", f"{block}\nprint({shows})"], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("code", "is_worth"), [(EXIT_LATER, True), (EXIT_DATA, False)])
def test_only_what_may_go_well_later_is_tried_again(code: int, is_worth: bool) -> None:
    ended = Run((), "landing", "lake", command=(sys.executable, "-c", f"raise SystemExit({code})")).ended()

    assert ended == Ended(code, ())
    assert ended.is_worth_a_retry == is_worth


def test_a_run_that_is_stopped_is_told_to_end() -> None:
    """As Airflow's `on_kill` does, from another thread."""
    waiting = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(143)); time.sleep(60)"
    run = Run((), "landing", "lake", command=(sys.executable, "-c", waiting))
    Timer(1.0, run.stop).start()

    assert run.ended().code == 143
