"""What suites add to a whole run, beside what Great Expectations adds when it checks the same tables afterwards.

python benchmarks/whole_job.py [--repetitions 3] [--landing ../shared/data] [DATASET…]

In turn, each in a process of its own: `lakeward run` with the suites as declared, the same with empty suites, the same
without profiles of the columns too, and GX on the silver tables that the first wrote, its import counted. A data set
that is not declared here is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import record

DATASETS = ("police.fatal_crashes", "environment.hourly_weather", "traffic.bike_availability")
LANDING = Path(__file__).resolve().parents[2] / "shared" / "data"
WAYS = {
    "with": "lakeward run, suites as declared",
    "without": "lakeward run, empty suites",
    "bare": "lakeward run, empty suites and no profiles",
    "gx": "GX on the written silver tables, its import among it",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table, keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", default=list(DATASETS))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--landing", type=Path, default=LANDING)
    parser.add_argument("--one", nargs=2, metavar=("WAY", "LAKE"), help=argparse.SUPPRESS)
    told = parser.parse_args(argv)
    if told.one:
        print(json.dumps(_one(told.one[0], Path(told.one[1]), told.landing, told.datasets)), flush=True)
        return 0
    from lakeward.pipelines.catalog import declared

    here = [name for name in told.datasets if name in declared()]
    if not here or not told.landing.is_dir():
        print(f"left out: {told.landing} is not there, or none of {', '.join(told.datasets)} is declared")
        return 0
    results: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as scratch:
        for turn in range(told.repetitions):
            lakes = {way: Path(scratch) / ("with" if way == "gx" else way) for way in WAYS}
            for way, lake in lakes.items():
                results[way].append(_measured(way, lake, told.landing, here))
                print(f"{turn + 1}/{told.repetitions} {way}: {results[way][-1]}", file=sys.stderr, flush=True)
            for lake in set(lakes.values()):
                shutil.rmtree(lake)
    document = {"datasets": here, "missing": sorted(set(told.datasets) - set(here)), "results": results}
    print(markdown(document))
    print(f"\nwritten: {record.write('whole-job', document)}", file=sys.stderr)
    return 0


def _measured(way: str, lake: Path, landing: Path, datasets: Sequence[str]) -> dict[str, Any]:
    command = [sys.executable, __file__, *datasets, "--landing", str(landing), "--one", way, str(lake)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{way} ended with {process.returncode}: run it by hand: {' '.join(command)}")
    return {**json.loads(said.splitlines()[-1]), "load": round(os.getloadavg()[0], 1)}


def _one(way: str, lake: Path, landing: Path, datasets: Sequence[str]) -> dict[str, Any]:
    """Do it once. What every way pays, Spark's start, is not counted."""
    from lakeward.lake.session import session
    from lakeward.pipelines.catalog import declared

    spark, tables = session("bench", is_long=True), declared()
    spark.range(1).count()
    began, cpu = time.perf_counter(), record.cpu_seconds()

    def spent() -> dict[str, float]:
        return {"seconds": round(time.perf_counter() - began, 2), "cpu_s": round(record.cpu_seconds() - cpu, 2)}

    if way == "gx":
        from lakeward.quality import through_gx

        rules = 0
        for name in datasets:
            frame = spark.read.format("delta").load(str(lake.joinpath("silver", *name.split("."))))
            rules += len(through_gx.check(frame, tables[name].suite))
        return spent() | {"rules": rules}
    from lakeward.jobs import counted, validate
    from lakeward.jobs import run as job

    if way == "bare":
        vars(counted).update(measures=lambda types: (), profiles=lambda types, found: {})
        vars(validate).update(profiled=lambda *told: [])
    if way in ("without", "bare"):
        bare = {name: replace(table, suite=()) for name, table in tables.items()}
        vars(job)["declared"] = lambda own: bare
    report = job.run(str(lake), str(landing), datasets)
    rows = {step.table_name: step.rows_written for step in report.steps}
    return spent() | {"rows": rows, "exit_code": report.exit_code}


def markdown(document: Mapping[str, Any]) -> str:
    """Lay the medians out as a table, and hold what the suites add against what GX adds."""
    medians = {way: _medians(runs) for way, runs in document["results"].items()}
    runs = document["results"]["with"]
    suites, profiles, gx = (
        [more - less for more, less in zip(medians[one], medians[other], strict=True)] if other else medians[one]
        for one, other in (("with", "without"), ("without", "bare"), ("gx", ""))
    )
    lines = [
        f"{', '.join(document['datasets'])}: {sum(runs[0]['rows'].values()):,} rows; medians of {len(runs)}.",
        "",
        "| way | seconds | CPU seconds |",
        "|---|---|---|",
        *(f"| {WAYS[way]} | {seconds:.1f} | {cpu:.1f} |" for way, (seconds, cpu) in medians.items()),
        "",
        f"Suites add {suites[0]:.1f} s and {suites[1]:.1f} CPU s, {suites[0] / gx[0]:.2f} and {suites[1] / gx[1]:.2f} "
        f"of what GX adds; profiles add {profiles[0]:.1f} s and {profiles[1]:.1f} CPU s.",
        *(f"Left out, not declared here: {name}." for name in document["missing"]),
    ]
    return "\n".join(lines)


def _medians(runs: Sequence[Mapping[str, Any]]) -> list[float]:
    return [statistics.median(each[name] for each in runs) for name in ("seconds", "cpu_s")]


if __name__ == "__main__":
    raise SystemExit(main())
