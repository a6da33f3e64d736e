"""Fatal crashes, rain and people: one row a county and day with a fatal crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Disclosure, Parts, Publication
from lakeward.pipelines.environment.hourly_weather import HOURLY_WEATHER
from lakeward.pipelines.environment.weather_stations import WEATHER_STATIONS
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.pipelines.places.counties import county_today
from lakeward.pipelines.places.people import with_population
from lakeward.pipelines.police.crash_parties import CRASH, CRASHES_ARE_PUBLIC
from lakeward.pipelines.police.fatal_crashes import FATAL_CRASHES
from lakeward.quality import expect
from lakeward.quality.across import table_row_count_to_be_near_last_release

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

COUNTY_DAY = ("county_name", "crash_on")


def road_safety_weather(crashes: DataFrame, weather: DataFrame, stations: DataFrame, villages: DataFrame) -> DataFrame:
    """Count crashes a county and day; beside them the day's rain and the county's people.

    A crash is one set of party rows that agree in moment, police unit, place and position. A day's rain is that of the
    county's wettest station, summed over the hours 1 to 24 of the day; a county without a station has none. People
    are those of the count nearest to 1 January of the crash's year, so that a year has one denominator.
    """
    return (
        with_population(_crash_days(crashes), villages, "new_year")
        .join(_rain(weather, stations), list(COUNTY_DAY), "left")
        .selectExpr(
            *COUNTY_DAY,
            "crashes",
            "deaths",
            "injured",
            "crashes_in_rain",
            "crashes_in_clear",
            "rain_mm",
            "rain_stations",
            "population",
            "population_on",
            "1e5 * deaths / nullif(population, 0) as deaths_per_100k",
        )
    )


def _crash_days(parties: DataFrame) -> DataFrame:
    from pyspark.sql import functions as F

    one_a_crash = (
        parties.groupBy("crashed_on", *CRASH)
        .agg(
            F.min("county_name").alias("named"), *(F.max(name).alias(name) for name in ("deaths", "injured", "weather"))
        )
        .withColumn("county_name", county_today(F.col("named")))
    )
    return one_a_crash.groupBy("county_name", F.col("crashed_on").alias("crash_on")).agg(
        F.count("*").alias("crashes"),
        F.sum("deaths").alias("deaths"),
        F.sum("injured").alias("injured"),
        F.sum((F.col("weather") == "雨").cast("int")).alias("crashes_in_rain"),
        F.sum((F.col("weather") == "晴").cast("int")).alias("crashes_in_clear"),
        F.trunc(F.first("crashed_on"), "year").alias("new_year"),
    )


def _rain(weather: DataFrame, stations: DataFrame) -> DataFrame:
    from pyspark.sql import functions as F

    listed = stations.select("station_id", F.col("county_name").alias("listed"))
    return (
        weather.groupBy("station_id", "observed_on")
        .agg(F.min("county_name").alias("told"), F.sum("rain_mm").alias("rain_mm"))
        .where("rain_mm is not null")
        .join(listed, "station_id", "left")
        .groupBy(
            county_today(F.expr("coalesce(listed, told)")).alias("county_name"), F.col("observed_on").alias("crash_on")
        )
        .agg(F.max("rain_mm").cast("double").alias("rain_mm"), F.count("*").alias("rain_stations"))
    )


ROAD_SAFETY_WEATHER = Curated(
    name="gold.road_safety_weather",
    title="Fatal crashes, rain and people by county and day",
    title_zh="縣市逐日死亡交通事故、雨量與人口",
    inputs=(FATAL_CRASHES, HOURLY_WEATHER, WEATHER_STATIONS, VILLAGE_POPULATION),
    grain="one row a county and day with at least one fatal crash",
    build=road_safety_weather,
    columns=(
        Open("county_name", "string", "county, by its name since 2014, written 臺", title="縣市", key=True),
        Open("crash_on", "date", "day of the crashes", title="日期", key=True),
        Open("crashes", "bigint", "fatal crashes", unit="crashes", title="死亡事故件數"),
        Open("deaths", "bigint", "deaths within 24 hours", unit="people", title="死亡人數"),
        Open("injured", "bigint", "injured in these crashes", unit="people", title="受傷人數"),
        Open("crashes_in_rain", "bigint", "crashes where the police wrote 雨", unit="crashes", title="雨天事故件數"),
        Open("crashes_in_clear", "bigint", "crashes where the police wrote 晴", unit="crashes", title="晴天事故件數"),
        Open("rain_mm", "double", "the day's rain at the county's wettest station", unit="mm", title="日雨量"),
        Open("rain_stations", "bigint", "stations that measured rain that day", unit="stations", title="雨量站數"),
        Open("population", "bigint", "registered residents", unit="people", title="人口數"),
        Open("population_on", "date", "day of that count, the nearest to 1 January", title="人口統計日"),
        Open("deaths_per_100k", "double", "deaths of the day per 100,000 residents", title="每十萬人死亡數"),
    ),
    suite=(
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_not_be_null("crash_on"),
        expect.column_values_to_be_between("crashes", 1, 1000),
        expect.column_values_to_be_between("rain_mm", 0, 3000),
        expect.column_values_to_not_be_null("population", severity="warning"),
        expect.compound_columns_to_be_unique(COUNTY_DAY),
        expect.table_row_count_to_be_between(min_value=1),
        table_row_count_to_be_near_last_release(max_loss=0.1, severity="warning"),
    ),
    limits=(
        "Days without a fatal crash are not rows: count days from a calendar, not from this table. Several counties "
        "have no staffed weather station and so no rain. Rain at the wettest station need not have fallen where the "
        "crash was. Deaths after 24 hours are not counted."
    ),
    limits_zh=(
        "沒有死亡事故的日子沒有列：要數日子請用日曆，不要用這張表。有些縣市沒有人工氣象站，因此沒有雨量。"
        "最濕的測站有雨，事故地點不一定有雨。超過 24 小時後的死亡不計入。"
    ),
    disclosure=Disclosure(
        counts=("crashes", "deaths", "injured", "population"),
        public=CRASHES_ARE_PUBLIC,
    ),
    parts=Parts("year(crash_on)", {FATAL_CRASHES.name: "year(crashed_on)", HOURLY_WEATHER.name: "year(observed_on)"}),
    publish=Publication(share="police"),
)
