"""What runs do, done once on a few made rows, so that the class-data archive has the classes of a run.

python -m lakeward.jobs.rehearsal SCRATCH, started by `lakeward.lake.archive`
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.jobs.run import run
from lakeward.lake import jvm
from lakeward.lake.session import session
from lakeward.pipelines.catalog import declared, select
from lakeward.pipelines.dataset import Dataset
from lakeward.pipelines.sample.folder import FEWEST_ROWS, write

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TABLE = "gold.bike_availability_district"
"""A table, and what it rests on, that takes little time and goes most ways: typing, checks, merge, release, lineage."""


def main(scratch: Path) -> None:
    """Make a lake of few rows, then work on it by plans that only larger deliveries would get."""
    tables = select(declared(), (TABLE,))
    landing = scratch / "landing"
    write(landing, [table for table in tables.values() if isinstance(table, Dataset)], rows=FEWEST_ROWS)
    run(str(scratch / "lake"), str(landing), (TABLE,))
    compiled(session("lakeward set-up"), str(scratch))
    jvm.end(within_s=180)  # the archive is written while the JVM exits


def compiled(spark: SparkSession, scratch: str) -> None:
    """Query as runs of many rows do, with Java made for each query."""
    table = f"{scratch}/table"
    frame = spark.range(100).selectExpr("id", "id % 3 as part", "cast(id as string) as name", "now() as at")
    frame.write.format("delta").partitionBy("part").save(table)
    frame.write.option("header", "true").csv(f"{scratch}/csv")
    again = spark.read.option("header", "true").schema("id bigint, part int, name string").csv(f"{scratch}/csv")
    again.dropDuplicates(["id"]).createOrReplaceTempView("arrived")
    spark.sql(
        f"merge into delta.`{table}` t using arrived s on t.id = s.id when matched then update set name = s.name "  # noqa: S608
        "when not matched then insert (id, part, name) values (s.id, s.part, s.name)"
    ).collect()
    kept = spark.read.format("delta").load(table)
    kept.mapInArrow(lambda batches: batches, kept.schema).groupBy("part").agg({"id": "max"}).toPandas()
    spark.sql(f"select *, row_number() over (partition by part order by id) from delta.`{table}`").collect()  # noqa: S608
    kept.write.format("delta").mode("overwrite").option("replaceWhere", "id >= 0").save(table)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
