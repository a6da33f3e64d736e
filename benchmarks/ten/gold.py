"""The three tables that the data sets make together."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

FORMER = {"臺北縣": "新北市", "桃園縣": "桃園市", "臺中縣": "臺中市", "臺南縣": "臺南市", "高雄縣": "高雄市"}
CRASH = ("crashed_at", "police_unit", "place", "lon_deg", "lat_deg")
CITY = "臺北市"


def road_safety_weather(crashes: DataFrame, weather: DataFrame, stations: DataFrame, villages: DataFrame) -> DataFrame:
    """Count crashes a county and day, beside the rain of its wettest station and its people."""
    parties = crashes.groupBy("crashed_on", *CRASH).agg(
        F.min("county_name").alias("county_name"),
        *(F.max(name).alias(name) for name in ("deaths", "injured", "weather")),
    )
    days = parties.groupBy(
        _county(F.col("county_name")).alias("county_name"), F.col("crashed_on").alias("crash_on")
    ).agg(
        F.count("*").alias("crashes"),
        F.sum("deaths").alias("deaths"),
        F.sum("injured").alias("injured"),
        F.sum((F.col("weather") == "雨").cast("int")).alias("crashes_in_rain"),
        F.sum((F.col("weather") == "晴").cast("int")).alias("crashes_in_clear"),
        F.trunc(F.first("crashed_on"), "year").alias("new_year"),
    )
    of_station = weather.groupBy("station_id", F.col("observed_on").alias("crash_on")).agg(
        F.min("county_name").alias("told"), F.sum("rain_mm").alias("rain_mm")
    )
    listed = stations.select("station_id", F.col("county_name").alias("listed"))
    county = _county(F.coalesce("listed", "told")).alias("county_name")
    rain = (
        of_station.where("rain_mm is not null")
        .join(F.broadcast(listed), "station_id", "left")
        .groupBy(county, "crash_on")
        .agg(F.max("rain_mm").cast("double").alias("rain_mm"), F.count("*").alias("rain_stations"))
    )
    return (
        _with_population(days, villages, "new_year", ["county_name"])
        .join(rain, ["county_name", "crash_on"], "left")
        .withColumn("deaths_per_100k", F.expr("1e5 * deaths / nullif(population, 0)"))
        .drop("new_year")
    )


def bike_availability_district(
    readings: DataFrame, lists: DataFrame, villages: DataFrame, crashes: DataFrame
) -> DataFrame:
    """Count readings, and those without a bike or a dock, a district and day, beside people and crashes."""
    listed = lists.groupBy("station_id").agg(F.max_by("district_name", "file").alias("district_name"))
    of_station = readings.groupBy("station_id", F.col("observed_on").alias("date")).agg(
        F.count("*").alias("readings"),
        F.count_if(F.col("bikes") == 0).alias("empty_readings"),
        F.count_if(F.col("free_docks") == 0).alias("full_readings"),
        F.max("docks").alias("docks"),
    )
    summed = ("readings", "empty_readings", "full_readings", "docks")
    district = F.coalesce("district_name", F.lit("不明")).alias("district_name")
    days = (
        of_station.join(F.broadcast(listed), "station_id", "left")
        .groupBy(district, "date")
        .agg(F.count("*").alias("stations"), *(F.sum(name).alias(name) for name in summed))
        .join(
            F.broadcast(listed.groupBy("district_name").agg(F.count("*").alias("stations_listed"))),
            "district_name",
            "left",
        )
        .select("*", F.lit(CITY).alias("county_name"), F.col("district_name").alias("town_name"))
    )
    counted = _with_population(days, villages, "date", ["county_name", "town_name"]).drop("town_name")
    months = crashes.select(F.trunc("crashed_on", "month").alias("month")).distinct()
    known = F.col("month").isNotNull() & F.col("population").isNotNull()
    return (
        counted.join(F.broadcast(_crashes_of_city(crashes, villages)), ["district_name", "date"], "left")
        .join(F.broadcast(months), F.trunc("date", "month") == F.col("month"), "left")
        .withColumn("fatal_crashes", F.when(known, F.coalesce("crashes", F.lit(0))))
        .withColumn("empty_pct", F.expr("1e2 * empty_readings / readings"))
        .withColumn("full_pct", F.expr("1e2 * full_readings / readings"))
        .withColumn("docks_per_10k", F.expr("1e4 * docks / nullif(population, 0)"))
        .drop("crashes", "month")
    )


def villages(counted: DataFrame, codes: DataFrame) -> DataFrame:
    """List each code and name of a village that was counted, and villages that only an old code tells of."""
    place = (_county(F.col("county_name")).alias("county_name"), _written(F.col("town_name")).alias("town_name"))
    names = ("village_code", "county_name", "town_name", "village_name")
    each = counted.select("village_code", *place, "village_name", "counted_on").groupBy(*names)
    known = each.agg(F.min("counted_on").alias("first_counted_on"), F.max("counted_on").alias("last_counted_on"))
    newest = counted.agg(F.max("counted_on").alias("newest"))
    known = known.crossJoin(newest).withColumn("is_current", F.expr("last_counted_on = newest")).drop("newest")
    digits = F.translate("code", "-", "")
    other, city = r"^([^6]\d{4})(\d\d)(\d{3})$", r"^(6\d)\d(\d\d)00(\d{3})$"
    now = F.when(digits.rlike(city), F.regexp_replace(digits, city, "$1000$20$3")).when(
        digits.rlike(other), F.regexp_replace(digits, other, "$1$20$3")
    )
    old = codes.withColumn("village_code", now).where("village_code is not null")
    coded = old.groupBy("village_code").agg(F.min("code").alias("old_village_code"))
    gone = old.select("village_code", *place, "village_name").join(known, "village_code", "left_anti")
    every = known.unionByName(
        gone.dropDuplicates(["village_code"]).withColumn("is_current", F.lit(False)), allowMissingColumns=True
    )
    return every.join(coded, "village_code", "left").withColumn("town_code", F.substring("village_code", 1, 8))


def _written(name: Column) -> Column:
    return F.translate(name, "台 \u3000", "臺")


def _county(name: Column) -> Column:
    """Give the name that a county has today."""
    written = _written(name)
    now = F.create_map(*(F.lit(word) for pair in FORMER.items() for word in pair))
    return F.coalesce(now[written], written)


def _with_population(rows: DataFrame, villages: DataFrame, day: str, by: Sequence[str]) -> DataFrame:
    """Put the residents of the count nearest to a day beside each row."""
    counts = (
        villages.withColumn("county_name", _county(F.col("county_name")))
        .groupBy(*by, "counted_on")
        .agg(F.sum("population").alias("population"))
    )
    gap = F.abs(F.datediff("counted_on", day))
    nearest = F.min_by(F.struct("population", "counted_on"), F.struct(gap, "counted_on")).alias("nearest")
    told = rows.select(*by, day).distinct().join(F.broadcast(counts), list(by)).groupBy(*by, day).agg(nearest)
    people = told.select(*by, day, "nearest.population", F.col("nearest.counted_on").alias("population_on"))
    return rows.join(people, [*by, day], "left")


def _crashes_of_city(crashes: DataFrame, villages: DataFrame) -> DataFrame:
    """Count the city's crashes a district and day; the first district that a place names is its own."""
    towns = villages.where(F.col("county_name") == CITY).select("town_name").distinct().collect()
    district = F.regexp_extract("place", f"{CITY}.*?({'|'.join(sorted(town.town_name for town in towns))})", 1)
    each = crashes.where(F.col("county_name") == CITY).select("crashed_on", *CRASH).distinct()
    return each.groupBy(district.alias("district_name"), F.col("crashed_on").alias("date")).agg(
        F.count("*").alias("crashes")
    )
