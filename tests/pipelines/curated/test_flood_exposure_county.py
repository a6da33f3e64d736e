"""Floods and people by county; points, outlines and counts are made."""

from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from lakeward.pipelines.curated.flood_exposure_county import FLOOD_EXPOSURE_COUNTY, flood_exposure_county

SOUTH, NORTH = (
    f"POLYGON ((120 {low}, 122 {low}, 122 {high}, 120 {high}, 120 {low}))" for low, high in ((22, 23.5), (23.5, 25))
)
AT_SOUTH, AT_NORTH, AT_SEA = (250_000.0, 2_550_000.0), (250_000.0, 2_650_000.0), (100_000.0, 2_750_000.0)


@pytest.fixture(scope="module")
def rows(spark: SparkSession) -> dict[tuple[str, int], Row]:
    reports = [(2015, AT_SOUTH), (2015, AT_SOUTH), (2015, AT_NORTH), (2015, AT_SEA), (2017, AT_SOUTH)]
    points = spark.createDataFrame(
        [(at, year, x, y) for at, (year, (x, y)) in enumerate(reports)],
        "point_id int, year int, x_twd97_m double, y_twd97_m double",
    )
    outlines = spark.createDataFrame(
        [
            ("made1990", "county", "臺北縣", SOUTH),
            ("made2010", "county", "臺南縣", SOUTH),
            ("made2010", "county", "臺中市", NORTH),
            ("made2010", "county", "臺中市", None),
            ("made2010", "town", "嘉義縣", SOUTH),
        ],
        "edition string, level string, county_name string, geometry_wkt string",
    )
    counts = [
        ("臺南市", date(2015, 1, 31), 500),
        ("台南市", date(2016, 7, 31), 400),
        ("臺南市", date(2016, 7, 31), 600),
    ]
    villages = spark.createDataFrame(counts, "county_name string, counted_on date, population int")
    table: DataFrame = flood_exposure_county(points, outlines, villages)
    assert set(table.columns) >= {column.name for column in FLOOD_EXPOSURE_COUNTY.columns}
    return {(row["county_name"], row["year"]): row for row in table.collect()}


def test_points_are_counted_in_the_county_of_today_of_the_newest_outlines(rows: dict[tuple[str, int], Row]) -> None:
    told = {at: (row["flood_points"], row["flood_places"]) for at, row in rows.items()}

    assert told == {("臺南市", 2015): (2, 1), ("臺中市", 2015): (1, 1), ("臺南市", 2017): (1, 1)}


def test_every_year_is_divided_by_the_count_in_the_middle(rows: dict[tuple[str, int], Row]) -> None:
    south = [rows["臺南市", year] for year in (2015, 2017)]

    assert [(row["population"], row["population_on"]) for row in south] == [(1_000, date(2016, 7, 31))] * 2
    assert [row["flood_points_per_100k"] for row in south] == [200.0, 100.0]
    assert rows["臺中市", 2015]["population"] is None


def test_points_in_no_county_are_counted_beside_their_year(rows: dict[tuple[str, int], Row]) -> None:
    assert {at: row["year_points_outside"] for at, row in rows.items()} == {
        ("臺南市", 2015): 1, ("臺中市", 2015): 1, ("臺南市", 2017): 0,
    }  # fmt: skip
