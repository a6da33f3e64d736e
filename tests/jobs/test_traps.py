"""Every trap of the agencies' own files, and what catches it; docs/traps.md is the table of them."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lakeward.jobs.run import run
from lakeward.lake import delta, release
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Dataset
from lakeward.pipelines.places.counties import COUNTY_NAMES, FORMER_NAMES
from lakeward.pipelines.police.vocabulary import LIGHT_BEFORE
from lakeward.quality import expect
from lakeward.quality.engine import Checks
from lakeward.quality.expect import Expectation

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from tests.conftest import Built

    from lakeward.lake.storage import Lake

pytestmark = pytest.mark.real
CRASHES, WEATHER = "police.fatal_crashes", "environment.hourly_weather"
STATIONS, VILLAGES = "environment.weather_stations", "maps.village_population"


def _delivered(built: Built, name: str) -> Iterator[dict[str, str]]:
    """Read every delivered row with Python alone."""
    dataset = declared()[name]
    assert isinstance(dataset, Dataset)
    for path in sorted(built.landing.glob(f"{dataset.source.files}*")):
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
        yield from csv.DictReader(io.StringIO(text, newline=""))


def _rows(built: Built, name: str, *columns: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = built.table(f"silver.{name}").select(list(columns)).to_pylist()
    return rows


def _breaking(spark: SparkSession, built: Built, name: str, rule: Expectation, where: str) -> int:
    frame = spark.read.format("delta").load(str(built.lake.table(f"silver.{name}"))).where(where)
    (result,) = Checks.for_frame([rule], frame.schema).run(frame)
    return int(result.numbers["unexpected_count"])


def test_remarks_below_the_data_are_set_aside_and_counted(built: Built) -> None:
    files = len(list(built.landing.glob("police/npa_a1_annual/*.csv")))
    step = next(step for step in built.report.steps if step.table_name == f"silver.{CRASHES}")

    assert step.rows_footer == 2 * files
    assert not any(row["place"].startswith("事故類別") for row in _rows(built, CRASHES, "place"))


def test_both_shapes_of_the_crash_file_give_the_same_columns(built: Built) -> None:
    rows = _rows(built, CRASHES, "crashed_on", "deaths", "injured", "vehicles", "police_unit")
    old = [row for row in rows if row["crashed_on"].year in (2014, 2015)]

    assert len(old) == 1_770 + 1_639
    assert all(row["deaths"] and row["vehicles"] and row["injured"] is not None for row in old)
    assert {bool(row["police_unit"]) for row in old} == {False}
    assert {bool(row["police_unit"]) for row in rows if row not in old} == {True}


def test_an_age_of_minus_one_is_no_age(built: Built) -> None:
    unknown = sum(row.get("當事者事故發生時年齡") == "-1" for row in _delivered(built, CRASHES))
    ages = [
        row["age_years"] for row in _rows(built, CRASHES, "age_years", "crashed_on") if row["crashed_on"].year >= 2018
    ]

    assert unknown == 2_073
    assert ages.count(None) == unknown - 1  # one of them is the row that is there twice
    assert min(age for age in ages if age is not None) >= 0


def test_each_time_has_its_own_words(spark: SparkSession, built: Built) -> None:
    old = expect.column_values_to_be_in_set("light", LIGHT_BEFORE)
    now = "crashed_on >= '2024-01-01'"

    assert built.failed(CRASHES, "light", "column_values_to_be_in_set") == 0
    assert built.failed(CRASHES, "sight_quality", "column_values_to_be_in_set") == 0
    assert built.failed(CRASHES, "vehicle_group", "column_values_to_be_in_set") == 0
    assert _breaking(spark, built, CRASHES, old, now) == 4_372 + 3_918 - 1  # the row that is there twice


def test_double_places_lie_in_one_county(built: Built) -> None:
    doubled = [row["place"] for row in _rows(built, CRASHES, "place") if " / " in row["place"]]

    assert len(doubled) > 6_000
    assert built.failed(CRASHES, "place", "column_values_to_match_regex") == 0


def test_crashes_of_the_highway_police_have_the_county_of_their_place(built: Built) -> None:
    rows = _rows(built, CRASHES, "police_unit", "county_name", "place")
    highways = [row for row in rows if row["police_unit"] == "國道公路警察局"]

    assert len(highways) == 1_418
    assert {row["county_name"] for row in highways} <= set(COUNTY_NAMES)
    assert all(row["county_name"][1:] == row["place"][1:3] for row in highways)


def test_former_counties_are_told(built: Built) -> None:
    former = [row for row in _rows(built, CRASHES, "county_name") if row["county_name"] in FORMER_NAMES]
    gold = {row["county_name"] for row in built.table("gold.road_safety_weather").to_pylist()}

    assert built.failed(CRASHES, "county_name", "column_values_to_be_in_set") == len(former) == 129
    assert gold <= set(COUNTY_NAMES)


def test_positions_outside_the_country_are_told(built: Built) -> None:
    strange = [
        row for row in _rows(built, CRASHES, "lon_deg", "lat_deg") if (row["lon_deg"], row["lat_deg"]) == (111, 11)
    ]

    for column in ("lon_deg", "lat_deg"):
        assert built.failed(CRASHES, column, "column_values_to_be_between") == len(strange) == 15


def test_a_row_that_is_there_twice_is_refused_once(built: Built) -> None:
    refused = delta.records_of(built.lake.table(f"quarantine.{CRASHES}"))

    assert [row["reasons"] for row in refused] == [["repeats the key of an earlier row"]]


def test_a_file_of_another_year_is_refused_whole(
    real_files: Path, landing: Path, lake: Lake, spark: SparkSession
) -> None:
    folder = landing / "police" / "npa_a1_annual"
    folder.mkdir(parents=True)
    (told,) = (real_files / "police" / "npa_a1_annual").glob("2015_*.csv")
    shutil.copy(told, folder / "2016_a1.csv")

    report = run(str(lake.root), str(landing), [CRASHES])

    (step,) = report.steps
    assert (step.outcome, step.exit_code, step.rows_written, step.rows_quarantined) == ("refused", 66, 0, 1_639)
    assert "outside 2016, the period in the file's name" in step.error


def test_hour_24_ends_at_midnight(built: Built) -> None:
    rows = _rows(built, WEATHER, "observed_on", "hour_ending", "observed_at")
    last = [row for row in rows if row["hour_ending"] == 24]

    assert len(last) == 399_360 / 24
    for row in last:  # midnight in Taiwan is 16:00 UTC of the day that ends
        assert (row["observed_at"].date(), row["observed_at"].hour) == (row["observed_on"], 16)


def test_a_trace_of_rain_is_0_and_no_reading_is_no_value(built: Built) -> None:
    cells = [row["Precp"].strip() for row in _delivered(built, WEATHER)]
    none = [cell for cell in cells if cell in ("", "X", "V", "/", "...", "&")]
    rain = built.table(f"silver.{WEATHER}")["rain_mm"]

    assert cells.count("T") == 20_465
    assert {"X", "..."} <= set(none)
    assert rain.null_count == len(none)
    assert sum(value == 0 for value in rain.to_pylist()) == sum(cell in ("T", "0.0", "0") for cell in cells)


def test_files_of_radar_sites_are_no_fault_and_no_rows(built: Built) -> None:
    radar = {
        Path(each.file).name.partition(".")[0]: each.status
        for each in built.entries(WEATHER)
        if each.status != "received"
    }
    stations = set(built.table(f"silver.{WEATHER}")["station_id"].to_pylist())

    assert radar == {"466850": "empty", "467790": "duplicate"}
    assert len(stations) == 26
    assert not stations & radar.keys()


def test_a_byte_order_mark_is_no_part_of_a_header(built: Built) -> None:
    (marked,) = (
        path
        for path in built.landing.glob("environment/cwb_hourly/*.csv.gz")
        if gzip.decompress(path.read_bytes()).startswith(b"\xef\xbb\xbf")
    )
    headers = {each.header for each in built.entries(WEATHER) if each.status == "received"}

    assert len(headers) == 1
    assert built.table(f"silver.{WEATHER}")["station_id"].to_pylist().count(marked.name.partition(".")[0]) == 15_360


def test_what_high_stations_give_for_pressure_is_told(built: Built) -> None:
    high = [
        row["station_id"]
        for row in _rows(built, WEATHER, "station_id", "sea_pressure_hpa")
        if (row["sea_pressure_hpa"] or 0) > 1085
    ]

    assert set(high) == {"466910", "467530", "467550"}
    assert built.failed(WEATHER, "sea_pressure_hpa", "column_values_to_be_between") == len(high)


def test_a_direction_of_999_degrees_is_told(built: Built) -> None:
    assert built.table(f"silver.{WEATHER}")["gust_direction_deg"].to_pylist().count(999.0) == 2
    assert built.failed(WEATHER, "gust_direction_deg", "column_values_to_be_between") == 2


def test_stations_lie_in_counties_that_crashes_name(built: Built) -> None:
    counties = {row["county_name"] for row in _rows(built, STATIONS, "county_name")}

    assert counties == set(COUNTY_NAMES)


def test_each_month_keeps_its_own_villages(built: Built) -> None:
    rows = _rows(built, VILLAGES, "counted_on", "village_code")
    months = {row["counted_on"] for row in rows}
    count = {month: len({row["village_code"] for row in rows if row["counted_on"] == month}) for month in months}

    assert count[date(2015, 8, 31)] == 7_851
    assert count[date(2020, 12, 31)] == 7_760
    assert sum(count.values()) == len(rows)
    assert all((month + timedelta(1)).day == 1 for month in months)
    assert not any("-" in row["village_code"] for row in rows)


def test_derived_files_are_named_in_each_release_that_rests_on_them(built: Built) -> None:
    newest = release.newest(built.lake, "gold.road_safety_weather")

    assert newest
    assert "recomputed" in newest["source_limits"][VILLAGES]
