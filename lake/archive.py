"""The class-data archive: recorded once at set-up, so that each later session need not parse its classes again."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lakeward.lake import jars, jvm
from lakeward.lake.session import session

UNUSED_SECONDS = 30 * 86_400
"""An archive that no session has read for so long belongs to an environment that is gone."""


def make_archive() -> Path | None:
    """Record once the classes that a short Delta session loads, so that later sessions need not parse them.

    Gives the archive, or None where this Java cannot make one; sessions then start as they would without.
    """
    path = jvm.archive_path()
    if path is None or path.is_file():
        return path
    jars.paths(jars.DELTA)
    prune(path)
    with tempfile.TemporaryDirectory(prefix=".archive-", dir=path.parent) as scratch:
        made = Path(scratch) / path.name
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYSPARK_")}
        environment |= {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "LAKEWARD_JAVA_OPTIONS": jvm.dump_option(made),
            "LAKEWARD_MASTER": "local[2]",
        }
        code = f"from lakeward.lake import archive; archive._warm_up({scratch!r})"
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False, cwd=scratch)
        if not made.is_file():
            return None
        made.replace(path)
    return path


def prune(path: Path) -> None:
    """Remove the archives that one takes the place of: those of the very same PySpark, and those long unused."""
    family = path.stem.rpartition("-")[0]
    for other in path.parent.glob("*.jsa"):
        if other.name.startswith(f"{family}-") or time.time() - other.stat().st_atime > UNUSED_SECONDS:
            other.unlink(missing_ok=True)


def _warm_up(scratch: str) -> None:
    from pyspark import SparkContext

    spark = session("lakeward set-up")
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
    gateway = SparkContext._gateway
    spark.stop()
    if gateway is not None:  # the archive is written while the JVM exits: wait for that
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(180)
