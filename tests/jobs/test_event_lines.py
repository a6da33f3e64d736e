"""A run as lines of JSON: one an event, and nothing else on standard error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main
from lakeward.lake.lease import Lease
from lakeward.lake.session import settings
from lakeward.lake.storage import Lake

OWN = str(Path(__file__).parents[1] / "faults" / "made_rain")


def _said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def _run(lake: Lake, landing: Path, *more: str) -> int:
    asked = ["run", "faults.rain", "--lake", str(lake.root), "--landing", str(landing), "--pipelines", OWN]
    return main([*asked, "--log", "json", *more])


def test_each_event_of_a_run_is_a_line(
    spark: SparkSession, lake: Lake, landing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = landing / "faults" / "rain"
    folder.mkdir(parents=True)
    (folder / "2021.csv").write_text("站,日期,雨量\nA,2021-01-01,1.5\nB,2021-01-01,x\n", "utf-8")
    del spark  # the run takes it

    code = _run(lake, landing)
    told = _said(capsys)

    assert [each["event"] for each in told] == [
        "run.planned", "spark.started", "step.begun", "step.begun", "step.ended", "run.ended",
    ]  # fmt: skip
    step, end = told[-2:]
    assert (step["table_name"], step["rows_read"], step["rows_quarantined"]) == ("silver.faults.rain", 2, 1)
    assert (code, end["exit_code"], end["level"]) == (0, 0, "info") and end["seconds"] > 0
    assert len({each["run_id"] for each in told}) == 1 and all(each["at"].endswith("+00:00") for each in told)


def test_a_run_that_cannot_begin_says_why_in_a_line(
    lake: Lake, landing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake.make()
    with Lease(lake, "run other"):
        code = _run(lake, landing, "--wait", "0.1")

    waiting, end = _said(capsys)
    assert (waiting["event"], end["event"], code, end["exit_code"]) == ("run.waiting", "run.ended", 75, 75)
    assert "is being written by process" in end["problem"] and end["facts"]["doing"] == "run other"


def test_spark_s_event_log_lies_in_the_lake_where_it_is_asked_for(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    from lakeward.lake.event_log import event_log

    assert event_log(lake) == {} and not (lake.root / "_logs").exists()

    monkeypatch.setenv("LAKEWARD_EVENT_LOG", "1")
    conf = event_log(lake)

    assert settings().event_log and conf["spark.eventLog.dir"] == (lake.root / "_logs" / "spark").as_uri()
    assert str(lake.root / "_logs" / "spark") in (lake.root / "_logs" / "spark" / "README.txt").read_text("utf-8")
