"""Traps of the files on crops, farm weather and bikes, and what catches them; docs/traps.md is the table."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from lakeward.pipelines.catalog import declared

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from tests.conftest import Built

pytestmark = pytest.mark.real
PRICES, FARMS, BIKES = "agriculture.crop_prices", "agriculture.agri_weather", "traffic.bike_stations"


def test_roc_days_and_codes_that_share_a_cell_with_a_name_are_parted(built: Built) -> None:
    rows = built.rows(f"silver.{PRICES}")
    west = [row for row in rows if row["market_code"] == "648"]

    assert {row["market_name"] for row in west} == {"西螺鎮"}
    assert min(row["traded_on"] for row in rows) == date(2015, 1, 1)
    assert all(row["crop_name"] == row["crop_name"].strip() for row in rows)


def test_another_crop_among_the_rows_of_one_stays_another(built: Built) -> None:
    (odd,) = built.rows(f"silver.{PRICES}", crop_code="FB11")

    assert (odd["traded_on"], odd["market_code"]) == (date(2017, 9, 11), "514")


def test_wide_headers_a_subtotal_and_a_column_without_a_name_are_no_fault(built: Built) -> None:
    headers = {entry.file.rpartition(".")[2]: entry.header for entry in built.entries(PRICES)}
    step = built.step(f"silver.{PRICES}")
    book = built.rows(f"silver.{PRICES}", crop_code="LL1")

    assert set(headers["csv"]) < set(headers["xls"])
    assert len(headers["xls"]) == 9
    assert (step.rows_footer, len(book)) == (1, 4_091)
    assert step.rows_quarantined == 0


def test_columns_that_students_dropped_are_named(built: Built) -> None:
    assert not any("增減" in name for entry in built.entries(PRICES) for name in entry.header)
    assert "dropped the columns of change" in declared()[PRICES].limits


def test_a_destroyed_header_is_read_by_position(built: Built) -> None:
    (file,) = built.landing.glob("agriculture/cwa_agri_weather/*彰化.csv")
    (entry,) = built.entries(FARMS)
    rows = {row["observed_on"]: row for row in built.rows(f"silver.{FARMS}")}

    assert "\ufffd" in file.read_text("utf-8").splitlines()[0]
    assert not any("\ufffd" in name for name in entry.header)
    assert (rows[date(2014, 10, 1)]["temperature_c"], rows[date(2014, 10, 1)]["max_temperature_c"]) == (27.4, 31.9)
    assert float(rows[date(2024, 10, 31)]["rain_mm"]) == 70.0


def test_rows_with_one_blank_cell_too_many_are_rows(built: Built) -> None:
    (file,) = built.landing.glob("agriculture/cwa_agri_weather/*彰化.csv")
    lines = list(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))
    long = {date.fromisoformat(line[1]) for line in lines if len(line) == 37}
    rows = {row["observed_on"] for row in built.rows(f"silver.{FARMS}")}

    assert len(long) == 26
    assert long <= rows
    assert (len(rows), built.step(f"silver.{FARMS}").rows_quarantined) == (3_865, 0)


def test_the_last_second_of_a_day_is_a_time_of_that_day(built: Built) -> None:
    row = next(row for row in built.rows(f"silver.{FARMS}") if row["observed_on"] == date(2014, 10, 1))

    assert row["min_temperature_at"].replace(tzinfo=None) == datetime(2014, 10, 1, 15, 59, 59)


def test_days_without_rain_readings_are_told_and_no_zeros(built: Built) -> None:
    rows = built.rows(f"silver.{FARMS}")
    none = sum(row["rain_mm"] is None for row in rows)

    assert built.failed(FARMS, "rain_mm", "column_values_to_not_be_null") == none == 87
    assert min(row["min_temperature_c"] for row in rows if row["min_temperature_c"] is not None) == -4.9
    assert built.failed(FARMS, "min_temperature_c", "column_values_to_be_between") == 0


def test_stations_that_came_and_went_are_told_by_the_change_feed(built: Built, spark: SparkSession) -> None:
    feed = spark.read.format("delta").option("readChangeFeed", "true").option("startingVersion", 1)
    changes = [
        row["_change_type"]
        for row in feed.load(str(built.lake.table(f"silver.{BIKES}"))).select("_change_type").collect()
    ]

    assert changes.count("insert") == 43
    assert changes.count("delete") == 0
    assert len(built.rows(f"silver.{BIKES}")) == 1_520


def test_the_campus_among_the_districts_is_told(built: Built) -> None:
    listed = len(built.rows(f"silver.{BIKES}", district_name="臺大公館校區"))

    assert listed > 50
    assert built.failed(BIKES, "district_name", "column_values_to_not_be_in_set") >= listed
