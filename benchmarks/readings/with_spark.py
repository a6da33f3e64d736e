"""The job with plain PySpark and Delta: a delivery that becomes the table, or is merged into it by its key."""

import sys

from delta.tables import DeltaTable
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

action, delivery, out, jars = sys.argv[1:5]
HEADER = ["測站", "時間", "縣市", "雨量", "氣溫", "濕度", "水位", "備註"]
KEY = ("station_id", "read_at")
NUMBERS = {
    "雨量": ("rain_mm", "double"),
    "氣溫": ("temperature_c", "double"),
    "濕度": ("humidity_pct", "int"),
    "水位": ("level_cm", "int"),
}

spark = (
    SparkSession.builder.appName("readings")
    .master("local[*]")
    .config("spark.jars", jars)
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.driver.memory", "4g")
    .config("spark.sql.shuffle.partitions", "8")
    .config("spark.sql.session.timeZone", "Asia/Taipei")
    .getOrCreate()
)
schema = ", ".join(f"`{cell}` string" for cell in HEADER)
read = spark.read.csv(delivery, schema=schema, header=True, enforceSchema=False)
typed = read.select(
    F.col("測站").alias("station_id"),
    F.try_to_timestamp("時間", F.lit("yyyy-MM-dd HH:mm:ss")).alias("read_at"),
    F.col("縣市").alias("county_name"),
    *(F.col(cell).try_cast(kind).alias(name) for cell, (name, kind) in NUMBERS.items()),
    F.col("備註").alias("remark"),
)
good = typed.where("station_id is not null and read_at is not null and level_cm between 0 and 5000")
if action == "write":  # a gzipped file is read by one task: spread by time, as the merge will want it
    good.repartitionByRange(8, "read_at").write.format("delta").mode("overwrite").save(out)
else:
    same = " and ".join(f"held.{name} = come.{name}" for name in KEY)
    held = DeltaTable.forPath(spark, out).alias("held")
    held.merge(good.alias("come"), same).whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
