"""What checking costs: Great Expectations, lakeward alone, lakeward within the write, the bare write, cuallee.

python benchmarks/quality.py [--rows 2000000] [--repetitions 5] [--ways bare,fused,…] [--suites 12,40]

All ways read the same Parquet files, A B C A B C, and their verdicts are held against each other. GX, the slow one,
is measured in the first turns only (`--slow`).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
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
from lakeward.lake.staged import staged
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
        source = Path(scratch) / "rows"
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
        self.spark, self.source, self.scratch, self.ways, self.slow = spark, source, scratch, ways, slow
        self.run: Mapping[str, Callable[[DataFrame, Sequence[Expectation]], Verdicts]] = {
            "bare": self._bare,
            "fused": self._fused,
            "ours": lambda frame, suite: [each.success for each in Checks.for_frame(suite, frame.schema).run(frame)],
            "gx": lambda frame, suite: rivals.gx(frame, suite, "BOOLEAN_ONLY"),
            "gx_summary": lambda frame, suite: rivals.gx(frame, suite, "SUMMARY"),
            "cuallee": rivals.cuallee,
        }

    def suite(self, name: str, suite: Sequence[Expectation], repetitions: int) -> dict[str, list[dict[str, Any]]]:
        """Measure one suite; the first turn of the fast ways only warms the JVM and does not count."""
        found: dict[str, list[dict[str, Any]]] = {way: [] for way in self.ways}
        for turn in range(repetitions + 1):
            for way in self.ways:
                if way in SLOW and not 0 < turn <= self.slow:
                    continue
                measured = self._measured(way, suite)
                print(f"{name}: {turn}/{repetitions} {way}: {measured}", file=sys.stderr, flush=True)
                if turn:
                    found[way].append(measured)
        _agree(name, found)
        return found

    def _measured(self, way: str, suite: Sequence[Expectation]) -> dict[str, Any]:
        pools = self.spark._jvm.java.lang.management.ManagementFactory.getMemoryPoolMXBeans()  # type: ignore[union-attr]
        self.spark._jvm.java.lang.System.gc()  # type: ignore[union-attr]
        for pool in pools:
            pool.resetPeakUsage()
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        frame = self.spark.read.parquet(str(self.source))
        verdicts: list[Verdicts] = []
        seconds = _seconds(lambda: verdicts.append(self.run[way](frame, suite)))
        heap = sum(pool.getPeakUsage().getUsed() for pool in pools if str(pool.getType()) == "Heap memory")
        status = Path("/proc/self/status").read_text("ascii").splitlines()
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        return {
            "seconds": round(seconds, 3), "verdicts": verdicts[0], "heap_mib": heap >> 20, "python_mib": peak >> 10,
            "load": round(os.getloadavg()[0], 1),
        }  # fmt: skip

    def _bare(self, frame: DataFrame, suite: Sequence[Expectation]) -> None:
        delta.commit(frame, self._target(), step="bench", about="bench", note={}, mode="overwrite")

    def _fused(self, frame: DataFrame, suite: Sequence[Expectation]) -> Verdicts:
        checks = Checks.for_frame(suite, frame.schema)
        watched = checks.watched(frame)
        with staged(watched.frame, self._target(), step="bench", about="bench", mode="overwrite") as written:
            results = checks.after(written.frame(), watched.seen())
            written.commit({})
        return [each.success for each in results]

    def _target(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.scratch)) / "table"


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
        "| expectations | way | seconds | over the bare write | JVM heap, peak MiB | Python, peak MiB | n |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, found in document["suites"].items():
        medians = {way: statistics.median(r["seconds"] for r in runs) for way, runs in found.items() if runs}
        for way, seconds in medians.items():
            over = f"{100 * (seconds / medians['bare'] - 1):+.0f} %" if way == "fused" and "bare" in medians else ""
            heap, python = (max(r[key] for r in found[way]) for key in ("heap_mib", "python_mib"))
            lines.append(f"| {name} | {WAYS[way]} | {seconds:.2f} | {over} | {heap} | {python} | {len(found[way])} |")
    return "\n".join([*lines, "", *(f"Left out: {way}: {why}." for way, why in document["skipped"].items())])


if __name__ == "__main__":
    raise SystemExit(main())
