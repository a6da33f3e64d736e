"""A thousand made data sets of 200 KB each, brought into a lake by one run: minutes, CPU seconds, and whether it slows.

python benchmarks/thousand.py [--count 1000] [--rows 2000]

Each has a declaration of its own with ten columns of all kinds and a suite, and one made file with a few bad rows. The
first half of the data sets that end is held against the second: what grows with the lake shows there.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import measured
import record
from many_small import BAD_ROWS

from lakeward.lake import delta, runs
from lakeward.lake.storage import Lake

DECLARATION = '''"""Made."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, ReplacePeriod, Source
from lakeward.quality import expect

MADE = Dataset(
    name="made.set_{number:04}",
    title="Made {number}",
    title_zh="自製 {number}",
    agency="nobody",
    source=Source(
        files="made/set_{number:04}/*.csv", licence="none", cadence="once", page="none", format=Csv(encoding="utf-8")
    ),
    combine=ReplacePeriod("seen_on", "month"),
    columns=(
        Column("case_id", "string", "number of the case", cell="案號", key=True),
        Column("seen_on", "date", "day", cell="日期", key=True),
        Column("seen_at", "timestamp", "time", cell="時間"),
        Column("county_name", "string", "county", cell="縣市", tidy=("tai",)),
        Column("place", "string", "place", cell="地點", tidy=("halfwidth",)),
        Column("amount_ntd", "bigint", "amount, NT$", cell="金額"),
        Column("rate_pct", "double", "rate, per cent", cell="比率"),
        Column("people", "int", "people", cell="人數"),
        Column("is_open", "boolean", "whether it is open", cell="開放"),
        Column("remark", "string", "remark", cell="備註"),
    ),
    suite=(
        expect.column_values_to_not_be_null("seen_on"),
        expect.column_values_to_be_between("people", 0, 500),
        expect.column_values_to_be_between("rate_pct", 0, 100, mostly=0.99, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
)
'''
HEADER = "案號,日期,時間,縣市,地點,金額,比率,人數,開放,備註\n"
COUNTIES = ("台北市", "臺中市", "高雄市", "花蓮縣", "澎湖縣")


def main(argv: Sequence[str] | None = None) -> int:
    """Make, run, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=2_000)
    told = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as folder:
        scratch = Path(folder)
        size = sum(_make(scratch, number, told.rows) for number in range(told.count))
        command = [sys.executable, "-m", "lakeward.jobs.cli", "run", "made.*", "--pipelines", str(scratch / "own")]
        command += ["--landing", str(scratch / "landing"), "--lake", str(scratch / "lake")]
        found = measured.run(command, scratch / "log", accepted=(0, *BAD_ROWS))
        nothing_new = measured.run(command, scratch / "log", accepted=(0, *BAD_ROWS))
        lake = Lake.at(str(scratch / "lake"))
        steps = sorted(runs.steps(lake), key=lambda step: step.started_at)
        written, aside = (sum(_rows(scratch / "lake" / layer)) for layer in ("silver", "quarantine"))
    made, read = told.count * told.rows, sum(step.rows_read for step in steps)
    if not made == read == written + aside:
        raise SystemExit(f"{made:,} rows were made, {read:,} read, {written:,} written, {aside:,} set aside")
    middle = len(steps) // 2
    halves = [statistics.fmean(step.seconds for step in half) for half in (steps[:middle], steps[middle:])]
    print(f"{told.count:,} made data sets of {size / told.count / 1000:.0f} KB")
    print(f"{read:,} rows read = {written:,} written + {aside:,} set aside")
    print(f"one run: {found}\nnothing new: {nothing_new}")
    print(f"seconds a data set, two side by side: {halves[0]:.2f} in the first half, {halves[1]:.2f} in the second")
    document = {"count": told.count, "rows": told.rows, "run": found, "nothing_new": nothing_new, "halves": halves}
    print(f"\nwritten: {record.write('thousand', document)}", file=sys.stderr)
    return 0


def _make(scratch: Path, number: int, rows: int) -> int:
    """Write one declaration and one file; give its bytes."""
    own, landing = scratch / "own", scratch / "landing" / "made" / f"set_{number:04}"
    own.mkdir(exist_ok=True)
    landing.mkdir(parents=True)
    (own / f"set_{number:04}.py").write_text(DECLARATION.format(number=number), "utf-8")
    draw = random.Random(number)  # noqa: S311
    lines = [HEADER]
    for row in range(rows):
        day, people = draw.randrange(1, 29), draw.randrange(400) if draw.random() > 0.002 else "很多"
        cells = (
            f"{number:04}-{row:06}", f"112/03/{day:02}", f"2023-03-{day:02} {draw.randrange(24):02}:30:00",
            draw.choice(COUNTIES), f"中正路{draw.randrange(999)}號", f'"{draw.randrange(10**6):,}"',
            f"{draw.random() * 100:.2f}", f"{people}", draw.choice("是否"), f"自製資料第{row}列",
        )  # fmt: skip
        lines.append(",".join(cells) + "\n")
    file = landing / "cases_made.csv"
    file.write_text("".join(lines), "utf-8")
    return file.stat().st_size


def _rows(layer: Path) -> Iterator[int]:
    for log in layer.glob("made/*/_delta_log"):
        yield delta.rows_of(log.parent) or 0


if __name__ == "__main__":
    raise SystemExit(main())
