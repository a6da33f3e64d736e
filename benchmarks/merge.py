"""One in a hundred rows of a large table changes: merged by key, beside the whole table delivered again.

python benchmarks/merge.py [--rows 20000000] [--turns 1] [--patterns recent,spread] [--by-hand]

Made readings in order of time. The changed keys are the last ones, or lie evenly over all, the worst case for files
that are written anew where one row of theirs changes. Rows and the sum of a column are held against what was made.
Linux only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import duckdb
import measured
import record
from deltalake import DeltaTable
from readings import made

DECLARATION = '''"""Made."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Snapshot, Source, Upsert
from lakeward.quality import expect

READINGS = Dataset(
    name="made.{name}",
    title="Made",
    title_zh="自製",
    agency="nobody",
    source=Source(files="made/{name}/*.csv", licence="none", cadence="once", page="none", format=Csv(encoding="utf-8")),
    combine={combine}(),
    columns=(
        Column("station_id", "string", "gauge", cell="測站", key=True),
        Column("read_at", "timestamp", "time", cell="時間", key=True),
        Column("county_name", "string", "county", cell="縣市"),
        Column("rain_mm", "double", "rain", unit="mm", cell="雨量"),
        Column("temperature_c", "double", "temperature", unit="°C", cell="氣溫"),
        Column("humidity_pct", "int", "humidity", unit="%", cell="濕度"),
        Column("level_cm", "int", "level", unit="cm", cell="水位"),
        Column("remark", "string", "remark", cell="備註"),
    ),
    suite=(
        expect.column_values_to_not_be_null("station_id"),
        expect.column_values_to_be_between("level_cm", 0, 5_000),
        expect.column_values_to_be_between("humidity_pct", 0, 100, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
)
'''
DECLARED = {"merged": "Upsert", "snapshots": "Snapshot"}
FIRST, AGAIN = "the first run", "all delivered again"
LAKEWARD, BY_HAND = "lakeward", "PySpark + Delta"
HERE = Path(__file__).parent
Way = Callable[[Path, str], tuple[measured.Result, Path]]


def main(argv: Sequence[str] | None = None) -> int:
    """Make the deliveries, measure every way in turn, hold the tables against what was made, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--patterns", default=",".join(made.PATTERNS))
    parser.add_argument("--by-hand", action="store_true", help="also plain PySpark and Delta")
    parser.add_argument("--keep", type=Path, help="a new folder for deliveries and tables, which stays")
    told = parser.parse_args(argv)
    patterns = told.patterns.split(",")
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as folder:
        scratch = told.keep or Path(folder)
        _make(scratch, told.rows, patterns)
        held = {FIRST: made.held(told.rows), AGAIN: made.held(told.rows, patterns[-1])}
        held |= {pattern: made.held(told.rows, pattern) for pattern in patterns}
        ways = {
            f"{who}: {_shown(what)}": partial(_measure, way, scratch, what, held[what])
            for who, way in ((LAKEWARD, _run), *([(BY_HAND, _by_hand)] if told.by_hand else []))
            for what in (FIRST, *patterns, AGAIN)
        }
        results = measured.in_turn(ways, told.turns)
    changed = told.rows // made.ONE_CHANGED_IN
    print(f"\n{told.rows:,} made rows, of which {changed:,} change or are new; every table holds what was made.\n")
    print(measured.markdown(results, f"{LAKEWARD}: {AGAIN}"))
    document = {"rows": told.rows, "changed": changed, "results": results}
    print(f"\nwritten: {record.write('merge', document)}", file=sys.stderr)
    return 0


def _shown(what: str) -> str:
    return f"{what} keys merged" if what in made.PATTERNS else what


def _make(scratch: Path, rows: int, patterns: Sequence[str]) -> None:
    """Write the declarations and the deliveries."""
    (own := scratch / "own" / "made").mkdir(parents=True)
    for name, combine in DECLARED.items():
        (own / f"{name}.py").write_text(DECLARATION.format(name=name, combine=combine), "utf-8")
    made.first(_delivery(scratch, FIRST), rows)
    made.again(_delivery(scratch, AGAIN), rows, patterns[-1])
    for pattern in patterns:
        made.changes(_delivery(scratch, pattern), rows, pattern)


def _delivery(scratch: Path, what: str) -> Path:
    return scratch / "deliveries" / f"{what.replace(' ', '_')}.csv.gz"


def _measure(way: Way, scratch: Path, what: str, expected: made.Held, _turn: int) -> measured.Result:
    result, table = way(scratch, what)
    connection = duckdb.connect()
    connection.register("rows", DeltaTable(table).to_pyarrow_dataset())
    (found,) = connection.sql("select count(*), sum(level_cm)::bigint from rows").fetchall()
    if found != (expected.rows, expected.level_cm):
        raise SystemExit(f"{table} holds {found}, not {expected}")
    return result


def _run(scratch: Path, what: str) -> tuple[measured.Result, Path]:
    """Run lakeward: on a new lake, or on what the first run left."""
    place = _begun(scratch / LAKEWARD, what)
    name = "snapshots" if what == AGAIN else "merged"
    landing = place / "landing" / "made" / name
    landing.mkdir(parents=True, exist_ok=True)
    os.link(_delivery(scratch, what), landing / _delivery(scratch, what).name)
    command = [sys.executable, "-m", "lakeward.jobs.cli", "run", f"made.{name}", "--pipelines", str(scratch / "own")]
    command += ["--landing", str(place / "landing"), "--lake", str(place / "lake")]
    return measured.run(command, scratch / "log"), place / "lake" / "silver" / "made" / name


def _by_hand(scratch: Path, what: str) -> tuple[measured.Result, Path]:
    """Run the plain script in the same way."""
    from lakeward.lake import jars

    table = _begun(scratch / BY_HAND, what)
    action = "merge" if what in made.PATTERNS else "write"
    command = [sys.executable, str(HERE / "readings" / "with_spark.py"), action, str(_delivery(scratch, what))]
    command += [str(table), ",".join(map(str, jars.paths(jars.DELTA)))]
    return measured.run(command, scratch / "log"), table


def _begun(of: Path, what: str) -> Path:
    """Give a folder for what a way makes: a copy of what the first made for those that merge, else none yet."""
    place = of / what
    shutil.rmtree(place, ignore_errors=True)
    if what in made.PATTERNS:
        shutil.copytree(of / FIRST, place)
    return place


if __name__ == "__main__":
    raise SystemExit(main())
