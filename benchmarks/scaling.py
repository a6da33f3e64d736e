"""What one machine's rates say of many: a run's tasks replayed on more cores, and time and energy of a large lake.

python benchmarks/scaling.py [--landing ../shared/data] [--terabytes 100] [--nodes 1 10 100 1000]

Runs the bike readings on one core and on two, with Spark's event log kept, and runs of few and of many small files.
The replay of the first must foretell the second: it ends with 1 where it is off by more than a third. Linux only.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import measured
import record
import replay
from bikes import landing

TABLE = "traffic.bike_availability"
AGENCY = Path(__file__).parents[2] / "shared" / "data"
CORES = 16
FEW, MANY = 50, 350
SMALL_ROWS = 20
TOLERANCE = 1 / 3
LOG_S = 30


@dataclass(frozen=True, slots=True)
class Rates:
    """What was measured on one core.

    Args:
        task_s_per_gb: seconds of tasks for a gigabyte of delivered text.
        longest_s: the longest task of each stage, added up: a run is no shorter.
        driver_s: seconds in which only the driver works, whatever there is to do.
        driver_s_per_delivery: what each delivery adds to them.
        gb_per_delivery: of text.
    """

    task_s_per_gb: float
    longest_s: float
    driver_s: float
    driver_s_per_delivery: float
    gb_per_delivery: float

    def parts(self, gigabytes: float, cores: int) -> tuple[float, float]:
        """Give the seconds that tasks take on so many cores, and those that the driver takes alone."""
        deliveries = gigabytes / self.gb_per_delivery
        tasks = max(self.longest_s, gigabytes * self.task_s_per_gb / cores)
        return tasks, self.driver_s + deliveries * self.driver_s_per_delivery


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, replay, foretell; print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landing", type=Path, default=AGENCY)
    parser.add_argument("--terabytes", type=float, default=100)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--watts", type=float, help="of a core at work, with its share of the machine; none is guessed")
    told = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as folder:
        scratch = Path(folder)
        files = scratch / "days"
        gigabytes = landing.write(files, told.landing) / 1e9
        count = sum(1 for path in files.rglob("*") if path.is_file())
        one = _run(files, scratch / "one", "local[1]")
        two = _run(files, scratch / "two", "local[2]")
        few, many = (_small(scratch / str(files), files) for files in (FEW, MANY))
    foretold = one.driver_s + replay.replayed(one.stages, 2)
    off = abs(foretold - two.wall_s) / two.wall_s
    per_delivery = max(0.0, (many.driver_s - few.driver_s) / (MANY - FEW))
    rates = Rates(
        one.task_s / gigabytes,
        sum(map(max, one.stages)),
        max(0.0, few.driver_s - FEW * per_delivery),
        per_delivery,
        gigabytes / count,
    )
    print(f"\n{gigabytes * 1000:.0f} MB of text in {count} deliveries, on one core: {one.wall_s:.0f} s, of which")
    print(
        f"{one.driver_s:.0f} s without a task. On two cores {foretold:.0f} s are foretold, {two.wall_s:.0f} s measured."
    )
    print(f"\n{asdict(rates)}\n")
    print(_against_replay(one, rates, count))
    print()
    print("\n".join(_table(rates, told.terabytes, told.nodes, told.watts)))
    document = {"rates": asdict(rates), "foretold_s": foretold, "measured_s": two.wall_s, "stages": one.stages}
    print(f"\nwritten: {record.write('scaling', document)}", file=sys.stderr)
    return int(off > TOLERANCE)


def _run(files: Path, lake: Path, master: str) -> replay.Recorded:
    command = [sys.executable, "-m", "lakeward.jobs.cli", "run", TABLE, "--landing", str(files), "--lake", str(lake)]
    os.environ |= {"LAKEWARD_EVENT_LOG": "1", "LAKEWARD_MASTER": master, "LAKEWARD_SHUFFLE_PARTITIONS": "4"}
    result = measured.run(command, lake.with_suffix(".log"), accepted=(0, 65, 66))
    until = time.monotonic() + LOG_S
    while not (logs := list((lake / "_logs" / "spark").glob("*.zstd"))) and time.monotonic() < until:
        time.sleep(0.2)  # the driver has ended before its JVM, which writes the log's end
    (log,) = logs
    print(f"{master}, {files.name}: {result}", flush=True)
    return replay.recorded(log)


def _small(folder: Path, files: int) -> replay.Recorded:
    landing.small(folder / "landing", files, SMALL_ROWS)
    return _run(folder / "landing", folder / "lake", "local[1]")


def _against_replay(one: replay.Recorded, rates: Rates, count: int) -> str:
    """Hold the model's seconds of tasks against the replay of the measured ones, each so many times."""
    lines = ["| deliveries | cores | model | replay |", "|---|---|---|---|"]
    for times, cores in ((1, 4), (10, 16), (100, 160), (1000, 1600), (1000, 160)):
        began = time.perf_counter()
        found = replay.replayed(one.stages, cores, times)
        model = rates.parts(times * count * rates.gb_per_delivery, cores)[0]
        print(f"replayed {times} times in {time.perf_counter() - began:.1f} s", file=sys.stderr)
        lines.append(f"| {times * count:,} | {cores:,} | {model:,.0f} s | {found:,.0f} s |")
    return "\n".join(lines)


def _table(rates: Rates, terabytes: float, nodes: Sequence[int], watts: float | None) -> Iterator[str]:
    used = terabytes * 1000 * rates.task_s_per_gb / 3600
    energy = f", {used * watts / 1000:,.0f} kWh at {watts:g} W a core" if watts else ""
    yield f"{terabytes:g} TB of text, nodes of {CORES} cores; tasks take {used:,.0f} core-hours{energy}:"
    yield ""
    yield "| nodes | tasks | driver alone | first bottleneck |"
    yield "|---|---|---|---|"
    for count in nodes:
        tasks, driver = rates.parts(terabytes * 1000, count * CORES)
        first = "cores" if tasks > driver else "the driver: what it does for each delivery"
        yield f"| {count:,} | {_hours(tasks)} | {_hours(driver)} | {first} |"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} h"


if __name__ == "__main__":
    raise SystemExit(main())
