"""Bikes by district and towns side by side, on a few made rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakeward.pipelines.curated.bike_availability_district import bike_availability_district
from lakeward.pipelines.curated.town_profile import town_profile

DAY = date(2031, 1, 5)
TOWNS = {
    ("臺北市", "大安區"): 1_000, ("嘉義市", "東區"): 100, ("新竹市", "東區"): 200, ("雲林縣", "斗六市"): 50,
    ("雲林縣", "東勢鄉"): 10, ("臺中市", "東勢區"): 20,
}  # fmt: skip


@pytest.fixture(scope="module")
def villages(spark: SparkSession) -> DataFrame:
    counts = {date(2030, 12, 31): 1, date(2035, 12, 31): 2}
    rows = [(day, *town, people * times) for day, times in counts.items() for town, people in TOWNS.items()]
    return spark.createDataFrame(rows, "counted_on date, county_name string, town_name string, population int")


def _bikes(spark: SparkSession, villages: DataFrame, crashed_on: date) -> dict[str, dict[str, Any]]:
    readings = [("1", 10, 0, 10), ("1", 12, 1, 11), ("2", 10, 10, 0), ("3", 5, 0, 5), ("9", 7, 1, 6)]
    lists = [
        ("1", "大安區", 1, "insert"), ("2", "信義區", 1, "insert"), ("2", "信義區", 2, "update_preimage"),
        ("2", "大安區", 2, "update_postimage"), ("3", "臺大公館校區", 1, "insert"), ("3", "臺大公館校區", 2, "delete"),
        ("4", "大安區", 2, "insert"),
    ]  # fmt: skip
    crash = ("臺北市", crashed_on, datetime(2031, 1, 5), "虛構", "臺北市大安區虛構路", 121.5, 25.0)
    parties = [crash, crash, ("嘉義市", *crash[1:4], "嘉義市東區", 120.4, 23.4)]
    built = bike_availability_district(
        spark.createDataFrame(
            [(*row, DAY) for row in readings],
            "station_id string, docks int, bikes int, free_docks int, observed_on date",
        ),
        spark.createDataFrame(lists, "station_id string, district_name string, change_no int, change string"),
        villages,
        spark.createDataFrame(
            parties,
            "county_name string, crashed_on date, crashed_at timestamp, police_unit string, place string, "
            "lon_deg double, lat_deg double",
        ),
    )
    return {row["district_name"]: row.asDict() for row in built.collect()}


def test_a_station_lies_where_its_newest_list_says_and_no_reading_is_lost(
    spark: SparkSession, villages: DataFrame
) -> None:
    rows = _bikes(spark, villages, DAY)
    daan = rows["大安區"]
    told = ("stations", "stations_listed", "readings", "empty_readings", "full_readings", "docks", "population")

    assert set(rows) == {"大安區", "臺大公館校區", "不明"}
    assert tuple(daan[name] for name in told) == (2, 3, 3, 1, 1, 22, 1_000)
    assert daan["empty_pct"] == pytest.approx(100 / 3)
    assert daan["docks_per_10k"] == pytest.approx(220)
    assert (daan["fatal_crashes"], daan["population_on"]) == (1, date(2030, 12, 31))
    assert (rows["臺大公館校區"]["population"], rows["臺大公館校區"]["fatal_crashes"]) == (None, None)
    assert rows["不明"]["stations"] == 1


def test_days_of_a_month_without_any_crash_file_have_no_crashes_rather_than_none_at_all(
    spark: SparkSession, villages: DataFrame
) -> None:
    assert _bikes(spark, villages, date(2031, 1, 6))["大安區"]["fatal_crashes"] == 0
    assert _bikes(spark, villages, date(2031, 2, 5))["大安區"]["fatal_crashes"] is None


def test_what_no_list_covers_is_not_zero_and_a_camera_is_where_its_town_or_its_polygon_says(
    spark: SparkSession, villages: DataFrame
) -> None:
    box = "POLYGON ((120 23, 121 23, 121 24, 120 24, 120 23))"
    areas = spark.createDataFrame(
        [("town", "嘉義市", "東區", box), ("town", "新竹市", "東區", None), ("county", "新竹市", None, box)],
        "level string, county_name string, town_name string, geometry_wkt string",
    )
    floods = spark.createDataFrame(
        [(200_000.0, 2_600_000.0, 2030), (300_000.0, 2_600_000.0, 2031)], "x_twd97_m double, y_twd97_m double, year int"
    )
    burglaries = spark.createDataFrame(
        [("雲林縣斗六市一路", "雲林縣", DAY)], "address string, county_name string, occurred_on date"
    )
    cameras = spark.createDataFrame(
        [("東區", 120.5, 23.5), ("東區", None, None), ("東勢鄉", None, None), ("斗六市", 0.0, 0.0)],
        "town_name string, lon_deg double, lat_deg double",
    )
    clinics, temples, schools = (
        spark.createDataFrame([(text,)], "address string") for text in ("新竹市東區二路", "雲林縣斗六市", "一路")
    )

    of_one = [(DAY, "雲林縣", "斗六市", 80), (DAY, "雲林縣", "東勢鄉", 11)]  # a nearer count, of one county alone
    counts = villages.unionByName(spark.createDataFrame(of_one, villages.schema))

    built = town_profile(counts, areas, floods, burglaries, cameras, clinics, temples, schools)

    rows = {(row["county_name"], row["town_name"]): row for row in built.collect()}
    told = ("population", "burglaries", "cameras", "clinics", "temples", "junior_high_schools", "flood_points")
    assert {town: tuple(row[name] for name in told) for town, row in rows.items()} == {
        ("臺北市", "大安區"): (1_000, None, None, None, None, None, 0),
        ("嘉義市", "東區"): (100, None, 1, None, None, None, 1),
        ("新竹市", "東區"): (200, None, None, 1, None, None, 0),
        ("雲林縣", "斗六市"): (80, 1, 1, None, 1, None, 0),
        ("雲林縣", "東勢鄉"): (11, 0, 1, None, 0, None, 0),
        ("臺中市", "東勢區"): (20, None, None, None, None, None, 0),
    }
    capital = rows["雲林縣", "斗六市"]
    assert capital["burglaries_per_10k"] == pytest.approx(125)
    assert (capital["burglaries_from"], capital["floods_from_year"], capital["floods_to_year"]) == (DAY, 2030, 2031)
