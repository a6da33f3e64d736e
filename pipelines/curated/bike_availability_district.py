"""How often Taipei's bike stations were empty, by district and day, beside docks, people and fatal crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Changes, Curated, Disclosure, Parts, Publication
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.pipelines.places.addresses import with_place
from lakeward.pipelines.places.people import with_population
from lakeward.pipelines.police.crash_parties import CRASH, CRASHES_ARE_PUBLIC
from lakeward.pipelines.police.fatal_crashes import FATAL_CRASHES
from lakeward.pipelines.traffic.bike_availability import BIKE_AVAILABILITY
from lakeward.pipelines.traffic.bike_stations import BIKE_STATIONS
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CITY = "臺北市"  # the data set is this city's own
UNLISTED = "不明"
DISTRICT_DAY = ("district_name", "date")


def bike_availability_district(
    readings: DataFrame, lists: DataFrame, villages: DataFrame, parties: DataFrame
) -> DataFrame:
    """Count readings, and those without a bike or a free dock, a district and day.

    A station lies in the district that the newest list with it names, also when a later list left it out; stations of
    no list lie in 不明. Docks are the most that a station listed on the day. People are those of the count nearest to
    the day. 臺大公館校區 is kept as the city lists it, without people and crashes.
    """
    from pyspark.sql import functions as F

    listed = (
        lists.where("change in ('insert', 'update_postimage')")
        .groupBy("station_id")
        .agg(F.max_by("district_name", "change_no").alias("district_name"))
    )
    stations = readings.groupBy("station_id", F.col("observed_on").alias("date")).agg(
        F.count("*").alias("readings"),
        F.count_if(F.col("bikes") == 0).alias("empty_readings"),
        F.count_if(F.col("free_docks") == 0).alias("full_readings"),
        F.max("docks").alias("docks"),
    )
    of_district = listed.groupBy("district_name").agg(F.count("*").alias("stations_listed"))
    summed = ("readings", "empty_readings", "full_readings", "docks")
    days = (
        stations.join(F.broadcast(listed), "station_id", "left")
        .groupBy(F.coalesce("district_name", F.lit(UNLISTED)).alias("district_name"), "date")
        .agg(F.count("*").alias("stations"), *(F.sum(name).alias(name) for name in summed))
        .join(F.broadcast(of_district), "district_name", "left")
        .select("*", F.lit(CITY).alias("county_name"), F.col("district_name").alias("town_name"))
    )
    counted = with_population(days, villages, "date", by=("county_name", "town_name"))
    crashes, known_months = _crashes(parties, villages)
    return (
        counted.join(crashes, list(DISTRICT_DAY), "left")
        .join(known_months, F.trunc("date", "month") == known_months["month"], "left")
        .withColumn("fatal_crashes", F.when(
            F.col("month").isNotNull() & F.col("population").isNotNull(), F.coalesce("crashes", F.lit(0))
        ))
        .withColumn("empty_pct", F.expr("1e2 * empty_readings / readings"))
        .withColumn("full_pct", F.expr("1e2 * full_readings / readings"))
        .withColumn("docks_per_10k", F.expr("1e4 * docks / nullif(population, 0)"))
    )  # fmt: skip


def _crashes(parties: DataFrame, villages: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Count the city's fatal crashes a district and day; also give the months in which any crash is known."""
    from pyspark.sql import functions as F

    months = parties.select(F.trunc("crashed_on", "month").alias("month")).distinct()
    crashes = parties.where(F.col("county_name") == CITY).select("crashed_on", *CRASH).distinct()
    placed = with_place(crashes, F.col("place"), villages.select("county_name", "town_name"))
    of_day = (F.col("town_name").alias("district_name"), F.col("crashed_on").alias("date"))
    return placed.groupBy(*of_day).agg(F.count("*").alias("crashes")), F.broadcast(months)


BIKE_AVAILABILITY_DISTRICT = Curated(
    name="gold.bike_availability_district",
    title="Empty and full bike stations of Taipei by district and day",
    title_zh="臺北市各行政區YouBike逐日可借可還情形",
    inputs=(BIKE_AVAILABILITY, Changes(BIKE_STATIONS), VILLAGE_POPULATION, FATAL_CRASHES),
    grain="one row a district and day with at least one reading",
    build=bike_availability_district,
    columns=(
        Open("district_name", "string", "district; also 臺大公館校區, a campus", title="行政區", key=True),
        Open("date", "date", "day, Taiwan time", title="日期", key=True),
        Open("county_name", "string", "the city", title="縣市"),
        Open("stations", "bigint", "stations with a reading that day", unit="stations", title="站數"),
        Open("stations_listed", "bigint", "stations that any list has there", unit="stations", title="列冊站數"),
        Open("readings", "bigint", "readings of all stations", unit="readings", title="讀數"),
        Open("empty_readings", "bigint", "readings without a bike to rent", unit="readings", title="無車可借讀數"),
        Open("empty_pct", "double", "share of readings without a bike", unit="%", title="無車可借比率"),
        Open("full_readings", "bigint", "readings without a free dock", unit="readings", title="無位可還讀數"),
        Open("full_pct", "double", "share of readings without a free dock", unit="%", title="無位可還比率"),
        Open("docks", "bigint", "docks of these stations, as listed", unit="docks", title="車位數"),
        Open("docks_per_10k", "double", "docks per 10,000 residents", title="每萬人車位數"),
        Open("population", "bigint", "registered residents; none of a campus", unit="people", title="人口數"),
        Open("population_on", "date", "day of that count, the nearest one", title="人口統計日"),
        Open(
            "fatal_crashes", "bigint", "fatal crashes (A1) of the day; none where the month is not known",
            unit="crashes", title="死亡事故件數",
        ),
    ),
    suite=(
        expect.column_values_to_not_be_null("district_name"),
        expect.column_values_to_not_be_null("date"),
        expect.column_values_to_not_be_in_set("district_name", (UNLISTED,), severity="warning"),
        expect.column_values_to_be_between("empty_pct", 0, 100),
        expect.column_values_to_be_between("full_pct", 0, 100),
        expect.column_values_to_not_be_null(
            "population", row_condition="district_name not in ('臺大公館校區', '不明')", severity="warning"
        ),
        expect.column_values_to_be_between("readings", 1000, severity="info"),
        expect.compound_columns_to_be_unique(DISTRICT_DAY),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Readings come every ten minutes at best and whole days are missing: an empty reading says that no bike could "
        "be rented at that moment, not for how long or how many people went without one. Days differ in readings, so "
        "compare shares. 臺大公館校區 is a campus, listed by the city beside its districts: its riders live in "
        "others, so it has no people and no crashes. A station is counted in the district of the newest list. People "
        "are of the nearest count, which may be years away. Rain is not joined: no station's hourly readings reach "
        "these days."
    ),
    limits_zh=(
        "讀數最密每十分鐘一次，且有整日缺漏：一筆「無車」只表示那一刻借不到車，不表示多久、多少人借不到。"
        "各日讀數多寡不同，請比較比率。臺大公館校區由市府與行政區並列，騎乘者住在他區，因此沒有人口與事故。"
        "車站依最新名單歸入行政區。人口取最接近的統計日，可能相差數年。沒有併入雨量："
        "各測站的逐時讀數未涵蓋這些日子。"
    ),
    disclosure=Disclosure(counts=("fatal_crashes", "population"), public=CRASHES_ARE_PUBLIC),
    parts=Parts(
        "trunc(date, 'month')",
        {BIKE_AVAILABILITY.name: "trunc(observed_on, 'month')", FATAL_CRASHES.name: "trunc(crashed_on, 'month')"},
    ),
    publish=Publication(share="traffic"),
)  # fmt: skip
