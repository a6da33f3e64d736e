"""A gold table whose suite alone changed is checked again: no row is written, nothing that hangs on it is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main
from lakeward.lake import delta, release
from lakeward.lake.storage import Lake

DECLARATIONS = """
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import *
from lakeward.quality import expect

RAIN = Dataset(
    name="held.rain", title="Made rain", title_zh="虛構", agency="nobody",
    source=Source("held/rain/*.csv", licence="CC0-1.0", cadence="never", format=Csv(encoding="utf-8")),
    columns=(Open("day", "date", "day", cell="日", key=True), Open("rain_mm", "int", "rain", cell="雨")),
    combine=Append(),
)


def same(rows):
    return rows


DAYS = Curated("gold.held_days", "Made", "虛構", inputs=(RAIN,), grain="a day", columns=RAIN.columns, build=same, suite=(SUITE,))
SUMS = Curated("gold.held_sums", "Made", "虛構", inputs=(DAYS,), grain="a day", columns=RAIN.columns, build=same)
"""
SUITES = BROAD, NARROW, WARNS = tuple(
    f'expect.column_values_to_be_between("rain_mm", 0, {most}{more})' for most, more in ((100, ""), (1, ""), (1, ', severity="warning"'))
)  # fmt: skip


@pytest.fixture
def root(spark: SparkSession, tmp_path: Path) -> Path:
    folder = tmp_path / "landing" / "held" / "rain"
    folder.mkdir(parents=True)
    (folder / "2021.csv").write_text("日,雨\n2021-01-01,1\n2021-01-02,2\n", "utf-8")
    return tmp_path


def _call(
    root: Path, capsys: pytest.CaptureFixture[str], suite: str, command: str = "run"
) -> tuple[int, dict[str, str]]:
    own = root / f"own_{SUITES.index(suite)}"  # a module is imported once
    own.mkdir(exist_ok=True)
    (own / "held.py").write_text(DECLARATIONS.replace("SUITE", suite), "utf-8")
    where = ("--landing", str(root / "landing"), "--lake", str(root / "lake"), "--pipelines", str(own), "--json")
    code = main([command, "gold.held_sums", *where])
    told = json.loads(capsys.readouterr().out)["steps"]
    name, what = ("table_name", "outcome") if command == "run" else ("table", "why")
    return code, {step[name]: step[what] for step in told}


def test_it_is_checked_and_all_else_stands(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake, rests = Lake(root / "lake"), "held.rain"
    days, sums = lake.table("gold.held_days"), lake.table("gold.held_sums")
    assert _call(root, capsys, BROAD)[0] == 0
    held = {path: (delta.version_of(path), delta.data_files(path)) for path in (days, sums)}

    assert _call(root, capsys, WARNS, "plan")[1] == {
        rests: "",
        "gold.held_days": "its suite changed",
        "gold.held_sums": "",
    }
    code, outcomes = _call(root, capsys, WARNS)

    assert (code, outcomes) == (
        0,
        {"silver.held.rain": "unchanged", "gold.held_days": "checked", "gold.held_sums": "unchanged"},
    )
    assert delta.data_files(days) == held[days][1]
    assert delta.version_of(sums) == held[sums][0]
    assert [each["release"] for each in release.manifests(lake.releases("gold.held_days"))] == ["1.0"]
    assert set(_call(root, capsys, WARNS)[1].values()) == {"unchanged"}


def test_rows_that_break_it_are_told_until_someone_mends_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _call(root, capsys, BROAD)[0] == 0
    before = delta.version_of(Lake(root / "lake").table("gold.held_days"))

    for _ in range(2):
        code, outcomes = _call(root, capsys, NARROW)
        assert (code, outcomes["gold.held_days"]) == (66, "failed")
    assert delta.version_of(Lake(root / "lake").table("gold.held_days")) == before

    assert _call(root, capsys, BROAD) == (
        0,
        dict.fromkeys(("silver.held.rain", "gold.held_days", "gold.held_sums"), "unchanged"),
    )
