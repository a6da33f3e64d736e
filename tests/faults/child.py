"""What dies in the tests: `python child.py LAKE LANDING TABLE…`, one run as a process, with the command line's codes.

With `PYSPARK_GATEWAY_PORT` set it works through the test run's own JVM, see `worlds.py`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.jobs.run import run
from lakeward.lake import session as sessions
from lakeward.lake.errors import LakewardError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OWN = str(Path(__file__).parent / "made_rain")


def attach(app: str, **_: object) -> SparkSession:
    """Give a session of a JVM that another process started and keeps."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    gateway = launch_gateway()  # type: ignore[no-untyped-call]
    SparkContext._ensure_initialized(gateway=gateway)
    spark = gateway.jvm.org.apache.spark
    context = spark.api.java.JavaSparkContext.fromSparkContext(spark.SparkContext.getOrCreate())
    SparkContext(gateway=gateway, jsc=context, conf=SparkConf(_jconf=context.getConf()))
    return SparkSession.builder.getOrCreate()


def main() -> int:
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        sessions.session = attach
        sessions.driver_pid = lambda spark: None  # that JVM does not die with us: nobody is to wait for it
    where, landing, *tables = sys.argv[1:]
    try:
        report = run(where, landing, tables, own=OWN)
    except LakewardError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    for step in report.steps:
        sys.stderr.write(f"{step.table_name} {step.outcome} {step.error}\n")
    return report.exit_code


if __name__ == "__main__":
    raise SystemExit(main())
