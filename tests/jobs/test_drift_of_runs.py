"""Runs keep a profile of each delivery and say in what a new one is unlike the good ones before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs import quality
from lakeward.jobs.run import run
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.quality import profile

DECLARATION = """
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Source, Upsert

RAIN = Dataset(
    name="made.rain", title="Rain", title_zh="雨", agency="nobody",
    source=Source("made/rain/*.csv", licence="not stated", cadence="never", format=Csv(encoding="utf-8")),
    combine=Upsert(),
    columns=(
        Column("no", "int", "no", cell="號", key=True),
        Column("rain_mm", "double", "rain", unit="mm", cell="雨量"),
        Column("sky", "string", "sky", cell="天候"),
        Column("who", "string", "a name", cell="姓名"),
        Column("on", "date", "day", cell="日期"),
    ),
)
"""


def write(landing: Path, file: str, factor: float = 1, sky: str = "晴雨", first: int = 0, nameless: int = 0) -> None:
    rows = [
        f"{first + n},{(n % 5) * factor:g},{sky[n % len(sky)]},{'' if n < nameless else f'甲{first + n}'},2021-01-{n % 28 + 1:02}"
        for n in range(40)
    ]
    path = landing / "made" / "rain" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["號,雨量,天候,姓名,日期", *rows]), "utf-8")


@pytest.fixture
def go(spark: SparkSession, lake: Lake, landing: Path, tmp_path: Path) -> object:
    own = tmp_path / "own"
    own.mkdir()
    (own / "rain.py").write_text(DECLARATION, "utf-8")

    def going() -> Step:
        (step,) = run(str(lake.root), str(landing), ["made.rain"], own=str(own)).steps
        return step

    return going


def test_another_unit_new_values_and_gaps_are_told_by_the_run_and_by_quality(go, lake: Lake, landing: Path) -> None:  # type: ignore[no-untyped-def]
    write(landing, "1.csv")
    assert go().warnings == ()

    write(landing, "2.csv", first=40)
    assert go().warnings == ()

    write(landing, "3.csv", factor=0.1, sky="晴雨霧", first=80, nameless=20)
    step = go()

    assert step.outcome == "built"
    told = [
        "rain_mm: values are about 0.1 times those before (median 2 → 0.2): has the unit changed (mm, cm)?",
        "sky: new values: 霧 (13 rows)",
        "who: 50% of rows have no value, 0% before",
    ]
    assert list(step.warnings) == [f"made/rain/3.csv: {text}" for text in told]
    assert quality.drift(lake, "silver.made.rain") == [{"delivery": "made/rain/3.csv", "drift": told}]
    assert "unlike the good deliveries before them:\nmade/rain/3.csv: rain_mm: values" in quality.drift_text(
        quality.drift(lake, "silver.made.rain")
    )


def test_a_profile_holds_no_value_that_hardly_repeats(go, lake: Lake, landing: Path) -> None:  # type: ignore[no-untyped-def]
    write(landing, "1.csv", nameless=3)
    go()

    (kept,) = profile.deliveries(profile.records(lake, "silver.made.rain"))

    assert (kept.batch, kept.layout, kept.rows) == ("made/rain/1.csv", "current", 40)
    assert kept.columns["who"] == profile.Profile(40, 3)
    assert kept.columns["sky"].categories == {"晴": 20, "雨": 20}
    assert (kept.columns["rain_mm"].zeros, kept.columns["rain_mm"].spread[0], kept.columns["rain_mm"].spread[-1]) == (
        8,
        1,
        4,
    )
    assert kept.columns["on"].spread == (18_628, 18_655)
