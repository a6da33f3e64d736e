"""Grids and degrees, checked against published points."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakeward.pipelines.places.coordinates import OUTSIDE, from_wgs84, to_wgs84

# 虎子山, the origin of TWD67: 120°58'25.975" E, 23°58'32.340" N by the ministry's definition of that datum, and its
# place in TWD97 as published with the ministry's conversion (package twd97).
TWD67_M, TWD97_M, DEGREES = (247_342.198, 2_652_335.851), (248_170.787, 2_652_129.936), (120.982025, 23.973875)
METRE = 1e-5


@pytest.mark.parametrize(
    ("grid", "metres", "degrees", "within"),
    [
        ("twd97", TWD97_M, DEGREES, METRE),
        ("twd97", (323_174.26, 2_777_316.55), (121.725518, 25.102403), METRE),  # first flood point of data set 130016
        ("twd67", TWD67_M, DEGREES, METRE),
    ],
)
def test_published_points_come_out(
    spark: SparkSession, grid: str, metres: tuple[float, float], degrees: tuple[float, float], within: float
) -> None:
    row = spark.createDataFrame([metres], "x double, y double")

    there = row.select(to_wgs84(F.col("x"), F.col("y"), grid).alias("p")).select("p.*")  # type: ignore[arg-type]
    back = there.select(from_wgs84(F.col("lon_deg"), F.col("lat_deg"), grid).alias("m"))  # type: ignore[arg-type]

    lon, lat, fault = there.collect()[0]
    assert (lon, lat) == pytest.approx(degrees, abs=within)
    assert fault is None
    assert tuple(back.select("m.x_m", "m.y_m").collect()[0]) == pytest.approx(metres, abs=0.01)


def test_the_western_isles_have_their_own_zone(spark: SparkSession) -> None:
    row = spark.createDataFrame([(119.566, 23.566)], "lon double, lat double")  # 馬公

    x, y, _ = row.select(from_wgs84(F.col("lon"), F.col("lat"), "twd97_penghu").alias("m")).select("m.*").collect()[0]

    assert (x, y) == pytest.approx((307_800, 2_607_200), abs=300)


def test_the_two_datums_are_some_850_m_apart(spark: SparkSession) -> None:
    row = spark.createDataFrame([TWD67_M], "x double, y double")

    right, wrong = (row.select(to_wgs84(F.col("x"), F.col("y"), g).lat_deg).collect()[0][0] for g in ("twd67", "twd97"))

    assert 150 < (wrong - right) * 110_800 < 250


def test_nulls_stay_nulls_and_impossible_places_get_a_reason(spark: SparkSession) -> None:
    points = [(None, 1.0), (2.0, None), (2_777_316.0, 323_174.0), (0.0, 0.0), (float("nan"), 1.0), (1e300, 1e300)]
    rows = spark.createDataFrame([(at, *point) for at, point in enumerate(points)], "at int, x double, y double")

    told = rows.orderBy("at").select(to_wgs84(F.col("x"), F.col("y")).alias("p")).select("p.*").collect()

    assert [tuple(row) for row in told] == [
        (None, None, None), (None, None, None), (None, None, OUTSIDE), (None, None, OUTSIDE), (None, None, None),
        (None, None, OUTSIDE),
    ]  # fmt: skip


def test_no_rows_are_no_fault(spark: SparkSession) -> None:
    rows = spark.createDataFrame([], "x double, y double")

    assert rows.select(to_wgs84(F.col("x"), F.col("y"))).collect() == []
