"""The job with plain PySpark and Delta, the suite read by Great Expectations: one script for one machine.

Rows are refused by column conditions, as Great Expectations tells counts and not rows; it reads the same cached rows.
"""

import os
import sys

os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations
import great_expectations.expectations as gxe
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

landing, out, jars = sys.argv[1:4]
CELLS = ["sno", "total", "available_rent_bikes", "available_return_bikes", "infoTime"]
COUNTS = {"total": "docks", "available_rent_bikes": "bikes", "available_return_bikes": "free_docks"}

spark = (
    SparkSession.builder.appName("bikes")
    .master("local[*]")
    .config("spark.jars", jars)
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.driver.memory", "4g")
    .config("spark.sql.shuffle.partitions", "8")
    .config("spark.sql.session.timeZone", "Asia/Taipei")
    .getOrCreate()
)
schema = ", ".join(f"{cell} string" for cell in CELLS)
read = spark.read.csv(f"{landing}/traffic/youbike_slots/*.csv*", schema=schema, header=True, enforceSchema=False)
typed = read.select(
    "*",
    F.input_file_name().alias("file"),
    F.col("sno").alias("station_id"),
    F.try_to_timestamp("infoTime", F.lit("yyyy-MM-dd HH:mm:ss")).alias("observed_at"),
    *(F.col(cell).try_cast("int").alias(name) for cell, name in COUNTS.items()),
).withColumn("observed_on", F.to_date("observed_at"))
claimed = F.regexp_extract("file", r"(\d{4}-\d{2}-\d{2})[^/]*$", 1)
conditions = {
    "station_id: no value": F.col("station_id").isNull(),
    "observed_at: no time": F.col("observed_at").isNull(),
    "docks: no number": F.col("docks").isNull() & F.col("total").isNotNull(),
    "bikes: no number": F.col("bikes").isNull(),
    "free_docks: no number": F.col("free_docks").isNull(),
    **{f"{name}: outside 0 to 500": ~F.col(name).between(0, 500) for name in COUNTS.values()},
    "observed_on: outside the day of the file": F.col("observed_on").cast("string") != claimed,
}
reasons = F.array_compact(F.array(*(F.when(broken, F.lit(reason)) for reason, broken in conditions.items())))
checked = typed.withColumn("reasons", reasons)
is_good = F.size("reasons") == 0
by_key = Window.partitionBy("file", "station_id", "observed_at", is_good).orderBy(F.lit(1))
is_repeat = is_good & (F.col("turn") > 1)
repeats = F.array(F.lit("repeats the key of an earlier row"))
numbered = checked.withColumn("turn", F.row_number().over(by_key))
told = numbered.withColumn("reasons", F.when(is_repeat, repeats).otherwise(F.col("reasons")))
told.persist()
silver = told.where(is_good).select("station_id", "observed_at", "observed_on", *COUNTS.values(), "file")
refused = told.where(~is_good).select("file", "reasons", F.struct(*CELLS).alias("cells"))
silver.write.format("delta").mode("overwrite").save(f"{out}/silver")
refused.write.format("delta").mode("overwrite").save(f"{out}/quarantine")

context = great_expectations.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_spark("spark", persist=False).add_dataframe_asset("bikes")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": silver})
suite = great_expectations.ExpectationSuite(
    name="bikes",
    expectations=[
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in ("observed_on", "bikes", "free_docks")),
        *(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=0, max_value=500) for name in COUNTS.values()),
        gxe.ExpectColumnValuesToBeNull(
            column="docks",
            row_condition="docks <> bikes + free_docks",
            condition_parser="spark",
            severity="warning",
        ),
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ],
)
result = batch.validate(suite, result_format="SUMMARY")
failed = [each.expectation_config for each in result.results if not each.success]
for each in failed:
    print(f"{each.severity}: {each.type} {each.kwargs}")
sys.exit(any(each.severity != "warning" for each in failed))
