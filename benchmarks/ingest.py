"""Ingest of bike readings to the same typed, validated, quarantined tables: lakeward and the job by hand, in turn.

python benchmarks/ingest.py [--turns 5] [--times 1] [--ways lakeward,bare,spark,duckdb,polars,dlt] [--dlt PYTHON]
    [--landing ../shared/data]

Without the agencies' files the days are made. It stops when two ways' tables differ. dlt is none of our requirements:
its way runs with the Python that is given for it, and is left out where that lacks it. Linux only.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import measured
import record
from bikes import landing
from deltalake import DeltaTable

BY_HAND = {
    "spark": "plain PySpark + Delta + Great Expectations",
    "duckdb": "DuckDB, written by deltalake",
    "polars": "polars + deltalake",
    "dlt": "dlt into DuckDB, written by deltalake",
}
OF_DLT = {"dlt": '"dlt[duckdb]"', "deltalake": "deltalake"}
WAYS = {"lakeward": "lakeward", "bare": "lakeward, nothing released", **BY_HAND}
HERE = Path(__file__).parent
AGENCY = HERE.parents[1] / "shared" / "data"
BARE = """\"\"\"The declaration of lakeward's own, without a release.\"\"\"

from dataclasses import replace

from lakeward.pipelines.traffic.bike_availability import BIKE_AVAILABILITY

BARE = replace(BIKE_AVAILABILITY, name="bench.bike_availability", publish=None)
"""
TOLD = """
select observed_on, count(*), count(distinct station_id), sum(docks), sum(bikes), sum(free_docks),
    sum(epoch(observed_at))
from silver group by all order by all
"""
ASIDE = "select regexp_extract(file, '[^/]*$') as file, count(*) from quarantine group by all order by all"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every way in turn, hold their tables against each other, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landing", type=Path, default=AGENCY)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--times", type=int, default=1, help="how often each day is there")
    parser.add_argument("--days", type=int, default=30, help="of made days, where there is no agency's file")
    parser.add_argument("--rows", type=int, default=90_000, help="of each made day")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--dlt", default=sys.executable, metavar="PYTHON", help="a Python that has dlt")
    told = parser.parse_args(argv)
    chosen = [way for way in told.ways.split(",") if way != "dlt" or _has_dlt(told.dlt)]
    if not chosen:
        raise SystemExit("no way is left to measure")
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as folder:
        scratch = Path(folder)
        size = landing.write(scratch / "landing", told.landing, told.times, told.days, told.rows)
        found: dict[str, Any] = {}
        pythons = {"dlt": told.dlt}
        ways = {WAYS[way]: partial(_measure, way, pythons.get(way, sys.executable), scratch, found) for way in chosen}
        results = measured.in_turn(ways, told.turns)
    rows = sum(day[1] for day in next(iter(found.values()))["silver"])
    aside = sum(file[1] for file in next(iter(found.values()))["quarantine"])
    print(f"\n{rows:,} rows written, {aside:,} refused, of {size / 1e6:.0f} MB; every way's tables equal.\n")
    print(measured.markdown(results, WAYS[chosen[0]]))
    document = {"megabytes": size / 1e6, "rows": rows, "refused": aside, "results": results}
    print(f"\nwritten: {record.write('ingest', document)}", file=sys.stderr)
    return 0


def _has_dlt(python: str) -> bool:
    """Say whether a Python can run the way of dlt; if not, tell the user why it is left out."""
    lacks = subprocess.run([python, "-c", f"import {', '.join(OF_DLT)}"], capture_output=True, text=True, check=False)
    if lacks.returncode:
        why = lacks.stderr.strip().rpartition("\n")[2]
        print(f"dlt is left out: {why} in {python}; pip install {' '.join(OF_DLT.values())}, or name another by --dlt")
    return not lacks.returncode


def _measure(way: str, python: str, scratch: Path, found: dict[str, Any], turn: int) -> measured.Result:
    out = scratch / way
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    result = measured.run(_command(way, python, scratch, out), scratch / f"{way}.log")
    found[way] = _told(way, out)
    for other, tables in found.items():
        for name in tables:
            if tables[name] != found[way][name]:
                pairs = zip(tables[name], found[way][name], strict=False)
                odd = next((pair for pair in pairs if pair[0] != pair[1]), "one has more groups")
                raise SystemExit(f"{name} of {way} and of {other} differ: {odd}")
    return result


def _command(way: str, python: str, scratch: Path, out: Path) -> list[str]:
    agency = str(scratch / "landing")
    if way in BY_HAND:
        from lakeward.lake import jars

        more = [",".join(map(str, jars.paths(jars.DELTA)))] if way == "spark" else []
        return [python, str(HERE / "bikes" / f"with_{way}.py"), agency, str(out), *more]
    command = [python, "-m", "lakeward.jobs.cli", "run", "--landing", agency, "--lake", str(out)]
    if way == "lakeward":
        return [*command, "traffic.bike_availability"]
    own = scratch / "own" / "bench"
    own.mkdir(parents=True, exist_ok=True)
    (own / "bike_availability.py").write_text(BARE, encoding="utf-8")
    return [*command, "bench.bike_availability", "--pipelines", str(scratch / "own")]


def _told(way: str, out: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Tell the two tables by their groups: rows, stations, sums of counts and times, by day; rows refused, by file."""
    domain = {"lakeward": "traffic", "bare": "bench"}.get(way)
    place = "{}" if domain is None else f"{{}}/{domain}/bike_availability"
    paths = {layer: out / place.format(layer) for layer in ("silver", "quarantine")}
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for layer, path in paths.items():
        connection.register(layer, DeltaTable(path).to_pyarrow_dataset())
    asked = {"silver": TOLD, "quarantine": ASIDE}
    return {layer: connection.sql(query).fetchall() for layer, query in asked.items()}


if __name__ == "__main__":
    raise SystemExit(main())
