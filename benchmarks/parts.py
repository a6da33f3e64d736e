"""A curated table of many years after one year changed: all of it made again, against the touched parts alone.

python benchmarks/parts.py [--rows 5000000] [--years 20] [--turns 5]

Made rows of hourly weather and of crashes under `gold.road_safety_weather`; the last year of both is delivered last.
Each turn begins with the same lake and its own session, whose start is measured too; both ways must give equal rows.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import measured
import record
from deltalake import DeltaTable

from lakeward.jobs import parts
from lakeward.jobs.curate import curate
from lakeward.jobs.plan import plan_curated
from lakeward.lake.session import session
from lakeward.lake.storage import Lake
from lakeward.pipelines.curated.road_safety_weather import ROAD_SAFETY_WEATHER
from lakeward.pipelines.environment.hourly_weather import HOURLY_WEATHER
from lakeward.pipelines.environment.weather_stations import WEATHER_STATIONS
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.pipelines.police.fatal_crashes import FATAL_CRASHES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from lakeward.pipelines.dataset import Dataset

WHOLE, PARTS, START = "all of it", "touched parts", "a session alone"
STATIONS = 30
COUNTIES = "array('臺北市', '新北市', '桃園市', '臺中市', '臺南市', '高雄市')"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both ways in turn, hold their rows against each other, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000, help="of weather")
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--way", choices=(WHOLE, PARTS, START, "prepare"), help=argparse.SUPPRESS)
    parser.add_argument("--lake", help=argparse.SUPPRESS)
    told = parser.parse_args(argv)
    if told.way:
        _work(told.way, Lake.at(told.lake), told.rows, told.years)
        return 0
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as folder:
        scratch = Path(folder)
        size = ("--rows", str(told.rows), "--years", str(told.years))

        def work(way: str, lake: Path) -> measured.Result:
            return measured.run([sys.executable, __file__, *size, "--way", way, "--lake", str(lake)], scratch / "log")

        def turn(way: str) -> measured.Result:
            shutil.rmtree(scratch / way, ignore_errors=True)
            shutil.copytree(scratch / "lake", scratch / way)
            return work(way, scratch / way)

        print(f"made: {work('prepare', scratch / 'lake')}", flush=True)
        ways = {way: lambda _, way=way: turn(way) for way in (WHOLE, PARTS, START)}
        results = measured.in_turn(ways, told.turns)
        rows = [_rows(scratch / way) for way in (WHOLE, PARTS)]
    if rows[0] != rows[1] or not rows[0]:
        raise SystemExit("the two ways gave other rows")
    print(f"\n{told.rows:,} rows of {told.years} years, of which one changed.\n\n{measured.markdown(results, WHOLE)}")
    document = {"rows": told.rows, "years": told.years, "results": results}
    print(f"\nwritten: {record.write('parts', document)}", file=sys.stderr)
    return 0


def _work(way: str, lake: Lake, rows: int, years: int) -> None:
    spark = session("lakeward benchmark", is_long=True)
    if way == "prepare":
        lake.make()
        _deliver(spark, lake, rows, range(2000, 1999 + years), years)
        _build(spark, lake)
        _deliver(spark, lake, rows, range(1999 + years, 2000 + years), years)
    elif way != START:
        parts.FEW_ROWS = -1 if way == PARTS else sys.maxsize
        _build(spark, lake)
    spark.stop()


def _build(spark: SparkSession, lake: Lake) -> None:
    curate(spark, lake, plan_curated(lake, ROAD_SAFETY_WEATHER, {}), "made")


def _deliver(spark: SparkSession, lake: Lake, rows: int, of: range, years: int) -> None:
    day = f"date_add(make_date({of.start} + cast(id % {len(of)} as int), 1, 1), cast(id / 7 % 365 as int))"
    county = f"element_at({COUNTIES}, cast(id % 6 + 1 as int))"
    station = f"concat('S', id % {STATIONS})"
    share = rows * len(of) // years
    _append(spark, lake, HOURLY_WEATHER, share, {
        "station_id": station, "observed_on": day, "county_name": county, "rain_mm": "id % 11",
    })  # fmt: skip
    _append(spark, lake, FATAL_CRASHES, share // 50, {
        "crashed_on": day, "county_name": county, "place": "concat('P', id)", "deaths": "1", "injured": "id % 3",
        "weather": "if(id % 4 = 0, '雨', '晴')",
    })  # fmt: skip
    if of.start == 2000:
        _append(spark, lake, WEATHER_STATIONS, STATIONS, {"station_id": station, "county_name": county})
        counted = {"county_name": county, "counted_on": "make_date(2000 + cast(id / 6 as int), 1, 1)"}
        _append(spark, lake, VILLAGE_POPULATION, 6 * years, {**counted, "population": "1000000 + id"})


def _append(spark: SparkSession, lake: Lake, dataset: Dataset, rows: int, made: dict[str, str]) -> None:
    columns = [f"cast({made.get(c.name, 'null')} as {c.type}) as {c.name}" for c in dataset.columns]
    spark.range(rows).selectExpr(*columns).write.format("delta").mode("append").save(str(lake.table(dataset.table)))


def _rows(lake: Path) -> Counter[str]:
    table = DeltaTable(lake / "gold" / "road_safety_weather").to_pyarrow_dataset().to_table()
    return Counter(map(str, table.to_pylist()))


if __name__ == "__main__":
    raise SystemExit(main())
