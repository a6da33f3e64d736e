"""CONTRIBUTING.md's worked data set: its diff applies, the plan prints what the page says, the run does what it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main
from lakeward.jobs.run import run
from lakeward.lake import delta

PAGE = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text("utf-8")
SECTION = PAGE.partition("## An eleventh data set, worked through\n")[2].partition("\n## ")[0]


def _block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)
    return str(found)


@pytest.fixture
def landed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the page's file in `landing` and its declaration in `own`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAKEWARD_PIPELINES", "own")
    file = tmp_path / "landing/culture/moe_libraries/110_made.csv"
    file.parent.mkdir(parents=True)
    file.write_text(_block("csv"), "utf-8")
    subprocess.run(["git", "apply", "-p2", "--directory=own"], input=_block("diff"), check=True, text=True)
    return tmp_path


def test_the_diff_applies_and_the_plan_prints_what_the_page_says(
    landed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _, said = _block("console").partition("\n")

    assert main(command.removeprefix("$ lakeward ").split()) == 0
    assert capsys.readouterr().out == said


def test_the_run_does_what_the_page_says(landed: Path, spark: SparkSession) -> None:
    report = run("lake", "landing", ["culture.libraries"], own="own")
    (step,) = report.steps
    (refused,) = delta.records_of(report.lake.table("quarantine.culture.libraries"))
    rows = delta.records_of(report.lake.table("silver.culture.libraries"))

    assert (step.exit_code, step.rows_read, step.rows_footer) == (0, 3, 1)
    assert {row["library_name"]: row["county_name"] for row in rows} == {"示例一館": "臺東縣", "示例二館": "臺北市"}
    assert dict(refused["delivered"])["開館日期"] == "105年2月30日"
    assert any("seats" in note for note in step.warnings)
