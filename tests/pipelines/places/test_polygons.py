"""Points in polygons; the polygons are made."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakeward.pipelines.places.polygons import place_at


@pytest.fixture
def areas(spark: SparkSession) -> DataFrame:
    """Two squares that share a border, one of them with a hole, and an islet without a geometry."""
    west = "POLYGON ((120 23, 121 23, 121 24, 120 24, 120 23), (120.4 23.4, 120.6 23.4, 120.6 23.6, 120.4 23.4))"
    east = "POLYGON ((121 23, 122 23, 122 24, 121 24, 121 23))"
    return spark.createDataFrame(
        [("甲縣", "西鄉", west), ("甲縣", "東鄉", east), ("甲縣", "島鄉", None)],
        "county_name string, town_name string, geometry_wkt string",
    )


def _towns(
    spark: SparkSession, areas: DataFrame, points: Sequence[tuple[float | None, float | None]], m: float
) -> object:
    rows = spark.createDataFrame([(at, *point) for at, point in enumerate(points)], "at int, lon double, lat double")
    place = place_at(areas, F.col("lon"), F.col("lat"), within_m=m)
    found = rows.orderBy("at").select(place.alias("p")).select("p.town_name", "p.distance_m").collect()
    return [(row[0], None if row[1] is None else round(row[1], -2)) for row in found]


def test_points_take_the_area_that_holds_them_and_no_other(spark: SparkSession, areas: DataFrame) -> None:
    points = [(120.1, 23.5), (121.5, 23.5), (120.55, 23.5), (119.99, 23.5), (None, 23.5), (121.0, 23.5)]

    told = _towns(spark, areas, points, 0)

    assert told == [("西鄉", 0), ("東鄉", 0), (None, None), (None, None), (None, None), ("東鄉", 0)]


def test_points_off_the_coast_take_the_nearest_area_within_the_tolerance(spark: SparkSession, areas: DataFrame) -> None:
    points = [(119.99, 23.5), (119.9, 23.5), (122.01, 23.5), (120.1, 23.5)]

    assert _towns(spark, areas, points, 2_000) == [("西鄉", 1_000), (None, None), ("東鄉", 1_000), ("西鄉", 0)]


def test_without_any_geometry_no_point_finds_a_place(spark: SparkSession, areas: DataFrame) -> None:
    assert _towns(spark, areas.where("town_name = '島鄉'"), [(120.1, 23.5)], 500) == [(None, None)]
