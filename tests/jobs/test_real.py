"""The agencies' own files: the figures of C1, found outside the project with pandas, and counts that add up."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.plan import plan
from lakeward.jobs.run import run
from lakeward.lake import delta, session
from lakeward.lake.release import newest
from lakeward.pipelines.catalog import declared, select
from lakeward.pipelines.dataset import Dataset

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
TABLE = "gold.road_safety_weather"
SOURCES = (
    "police.fatal_crashes",
    "environment.hourly_weather",
    "environment.weather_stations",
    "maps.village_population",
)
WINDOW = (date(2020, 6, 1), date(2022, 3, 2))


def _sums(built: Built, **where: Any) -> tuple[int, int, int]:
    """Sum crashes, deaths and injured of the days that agree."""
    rows = [row for row in built.table(TABLE).to_pylist() if _agrees(row, **where)]
    crashes, deaths, injured = (sum(row[name] for row in rows) for name in ("crashes", "deaths", "injured"))
    return crashes, deaths, injured


def _agrees(row: dict[str, Any], year: int = 0, county: str = "") -> bool:
    return (not year or row["crash_on"].year == year) and (not county or row["county_name"] == county)


@pytest.mark.parametrize(
    ("year", "figures"),
    [(2020, (1_806, 1_851, 798)), (2021, (1_806, 1_860, 797)), (2022, (1_809, 1_846, 760))],
)
def test_crashes_deaths_and_injured_of_each_year(built: Built, year: int, figures: tuple[int, int, int]) -> None:
    assert _sums(built, year=year) == figures


def test_figures_of_counties(built: Built) -> None:
    assert _sums(built, year=2021, county="高雄市")[:2] == (197, 199)
    for county, rate in {"臺東縣": 20.440, "雲林縣": 16.547, "屏東縣": 16.120}.items():
        days = [row for row in built.table(TABLE).to_pylist() if _agrees(row, 2021, county)]
        assert sum(row["deaths_per_100k"] for row in days) == pytest.approx(rate, abs=5e-4)
    people = {
        row["county_name"]: row["population"]
        for row in built.table(TABLE).to_pylist()
        if str(row["population_on"]) == "2020-12-31"
    }
    assert people["臺東縣"] == 215_261
    assert sum(people.values()) <= 23_561_236
    villages = built.table("silver.maps.village_population").select(["counted_on", "county_name", "population"])
    counted = [row for row in villages.to_pylist() if row["counted_on"] == date(2020, 12, 31)]
    assert sum(row["population"] for row in counted) == 23_561_236
    assert len({row["county_name"] for row in counted}) == 22


def test_the_weather_window(built: Built) -> None:
    rows = [row for row in built.table(TABLE).to_pylist() if WINDOW[0] <= row["crash_on"] <= WINDOW[1]]
    rain = [row for row in rows if row["rain_mm"] is not None]
    wet = [row for row in rain if row["rain_mm"] >= 10]
    south = [row for row in rows if row["county_name"] == "高雄市"]

    assert sum(row["crashes"] for row in rows) == 3_139
    assert sum(row["crashes"] for row in rain) == 2_685
    assert sum(row["crashes"] for row in wet) == 329
    assert sum(row["crashes_in_rain"] for row in rain if row["rain_mm"] == 0) == 28
    assert sum(row["crashes_in_clear"] for row in wet) == 131
    assert sum(row["crashes"] for row in south) == 343
    assert sum(row["crashes"] for row in south if (row["rain_mm"] or 0) >= 10) == 32
    dry = {row["county_name"] for row in rows} - {row["county_name"] for row in rain}
    assert dry == {"雲林縣", "花蓮縣", "苗栗縣", "新竹市"}  # 18 counties have an open station


def test_rain_of_stations(built: Built) -> None:
    weather = built.table("silver.environment.hourly_weather").select(["station_id", "observed_on", "rain_mm"])
    daily = weather.group_by(["station_id", "observed_on"]).aggregate([("rain_mm", "sum")]).to_pylist()
    of_2021 = {"467440": 0.0, "466920": 0.0}
    for row in daily:
        if row["station_id"] in of_2021 and row["observed_on"].year == 2021:
            of_2021[row["station_id"]] += float(row["rain_mm_sum"] or 0)
    wettest = max(daily, key=lambda row: row["rain_mm_sum"] or 0)

    assert len(weather) == 399_360
    assert of_2021 == pytest.approx({"467440": 2_600.4, "466920": 1_908.5}, abs=0.05)
    assert (wettest["station_id"], str(wettest["observed_on"])) == ("467530", "2021-08-07")
    assert float(wettest["rain_mm_sum"]) == pytest.approx(488.5)


def test_years_delivered_later_have_their_sums_too(built: Built) -> None:
    for year in (2014, 2015, 2024, 2025):
        crashes, deaths, _ = _sums(built, year=year)
        assert deaths >= crashes > 1_000


def _records(path: Path) -> Iterator[list[str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    return (record for record in reader if record)


@pytest.mark.parametrize("name", SOURCES)
def test_read_is_written_and_quarantined_and_what_python_counts(built: Built, name: str) -> None:
    dataset = declared()[name]
    assert isinstance(dataset, Dataset)
    step = next(step for step in built.report.steps if step.table_name == dataset.table)
    firsts = [
        record[0] for path in sorted(built.landing.glob(f"{dataset.source.folder}/*")) for record in _records(path)
    ]
    footers = sum(first.startswith(("資料提供日期", "事故類別：")) for first in firsts)
    aside = delta.rows_of(built.lake.table(f"quarantine.{name}")) or 0

    assert step.rows_read == len(firsts) - footers > 0
    assert step.rows_footer == footers
    assert step.rows_read == step.rows_written + step.rows_quarantined
    assert step.rows_quarantined == aside
    assert delta.rows_of(built.lake.table(f"bronze.{name}")) == step.rows_read + footers
    if name != "environment.weather_stations":  # no row of these data sets takes the place of another
        assert delta.rows_of(built.lake.table(dataset.table)) == step.rows_written


def test_party_rows_of_the_three_years(built: Built) -> None:
    crashes = built.table("silver.police.fatal_crashes")
    parties = crashes.filter(pc.is_in(pc.year(crashes["crashed_on"]), pa.array([2020, 2021, 2022], pa.int64())))

    assert len(parties) == 13_730


def test_the_table_is_released_and_running_again_is_idle(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_spark(*_: object, **__: object) -> SparkSession:
        raise AssertionError("a session was started")

    monkeypatch.setattr(session, "session", no_spark)
    tables = select(declared(), [TABLE])
    release = newest(built.lake, TABLE)

    assert release
    assert release["rows"] == len(built.table(TABLE))
    assert set(release["inputs"]) == {f"silver.{name}" for name in SOURCES}
    assert release["is_made"] is False
    assert built.step(TABLE).exit_code == 0
    assert plan(built.lake, str(built.landing), tables.values()).is_idle
    again = run(str(built.lake.root), str(built.landing), [TABLE])
    assert {step.outcome for step in again.steps} == {"unchanged"}
