"""Ten tables as one job, from the agencies' files to checked curated tables: lakeward and the job by hand, in turn.

python benchmarks/ten_tables.py [--turns 5] [--ways lakeward,spark] [--landing ../shared/data]

It reads the agencies' own files and one made day of bikes, of whose 20,000 rows 200 are bad; without the agencies'
files it is left out. It stops when two ways' tables differ. Linux only.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import measured
import record
from bikes import landing as bikes
from ten import told

from lakeward.lake import jars
from lakeward.pipelines.catalog import declared
from lakeward.quality.across import is_across
from lakeward.quality.gx_json import suite_json

WAYS = {"lakeward": "lakeward", "spark": "plain PySpark + Delta + Great Expectations"}
TABLES = {
    "environment.hourly_weather": "observed_on",
    "environment.weather_stations": "",
    "maps.village_codes": "",
    "maps.village_population": "counted_on",
    "police.fatal_crashes": "crashed_on",
    "traffic.bike_availability": "observed_on",
    "traffic.bike_stations": "",
    "gold.bike_availability_district": "",
    "gold.road_safety_weather": "",
    "gold.villages": "",
}
"""Each table, and the column that tells the year of its rows."""
FOLDERS = (
    "environment/cwb_hourly",
    "environment/cwb_stations",
    "maps/ris_village_population",
    "maps/village_codes",
    "police/npa_a1_annual",
    "traffic/youbike_sites",
)
"""Where their files lie, but for the bikes' days."""
HERE = Path(__file__).parent
AGENCY = HERE.parents[1] / "shared" / "data"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every way in turn, hold their tables against each other, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landing", type=Path, default=AGENCY)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--ways", default=",".join(WAYS))
    asked = parser.parse_args(argv)
    if not asked.landing.is_dir():
        print(f"left out: {asked.landing} is not there, and the script by hand reads no made files")
        return 0
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as folder:
        scratch = Path(folder)
        _land(scratch / "landing", asked.landing)
        tables = _tables(scratch / "suites")
        found: dict[str, told.Told] = {}
        ways = {WAYS[way]: partial(_measure, way, scratch, tables, found) for way in asked.ways.split(",")}
        results = measured.in_turn(ways, asked.turns)
    some = next(iter(found.values()))
    rows = {table.name: told.rows(table, some) for table in tables}
    against = "every way's tables equal" if len(found) > 1 else "held against no other way"
    print(f"\n{sum(rows.values()):,} rows in {len(tables)} tables; {against}.\n")
    print(measured.markdown(results, WAYS[asked.ways.split(",")[0]]))
    print(f"\nwritten: {record.write('ten-tables', {'rows': rows, 'results': results})}", file=sys.stderr)
    return 0


def _land(landing: Path, agency: Path) -> None:
    """Lay the files of the seven data sets, and the made day, where both ways read them."""
    bikes.write(landing, agency)
    for name in FOLDERS:
        shutil.copytree(agency / name, landing / name)


def _tables(suites: Path) -> list[told.Table]:
    """Give the ten tables, and write their suites where the script by hand finds them."""
    suites.mkdir()
    known = declared()
    for name in TABLES:
        suite = [each for each in known[name].suite if not is_across(each)]
        (suites / f"{name}.json").write_text(json.dumps(suite_json(name, suite)), encoding="utf-8")
    return [
        told.Table(known[name].table, {column.name: column.type for column in known[name].columns}, day)
        for name, day in TABLES.items()
    ]


def _measure(
    way: str, scratch: Path, tables: Sequence[told.Table], found: dict[str, told.Told], turn: int
) -> measured.Result:
    out = scratch / way
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    result = measured.run(_command(way, scratch, out), scratch / f"{way}.log")
    found[way] = told.told(out, tables)
    for other, others in found.items():
        if odd := told.difference(others, found[way]):
            raise SystemExit(f"{other} and {way} differ in turn {turn + 1}: {odd}")
    return result


def _command(way: str, scratch: Path, out: Path) -> list[str]:
    agency, suites = str(scratch / "landing"), str(scratch / "suites")
    if way == "spark":
        script, classes = str(HERE / "ten" / "with_spark.py"), ",".join(map(str, jars.paths(jars.DELTA)))
        return [sys.executable, script, agency, str(out), classes, suites]
    command = [sys.executable, "-m", "lakeward.jobs.cli", "run", *TABLES]
    return [*command, "--landing", agency, "--lake", str(out)]


if __name__ == "__main__":
    raise SystemExit(main())
