"""What the Python face costs: importing it, and the first rows of a gold table, against deltalake and DuckDB bare.

python benchmarks/face.py --lake ./lake --table gold.dengue_village

Each way runs in a process of its own, in turn, so that its imports are counted.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from pathlib import Path

from record import write

WAYS = {
    "python alone": "pass",
    "import lakeward": "import lakeward",
    "lakeward: first 5 rows, pandas": "import lakeward; lakeward.open({lake!r})[{table!r}].head()",
    "lakeward: first 5 rows, SQL": "import lakeward; lakeward.open({lake!r}).sql('from {table} limit 5').fetchall()",
    "deltalake alone: pandas, first 5": "from deltalake import DeltaTable; DeltaTable({path!r}).to_pandas().head()",
    "deltalake + DuckDB by hand": (
        "import duckdb; from deltalake import DeltaTable; rows = DeltaTable({path!r}).to_pyarrow_dataset();"
        "duckdb.sql('from rows limit 5').df()"
    ),
    "DuckDB alone, Parquet by glob": "import duckdb; duckdb.sql(\"from '{path}/*.parquet' limit 5\").fetchall()",
    "lakeward: the card": "import lakeward; lakeward.open({lake!r})[{table!r}]._repr_html_()",
}
TIMED = "import time; began = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"
BARE = "deltalake + DuckDB by hand"
TRIES = 5


def measured(code: str) -> tuple[float, int]:
    """Run one way in a process of its own; give the seconds that it took after Python's own start.

    Beside them, how many processes a signal ended before: deltalake's own reads now and then do that as Python ends.
    """
    for died in range(TRIES):
        done = subprocess.run(
            [sys.executable, "-c", TIMED.format(code=code)], capture_output=True, text=True, check=False
        )
        if done.returncode >= 0:
            done.check_returncode()
            return float(done.stdout.split()[-1]), died
    raise SystemExit(f"{TRIES} processes in a row were ended by a signal: {code}")


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--lake", default="./lake")
    asked.add_argument("--table", default="gold.dengue_village")
    asked.add_argument("--repetitions", type=int, default=7)
    told = asked.parse_args()
    path = Path(told.lake).joinpath(*told.table.split("."))
    codes = {name: code.format(lake=told.lake, table=told.table, path=str(path)) for name, code in WAYS.items()}
    times: dict[str, list[float]] = {name: [] for name in codes}
    deaths = dict.fromkeys(codes, 0)
    for _ in range(told.repetitions):
        for name, code in codes.items():
            seconds, died = measured(code)
            times[name].append(seconds)
            deaths[name] += died
    medians = {name: statistics.median(each) for name, each in times.items()}
    print(f"| {told.table} | s, median | fastest | of {BARE} |\n|---|---|---|---|")
    for name, median in medians.items():
        print(f"| {name} | {median:.3f} | {min(times[name]):.3f} | {median / medians[BARE]:.2f} |")
    for name, count in deaths.items():
        if count:
            print(f"{name}: a signal ended {count} processes, which are not counted")
    print(write("face", {"table": told.table, "seconds": times, "deaths": deaths}))


if __name__ == "__main__":
    main()
