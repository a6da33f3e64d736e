"""How long until the first count of a Delta table, from a cold process: one command, ways in turn, medians.

python benchmarks/session.py [--repetitions 3] [--ways plain,partitions,archive,profile,steady]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import record

WAYS = {
    "plain": "PySpark and Delta as they come: JARs by `spark.jars`, 50 snapshot partitions",
    "partitions": "the same with 2 snapshot partitions",
    "archive": "the same with Delta on the class path and the class-data archive",
    "profile": "`lakeward.lake.session` as it is (`quick`)",
    "steady": "`lakeward.lake.session` with `LAKEWARD_JVM=steady`",
}
Result = dict[str, float]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every way the asked number of times, A B C A B C, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--one", nargs=2, metavar=("WAY", "TABLE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.one:
        print(json.dumps(_one(*arguments.one)), flush=True)
        return 0
    ways = arguments.ways.split(",")
    results: dict[str, list[Result]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as scratch:
        table = _table(Path(scratch))
        for turn in range(arguments.repetitions):
            for way in ways:
                results[way].append(_measure(way, table))
                print(f"{turn + 1}/{arguments.repetitions} {way}: {results[way][-1]}", file=sys.stderr)
    print(_markdown(results))
    print(f"\nwritten: {record.write('session', {'results': results})}", file=sys.stderr)
    return 0


def _table(scratch: Path) -> str:
    import pyarrow as pa
    from deltalake import write_deltalake

    where = str(scratch / "table")
    for start in range(0, 1_000_000, 100_000):
        write_deltalake(where, pa.table({"id": pa.array(range(start, start + 100_000))}), mode="append")
    return where


def _measure(way: str, table: str) -> Result:
    started_at = time.time()
    command = [sys.executable, __file__, "--one", way, table]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        told: Result = json.loads(process.stdout.readline())
    cold = told.pop("counted_at") - started_at
    return told | {"cold_s": round(cold, 2), "load": round(os.getloadavg()[0], 1)}


def _one(way: str, table: str) -> Result:
    started = time.perf_counter()
    if way in ("profile", "steady"):
        os.environ["LAKEWARD_JVM"] = {"profile": "quick"}.get(way, way)
        from lakeward.lake.session import session

        spark = session("bench")
    else:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.appName("bench").master("local[*]")
        for key, value in _plain(way).items():
            builder = builder.config(key, value)
        spark = builder.getOrCreate()
    ready = time.perf_counter()
    times, counted_at = [], 0.0
    for _ in range(4):
        before = time.perf_counter()
        assert spark.read.format("delta").load(table).count() == 1_000_000
        times.append(time.perf_counter() - before)
        counted_at = counted_at or time.time()
    return {
        "counted_at": counted_at,
        "session_s": round(ready - started, 2),
        "first_count_s": round(times[0], 2),
        "later_count_s": round(statistics.median(times[1:]), 2),
    }


def _plain(way: str) -> Mapping[str, str]:
    from lakeward.lake import jars, jvm

    delta = jars.paths(jars.DELTA)
    config = {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.driver.memory": "4g",
    }
    if way != "plain":
        config["spark.databricks.delta.snapshotPartitions"] = "2"
    if way == "archive":
        config["spark.driver.extraClassPath"] = os.pathsep.join(map(str, delta))
        config["spark.driver.extraJavaOptions"] = f"-XX:SharedArchiveFile={jvm.archive_path()} -Xshare:auto"
    else:
        config["spark.jars"] = ",".join(map(str, delta))
    return config


def _markdown(results: Mapping[str, Sequence[Result]]) -> str:
    names = ("session_s", "first_count_s", "cold_s", "later_count_s")
    first = next(iter(results))
    lines = [
        "| way | session | first count | to first count | later counts | against the first way |",
        "|---|---|---|---|---|---|",
    ]
    medians = {way: {n: statistics.median(r[n] for r in rows) for n in names} for way, rows in results.items()}
    for way, row in medians.items():
        shown = " | ".join(f"{row[name]:.2f} s" for name in names)
        lines.append(f"| {WAYS[way]} | {shown} | {row['cold_s'] / medians[first]['cold_s']:.2f} × |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
