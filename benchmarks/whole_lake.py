"""The whole run, from landing files to every release: wall and CPU seconds, memory at its peak, time a domain.

python benchmarks/whole_lake.py [--landing ../shared/data] [--lake FOLDER] [--limit-gib 4]

Without the agencies' files it makes a sample and runs that. It ends with 1 when memory went over the limit. Linux only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import record
from process_tree import Watch

LANDING = Path(__file__).resolve().parents[2] / "shared" / "data"
MADE_ROWS = 20_000
GIB = 2**30


def main(argv: Sequence[str] | None = None) -> int:
    """Measure one run, print tables, keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landing", type=Path, default=LANDING)
    parser.add_argument("--lake", type=Path, help="a new folder; by default one that is removed afterwards")
    parser.add_argument("--limit-gib", type=float, default=4.0)
    told = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as scratch:
        landing = told.landing if told.landing.is_dir() else _made(Path(scratch) / "landing")
        document = _measured(landing, told.lake or Path(scratch) / "lake")
    print(markdown(document))
    print(f"\nwritten: {record.write('whole-lake', document)}", file=sys.stderr)
    return int(document["peak_gib"]["all"] > told.limit_gib)


def _made(folder: Path) -> Path:
    from lakeward.pipelines.catalog import declared
    from lakeward.pipelines.dataset import Dataset
    from lakeward.pipelines.sample.folder import write

    write(folder, [each for each in declared().values() if isinstance(each, Dataset)], rows=MADE_ROWS)
    return folder


def _measured(landing: Path, lake: Path) -> dict[str, Any]:
    from lakeward.lake import runs
    from lakeward.lake.storage import Lake

    command = [sys.executable, "-m", "lakeward.jobs.cli", "run", "--landing", str(landing), "--lake", str(lake)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        watch = Watch(process.pid)
        exit_code = process.wait()
        wall = time.perf_counter() - began
        watch.stop()
    steps = runs.steps(Lake.at(str(lake)))
    peak = watch.peak
    parts = {"all": peak.bytes, "JVM": peak.jvm, "driver": peak.driver, "workers": peak.workers}
    return {
        "landing": landing.name,
        "exit_code": exit_code,
        "wall_s": round(wall, 1),
        "cpu_s": round(watch.cpu_seconds, 1),
        "peak_gib": {name: round(size / GIB, 2) for name, size in parts.items()},
        "highest_jvm_gib": round(watch.highest_jvm / GIB, 2),
        "rows_read": sum(step.rows_read for step in steps if step.table_name.startswith("silver.")),
        "settings": {name: value for name, value in os.environ.items() if name.startswith(("LAKEWARD_", "MALLOC_"))},
        "load": round(os.getloadavg()[0], 1),
        "domains": list(_domains(steps)),
    }


def _domains(steps: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Add up the steps of each domain; its tables run beside each other and beside those of others."""
    named: dict[str, list[Any]] = {}
    for step in steps:
        layer, domain, *_ = step.table_name.split(".")
        named.setdefault("gold" if layer == "gold" else domain, []).append(step)
    for domain, ours in sorted(named.items(), key=lambda pair: -sum(step.seconds for step in pair[1])):
        slowest = max(ours, key=lambda step: step.seconds)
        yield {
            "domain": domain,
            "tables": len(ours),
            "rows_read": sum(step.rows_read for step in ours),
            "seconds": round(sum(step.seconds for step in ours), 1),
            "slowest": f"{slowest.table_name} {slowest.seconds:.0f} s",
        }


def markdown(document: Mapping[str, Any]) -> str:
    """Lay the run out as two tables."""
    peak = document["peak_gib"]
    lines = [
        f"{document['rows_read']:,} rows, exit code {document['exit_code']}.",
        "",
        "| wall | CPU | peak of all | of it the JVM | driver | Python workers | the JVM's own peak |",
        "|---|---|---|---|---|---|---|",
        f"| {document['wall_s']:.0f} s | {document['cpu_s']:.0f} s | {peak['all']:.2f} GiB | {peak['JVM']:.2f} GiB "
        f"| {peak['driver']:.2f} GiB | {peak['workers']:.2f} GiB | {document['highest_jvm_gib']:.2f} GiB |",
        "",
        "| domain | tables | rows read | seconds of its tables | slowest |",
        "|---|---|---|---|---|",
    ]
    shown = "| {domain} | {tables} | {rows_read:,} | {seconds:.0f} | {slowest} |"
    return "\n".join([*lines, *(shown.format(**each) for each in document["domains"])])


if __name__ == "__main__":
    raise SystemExit(main())
