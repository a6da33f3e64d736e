"""One writer of a table: `python appender.py spark|deltalake NAME`.

Reads lines of table and number from standard input, and answers each once so many commits of one row are done. No two rows of
a writer are alike. A Spark driver that is told `compact` after them merges the table's files as often instead.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable

from lakeward.lake.objects import Objects

Append = Callable[[str, str, int], None]


def with_spark() -> Append:
    """Append as a Spark driver, with the master that LAKEWARD_MASTER names."""
    from lakeward.lake.session import session

    os.environ |= {"LAKEWARD_DRIVER_MEMORY": "1g", "LAKEWARD_LINEAGE": "0"}
    # Compiling a plan for one row costs more than it saves, and the commits are what is tested.
    plain = {"spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.codegen.wholeStage": "false"}
    spark = session("appender", store=Objects.from_environment(), conf=plain)

    def append(table: str, writer: str, number: int) -> None:
        row = spark.range(1).selectExpr(f"'{writer}' as writer", f"{number}L as number")
        row.write.format("delta").mode("append").save(table)

    return append


def with_deltalake() -> Append:
    """Append as a Python process without a JVM."""
    import pyarrow as pa
    from deltalake import CommitProperties, write_deltalake

    options = dict(Objects.from_environment().for_deltalake)
    often = CommitProperties(max_commit_retries=200)

    def append(table: str, writer: str, number: int) -> None:
        row = pa.table({"writer": [writer], "number": pa.array([number], pa.int64())})
        write_deltalake(table, row, mode="append", storage_options=options, commit_properties=often)

    return append


def compact(table: str) -> None:
    """Merge the files of a table, in the session of `with_spark`."""
    from pyspark.sql import SparkSession

    SparkSession.builder.getOrCreate().sql(f"OPTIMIZE delta.`{table}`")


def main(kind: str, name: str) -> None:
    """Append what is asked for."""
    append = {"spark": with_spark, "deltalake": with_deltalake}[kind]()
    print("ready", flush=True)
    numbers = itertools.count()
    for line in sys.stdin:
        table, count, *more = line.split()
        for number in itertools.islice(numbers, int(count)):
            if more == ["compact"]:
                compact(table)
            else:
                append(table, name, number)
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
