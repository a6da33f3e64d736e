"""Many small data sets in one run, beside a run of its own for each: CPU seconds, the same rows in every table.

python benchmarks/many_small.py [--count 20] [--rows 500] [--turns 1]

Made files. Both ways run lakeward; what differs is how often a session starts and its code is compiled.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import measured
import record
from deltalake import DeltaTable

TOGETHER, APART = "one run", "a run for each"
BAD_ROWS = 65, 66
"""Exit codes of a run that did its work and refused a made file's bad rows: they are there on purpose."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both ways in turn, hold their tables against each other, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--turns", type=int, default=1)
    told = parser.parse_args(argv)
    from lakeward.pipelines.catalog import declared
    from lakeward.pipelines.dataset import Dataset
    from lakeward.pipelines.sample.folder import write

    chosen = [each for each in declared().values() if isinstance(each, Dataset)][: told.count]
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as folder:
        scratch = Path(folder)
        made = write(scratch / "landing", chosen, rows=told.rows)
        names = [each.name for each in chosen]
        groups = {TOGETHER: [names], APART: [[name] for name in names]}
        ways = {way: partial(_measure, groups[way], scratch, scratch / way.replace(" ", "-")) for way in groups}
        results = measured.in_turn(ways, told.turns)
        rows = [_rows(scratch / way.replace(" ", "-"), names) for way in groups]
        if rows[0] != rows[1]:
            raise SystemExit(f"the tables differ in their rows: {rows}")
    print(f"\n{len(names)} data sets, {len(made)} files, {sum(rows[0].values()):,} rows written, equal in both ways.\n")
    print(measured.markdown(results, APART))
    document = {"count": len(names), "rows": rows[0], "results": results}
    print(f"\nwritten: {record.write('many-small', document)}", file=sys.stderr)
    return 0


def _measure(groups: Sequence[Sequence[str]], scratch: Path, lake: Path, _turn: int) -> measured.Result:
    shutil.rmtree(lake, ignore_errors=True)
    where = ["--landing", str(scratch / "landing"), "--lake", str(lake)]
    command = [sys.executable, "-m", "lakeward.jobs.cli", "run", *where]
    runs = [measured.run([*command, *names], scratch / "log", accepted=(0, *BAD_ROWS)) for names in groups]
    total = {name: sum(run[name] for run in runs) for name in ("cpu_s", "wall_s")}
    return {**{name: max(run[name] for run in runs) for name in runs[0]}, **total}


def _rows(lake: Path, names: Sequence[str]) -> dict[str, int]:
    paths = {name: lake / "silver" / Path(*name.split(".")) for name in names}
    return {name: DeltaTable(path).to_pyarrow_dataset().count_rows() for name, path in paths.items() if path.exists()}


if __name__ == "__main__":
    raise SystemExit(main())
