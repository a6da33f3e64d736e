"""CONTRIBUTING.md's worked data set: the run does what the page says; test_snippets.py sees its diff and its plan."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from pyspark.sql import SparkSession

from lakeward.jobs.run import run
from lakeward.lake import delta

PAGE = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"


def test_the_run_does_what_the_page_says(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    world.landed(PAGE, tmp_path)

    report = run("lake", "landing", ["culture.libraries"], own="own")

    (step,) = report.steps
    (refused,) = delta.records_of(report.lake.table("quarantine.culture.libraries"))
    rows = delta.records_of(report.lake.table("silver.culture.libraries"))
    assert (step.exit_code, step.rows_read, step.rows_footer) == (0, 3, 1)
    assert {row["library_name"]: row["county_name"] for row in rows} == {"示例一館": "臺東縣", "示例二館": "臺北市"}
    assert dict(refused["delivered"])["開館日期"] == "105年2月30日"
    assert any("seats" in note for note in step.warnings)
