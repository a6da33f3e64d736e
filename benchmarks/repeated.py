"""A run of many small files, the same with nothing new, and with one new file: the price of what did not change.

python benchmarks/repeated.py [--files 1000] [--rows 100] [--turns 5] [--new 1]

Made files of one data set. The run with nothing new must start no JVM; the one new file's rows, and no others, must be
added.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import measured
import record
from bikes import landing
from deltalake import DeltaTable

TABLE = "traffic.bike_availability"
FULL, NOTHING, ONE = "all files, a new lake", "nothing new", "one new file"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the runs on one lake, check what they wrote, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=100, help="of each file")
    parser.add_argument("--turns", type=int, default=5, help="of the run with nothing new")
    parser.add_argument("--new", type=int, default=1, help="turns of the run with one new file")
    told = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as folder:
        scratch = Path(folder)
        files, lake = scratch / "landing", scratch / "lake"
        command = [
            sys.executable,
            "-m",
            "lakeward.jobs.cli",
            "run",
            TABLE,
            "--landing",
            str(files),
            "--lake",
            str(lake),
        ]
        table = lake / "silver" / Path(*TABLE.split("."))

        def run(begin: int, count: int) -> measured.Result:
            landing.small(files, count, told.rows, begin)
            found = measured.run(command, scratch / "log")
            held = DeltaTable(table).to_pyarrow_dataset().count_rows()
            if held != (begin + count) * told.rows:
                raise SystemExit(f"{TABLE} holds {held:,} rows of {(begin + count) * told.rows:,}")
            print(f"{begin} + {count} files: {found}", flush=True)
            return found

        results = {FULL: [run(0, told.files)], NOTHING: [run(told.files, 0) for _ in range(told.turns)]}
        results[ONE] = [run(told.files + n, 1) for n in range(told.new)]
    if any(each["jvm_gib"] for each in results[NOTHING]):
        raise SystemExit("a run with nothing new started a JVM")
    print(f"\n{told.files:,} files of {told.rows:,} rows. With nothing new no JVM was started.\n")
    print(measured.markdown(results, FULL))
    document = {"files": told.files, "rows": told.rows, "results": results}
    print(f"\nwritten: {record.write('repeated', document)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
