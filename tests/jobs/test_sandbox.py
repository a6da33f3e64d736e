"""A new agency's way by real commands: a project, a messy file, its suite mended, a run, a release, read elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyspark.sql import SparkSession

import lakeward as lw
from lakeward.jobs.cli import main


def messy() -> bytes:
    """Clinics' visits as an agency may publish them: Big5, a title, 民國 dates, 台 for 臺, days that are none, a total."""
    lines = ["114年衛生所門診人次（虛構）,,,,", "衛生所,縣市,日期,門診數,備註"]
    for n in range(40):
        day = f"114/{n // 20 + 1:02}/{n % 20 + 1:02}" if n % 2 else f"114{n // 20 + 1:02}{n % 20 + 1:02}"
        lines.append(f"示例{'甲乙'[n % 2]}所,{('台東縣', '臺北市')[n % 2]},{day},{10 + n},{'-' if n % 3 else '補登'}")
    lines += [f"示例甲所,台東縣,114/02/{day},7,-" for day in (29, 30, 31)]
    return "\r\n".join([*lines, "合計,,,1187,"]).encode("cp950")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Run a command with `--json`; give its exit code and what it says."""
    capsys.readouterr()
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", "my-agency"]) == 0
    monkeypatch.chdir("my-agency")
    return tmp_path / "my-agency"


def test_from_a_messy_file_to_a_release_that_is_read_elsewhere(
    spark: SparkSession,
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "clinic_visits.csv"
    file.write_bytes(messy())

    code, added = told(capsys, "add", str(file))
    assert (code, added["name"]) == (0, "my_agency.clinic_visits")
    assert (project / "landing/my_agency/clinic_visits/clinic_visits.csv").read_bytes() == file.read_bytes()

    code, _ = told(capsys, "test", "my_agency.clinic_visits", "--landing", "landing")
    assert code == 66, "the draft refuses a delivery in which days are none"
    assert not (project / "lake").exists(), "a test touches no lake"

    declaration = project / added["declaration"]
    draft = declaration.read_text("utf-8")
    mended = draft.replace('licence="not stated"', 'licence="OGDL-TW-1.0"').replace('"column_4"', '"visits"')
    mended = mended.replace('"column_1"', '"clinic_name"').replace('cell="衛生所"', 'cell="衛生所", key=True')
    declaration.write_text(mended.replace("    suite=(", "    max_refused=0.1,\n    suite=("), "utf-8")
    table = (project / "pipelines/curated/my_agency_visits_month.py").read_text("utf-8")
    for before, after in (
        ("library_visits", "clinic_visits"), ("LIBRARY_VISITS", "CLINIC_VISITS"), ("visited_on", "dated_on"),
        ("my_agency_visits_month", "my_agency_clinics_month"), ("library_name", "clinic_name"),
    ):  # fmt: skip
        table = table.replace(before, after)
    (project / "pipelines/curated/my_agency_clinics_month.py").write_text(table, "utf-8")

    for name in [each for each in sys.modules if each.startswith("lakeward_pipelines_")]:  # a new process would
        monkeypatch.delitem(sys.modules, name)
    code, ran = told(capsys, "run", "gold.my_agency_clinics_month")
    assert code == 0, ran
    assert [step["rows_written"] for step in ran["steps"]] == [40, 4]
    assert told(capsys, "publish", "gold.my_agency_clinics_month")[0] == 0

    monkeypatch.chdir(tmp_path)
    read = lw.open("my-agency/lake", pipelines="my-agency/pipelines")["gold.my_agency_clinics_month"].pandas()
    released = pd.concat(
        map(pd.read_parquet, (tmp_path / "my-agency/lake/published/my_agency_clinics_month").glob("1.*/*.parquet"))
    )
    assert set(read["county_name"]) == {"臺東縣", "臺北市"}
    assert read["visits"].sum() == released["visits"].sum() == sum(range(10, 50))
