"""What checking costs: Great Expectations, lakeward alone, lakeward within the write, the bare write, cuallee.

python benchmarks/quality.py [--rows 2000000] [--repetitions 5] [--ways bare,fused,…] [--suites 12,40] [--keep FOLDER]

All ways read the same Parquet files, A B C A B C. Their verdicts are held against each other, and the tables they write
against the rows they read. The turn before the first warms the JVM on one of the files. GX, the slow one, is measured
in the first turns only (`--slow`). Seconds are of the clock and, where others use the machine too, better of the CPU.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import record
import rivals
import suites

from lakeward.lake import delta
from lakeward.lake.staged import INDEXED, staged
from lakeward.quality.engine import Checks
from lakeward.quality.expect import Expectation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Verdicts = list[bool] | None
WAYS = {
    "bare": "bare Delta write",
    "fused": "lakeward within the Delta write",
    "ours": "lakeward alone",
    "gx": "GX on Spark, BOOLEAN_ONLY",
    "gx_summary": "GX on Spark, SUMMARY",
    "cuallee": "cuallee",
}
SLOW = ("gx", "gx_summary")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table, keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--slow", type=int, default=2, help="turns in which GX is measured")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--suites", default="12,40,unique", help="12, 40, and both with uniqueness")
    parser.add_argument("--keep", type=Path, help="where the rows stay for a next run, so that it reads the same files")
    told = parser.parse_args(argv)
    os.environ.setdefault("LAKEWARD_JVM", "steady")
    from lakeward.lake.session import session

    spark = session("bench")
    ways, skipped = told.ways.split(","), {}
    if "cuallee" in ways and importlib.util.find_spec("cuallee") is None:
        ways.remove("cuallee")
        skipped["cuallee"] = "not installed: pip install cuallee"
    skipped["PyDeequ"] = rivals.NO_DEEQU
    chosen = {
        name: suite for name, suite in suites.suites().items()
        if name in told.suites.split(",") or ("unique" in name and "unique" in told.suites.split(","))
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as scratch:
        source = (told.keep or Path(scratch)) / f"rows-{told.rows}"
        if not (source / "_SUCCESS").is_file():
            suites.make(spark, told.rows, source)
        import_s = _seconds(lambda: __import__("great_expectations")) if set(ways) & set(SLOW) else None
        bench = _Bench(spark, source, Path(scratch), ways, told.slow)
        results = {name: bench.suite(name, suite, told.repetitions) for name, suite in chosen.items()}
    document = {"rows": told.rows, "gx_import_s": import_s, "skipped": skipped, "suites": results}
    print(markdown(document))
    print(f"\nwritten: {record.write('quality', document)}", file=sys.stderr)
    return 0


class _Bench:
    """One session, one source, and how each way reads it."""

    def __init__(self, spark: SparkSession, source: Path, scratch: Path, ways: Sequence[str], slow: int) -> None:
        self.spark, self.target, self.ways, self.slow = spark, scratch / "table", ways, slow
        self.files = sorted(map(str, source.glob("*.parquet")))
        self.run: Mapping[str, Callable[[DataFrame, Sequence[Expectation]], Verdicts]] = {
            "bare": self._bare,
            "fused": self._fused,
            "ours": lambda frame, suite: [each.success for each in Checks.for_frame(suite, frame.schema).run(frame)],
            "gx": lambda frame, suite: rivals.gx(frame, suite, "BOOLEAN_ONLY"),
            "gx_summary": lambda frame, suite: rivals.gx(frame, suite, "SUMMARY"),
            "cuallee": rivals.cuallee,
        }

    def suite(self, name: str, suite: Sequence[Expectation], repetitions: int) -> dict[str, list[dict[str, Any]]]:
        """Measure one suite; the first turn, of the fast ways on one file, only warms the JVM and does not count."""
        found: dict[str, list[dict[str, Any]]] = {way: [] for way in self.ways}
        for turn in range(repetitions + 1):
            for way in self.ways:
                if way in SLOW and not 0 < turn <= self.slow:
                    continue
                measured = self._measured(way, suite, self.files if turn else self.files[:1])
                print(f"{name}: {turn}/{repetitions} {way}: {measured}", file=sys.stderr, flush=True)
                if turn:
                    found[way].append(measured)
        _agree(name, found)
        return found

    def _measured(self, way: str, suite: Sequence[Expectation], files: Sequence[str]) -> dict[str, Any]:
        pools = self.spark._jvm.java.lang.management.ManagementFactory.getMemoryPoolMXBeans()  # type: ignore[union-attr]
        self.spark._jvm.java.lang.System.gc()  # type: ignore[union-attr]
        for pool in pools:
            pool.resetPeakUsage()
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        frame = self.spark.read.parquet(*files)
        verdicts: list[Verdicts] = []
        before = record.cpu_seconds()
        seconds = _seconds(lambda: verdicts.append(self.run[way](frame, suite)))
        cpu = record.cpu_seconds() - before
        heap = sum(pool.getPeakUsage().getUsed() for pool in pools if str(pool.getType()) == "Heap memory")
        status = Path("/proc/self/status").read_text("ascii").splitlines()
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        self._compared(frame)
        return {
            "seconds": round(seconds, 3), "cpu_s": round(cpu, 2), "verdicts": verdicts[0], "heap_mib": heap >> 20,
            "python_mib": peak >> 10, "load": round(os.getloadavg()[0], 1),
        }  # fmt: skip

    def _bare(self, frame: DataFrame, suite: Sequence[Expectation]) -> None:
        delta.commit(frame, self.target, step="bench", about="bench", note={}, mode="overwrite")

    def _fused(self, frame: DataFrame, suite: Sequence[Expectation]) -> Verdicts:
        checks = Checks.for_frame(suite, frame.schema)
        watched = checks.watched(frame, frame.columns[:INDEXED])
        with staged(watched.frame, self.target, step="bench", about="bench", mode="overwrite") as written:
            results = checks.after(written.frame(), watched.known(written.missing, written.statistics))
            written.commit({})
        return [each.success for each in results]

    def _compared(self, frame: DataFrame) -> None:
        """Hold a table that was written against the rows that were read, and remove it."""
        if not self.target.exists():
            return
        table = self.spark.read.format("delta").load(str(self.target))
        if table.schema != frame.schema or _told(table) != _told(frame):
            raise SystemExit("a written table is not what was read")
        shutil.rmtree(self.target)


def _told(frame: DataFrame) -> Any:
    """Give the number of rows and a sum that any other value in them would change."""
    from pyspark.sql import functions as F

    return frame.agg(F.count("*"), F.sum(F.xxhash64(*frame.columns).cast("decimal(38,0)"))).first()


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _agree(name: str, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Hold the verdicts of GX's words against each other; cuallee has words of its own."""
    told = {way: each["verdicts"] for way, runs in found.items() for each in runs if way not in ("bare", "cuallee")}
    if len({tuple(verdicts) for verdicts in told.values()}) > 1:
        raise SystemExit(f"{name}: the verdicts differ: {told}")


def markdown(document: Mapping[str, Any]) -> str:
    """Lay the medians out as a table."""
    lines = [
        f"{document['rows']:,} rows; medians. GX's import, once a process: {document['gx_import_s'] or 0:.1f} s.",
        "",
        "| expectations | way | seconds | CPU seconds | over the bare write, CPU | JVM heap, MiB | Python, MiB | n |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, found in document["suites"].items():
        measured = {way: runs for way, runs in found.items() if runs}
        medians = {way: _medians(runs, "seconds", "cpu_s") for way, runs in measured.items()}
        for way, (seconds, cpu) in medians.items():
            over = f"{100 * (cpu / medians['bare'][1] - 1):+.0f} %" if way == "fused" and "bare" in medians else ""
            heap, python = (max(r[key] for r in found[way]) for key in ("heap_mib", "python_mib"))
            said = (name, WAYS[way], f"{seconds:.2f}", f"{cpu:.2f}", over, heap, python, len(found[way]))
            lines.append(f"| {' | '.join(map(str, said))} |")
    return "\n".join([*lines, "", *(f"Left out: {way}: {why}." for way, why in document["skipped"].items())])


def _medians(runs: Sequence[Mapping[str, Any]], *names: str) -> list[float]:
    return [statistics.median(each[name] for each in runs) for name in names]


if __name__ == "__main__":
    raise SystemExit(main())
