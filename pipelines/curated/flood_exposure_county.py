"""Reported floods and people: one row a county and year with a reported flood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Disclosure, Publication
from lakeward.pipelines.disaster.flood_points import FLOOD_POINTS
from lakeward.pipelines.maps.boundaries import BOUNDARIES
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.pipelines.places.coordinates import to_wgs84
from lakeward.pipelines.places.counties import COUNTY_NAMES, county_today
from lakeward.pipelines.places.people import with_population
from lakeward.pipelines.places.polygons import with_area
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

COUNTY_YEAR = ("county_name", "year")


def flood_exposure_county(points: DataFrame, boundaries: DataFrame, villages: DataFrame) -> DataFrame:
    """Count reported flood points a county and year; beside them the county's people.

    A point belongs to the county whose polygon holds it, by the county's name of today. People are those of the count
    nearest to the middle of all years with points, the same for every year, so that yearly rates add up to the rate
    of all years. Points in no polygon are counted by year, on each row of it.
    """
    from pyspark.sql import functions as F

    degrees = points.withColumn("at", to_wgs84(F.col("x_twd97_m"), F.col("y_twd97_m")))
    counties, lon, lat = _newest_counties(boundaries), F.col("at.lon_deg"), F.col("at.lat_deg")
    held = with_area(degrees, counties, lon, lat, names=("county_name",))
    placed = held.withColumn("county_name", county_today(F.col("area.county_name")))
    outside = placed.groupBy("year").agg(F.count_if(F.col("county_name").isNull()).alias("year_points_outside"))
    counted = placed.where("county_name is not null").groupBy(*COUNTY_YEAR).agg(
        F.count("*").alias("flood_points"),
        F.count_distinct("x_twd97_m", "y_twd97_m").alias("flood_places"),
    )  # fmt: skip
    return (
        with_population(counted.crossJoin(_middle(points)).join(outside, "year"), villages, "middle")
        .withColumn("flood_points_per_100k", F.expr("1e5 * flood_points / nullif(population, 0)"))
    )  # fmt: skip


def _newest_counties(boundaries: DataFrame) -> DataFrame:
    """Keep the polygons of counties of the edition that was drawn last, by the year in its name."""
    from pyspark.sql import functions as F

    counties = boundaries.where("level = 'county' and geometry_wkt is not null")
    newest = counties.agg(F.max(F.struct(F.regexp_extract("edition", r"(\d{4})", 1), "edition")).alias("newest"))
    return counties.join(newest.select("newest.edition"), "edition", "left_semi")


def _middle(points: DataFrame) -> DataFrame:
    """Give the day in the middle of the years that have points."""
    from pyspark.sql import functions as F

    first, last = F.make_date(F.min("year"), F.lit(1), F.lit(1)), F.make_date(F.max("year"), F.lit(12), F.lit(31))
    return points.agg(F.date_add(first, (F.datediff(last, first) / 2).cast("int")).alias("middle"))


FLOOD_EXPOSURE_COUNTY = Curated(
    name="gold.flood_exposure_county",
    title="Reported floods and people by county and year",
    title_zh="縣市歷年淹水點與人口",
    inputs=(FLOOD_POINTS, BOUNDARIES, VILLAGE_POPULATION),
    grain="one row a county and year with at least one reported flood point",
    build=flood_exposure_county,
    columns=(
        Open("county_name", "string", "county, by its name of today, written 臺", title="縣市", key=True),
        Open("year", "int", "year of the floods", title="年", key=True),
        Open("flood_points", "bigint", "reports of a flooded place", unit="reports", title="淹水點數"),
        Open("flood_places", "bigint", "different places among them", unit="places", title="不同地點數"),
        Open("population", "bigint", "registered residents", unit="people", title="人口數"),
        Open("population_on", "date", "day of that count, one for all years", title="人口統計日"),
        Open("flood_points_per_100k", "double", "reports per 100,000 residents", title="每十萬人淹水點數"),
        Open(
            "year_points_outside", "bigint", "reports of the year in no county's polygon, nationwide: do not add up",
            unit="reports", title="當年落於縣市界外之點數",
        ),
    ),
    suite=(
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_not_be_null("year"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES),
        expect.column_values_to_be_between("flood_points", 1, 100_000),
        expect.column_values_to_not_be_null("population", severity="warning"),
        expect.column_values_to_be_between("year_points_outside", 0, 50, severity="warning"),
        expect.compound_columns_to_be_unique(COUNTY_YEAR),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Reports, not floods: several agencies report the same water, and where nobody reports there is no row. Only "
        "the year is known, so rain cannot be joined. Outlines of the coast are simplified: a few points lie outside. "
        "People are those registered in the whole county, not those who live where it floods."
    ),
    limits_zh=(
        "是通報數，不是淹水次數：多個機關可能通報同一處積水，沒有人通報就沒有列。只知道年份，無法併入雨量。"
        "海岸線經過簡化，少數點位落在外面。人口是全縣戶籍人口，不是住在淹水處的人。"
    ),
    disclosure=Disclosure(
        counts=("population",), public="the Ministry of the Interior publishes the people of every village"
    ),
    publish=Publication(share="disaster"),
)  # fmt: skip
