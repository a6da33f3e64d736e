"""The job with plain PySpark and Delta, every suite read by Great Expectations: one process for one machine.

python benchmarks/ten/with_spark.py LANDING OUT JARS SUITES
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations
from datasets import DATASETS
from gold import bike_availability_district, road_safety_weather, villages
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from rows import split

landing, out, jars, suites = Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4])
spark = (
    SparkSession.builder.appName("ten tables")
    .master("local[*]")
    .config("spark.jars", jars)
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.driver.memory", "4g")
    .config("spark.sql.shuffle.partitions", "8")
    .config("spark.databricks.delta.snapshotPartitions", "2")
    .config("spark.sql.session.timeZone", "Asia/Taipei")
    .config("spark.ui.enabled", "false")
    .getOrCreate()
)
context = great_expectations.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
source = context.data_sources.add_spark("spark", persist=False)


def check(name: str, frame: DataFrame) -> None:
    """Have a table's suite read by Great Expectations; what breaks it stops the job, or is told where it only warns."""
    suite = great_expectations.ExpectationSuite(**json.loads((suites / f"{name}.json").read_text("utf-8")))
    asset = source.add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    result = batch.validate(suite, result_format="SUMMARY")
    failed = [each.expectation_config for each in result.results if not each.success]
    for each in failed:
        print(f"{name}: {each.severity}: {each.type} {each.kwargs}")
    if any(each.severity == "critical" for each in failed):
        sys.exit(f"{name} breaks its suite")


def write(frame: DataFrame, layer: str, name: str) -> None:
    """Write a Delta table."""
    frame.write.format("delta").mode("overwrite").save(f"{out}/{layer}/{name.replace('.', '/')}")


held: dict[str, DataFrame] = {}
for name, read in DATASETS.items():
    good, refused = split(read(spark, landing))
    if not refused.isEmpty():
        write(refused, "quarantine", name)
    held[name] = good
    if name == "traffic.bike_stations":  # the table is the newest list; the curated one wants every list
        newest = good.agg(F.max("file")).first()[0]
        good = good.where(F.col("file") == newest)
    check(name, good)
    write(good, "silver", name)

crashes, people = held["police.fatal_crashes"], held["maps.village_population"]
weather = (held["environment.hourly_weather"], held["environment.weather_stations"])
bikes = (held["traffic.bike_availability"], held["traffic.bike_stations"])
curated = {
    "road_safety_weather": road_safety_weather(crashes, *weather, people),
    "bike_availability_district": bike_availability_district(*bikes, people, crashes),
    "villages": villages(people, held["maps.village_codes"]),
}
for name, made in curated.items():
    made.persist()
    check(f"gold.{name}", made)
    write(made, "gold", name)
    made.coalesce(1).write.mode("overwrite").parquet(f"{out}/published/{name}")
