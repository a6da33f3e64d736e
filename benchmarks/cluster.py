"""The same job on a folder, on Ceph, and on Ceph with a Spark cluster of one and of two workers; same figures demanded.

python benchmarks/cluster.py [TABLE]... [--landing ../shared/data] [--ways folder Ceph "1 worker" "2 workers"]
                             [--against LAKE]

`make cluster-up` must have been. The first way is what the others are held against, or, with --against, a lake that is
there. It ends with 1 where a table's rows differ. Two cores serve the driver, the workers and the store alike.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import record

ROOT = Path(__file__).resolve().parents[1]
LANDING = ROOT.parent / "shared" / "data"
MAIN = "gold.road_safety_weather"
WAYS = ("folder", "Ceph", "1 worker", "2 workers")
GOOD = (0, 65)
"""Of the agencies' own files some cannot be used, wherever the lake is."""
DIGITS = 9
"""Sums of doubles depend on the order of their parts, which differs with the number of tasks."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run every way in turn, print a table, keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=[MAIN])
    parser.add_argument("--landing", type=Path, default=LANDING)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--against", help="a lake whose tables the others' must equal")
    told = parser.parse_args(argv)
    os.environ |= _cluster()
    with tempfile.TemporaryDirectory(prefix="lakeward-bench-") as scratch:
        landing = told.landing if told.landing.is_dir() else _made(Path(scratch) / "landing", told.tables)
        document = _measured(told.tables, landing, told.ways, told.against, Path(scratch))
    print(markdown(document))
    print(f"\nwritten: {record.write('cluster', document)}", file=sys.stderr)
    return int(any(way["differ"] or way["exit_code"] not in GOOD for way in document["ways"]))


def _cluster() -> dict[str, str]:
    command = [sys.executable, str(ROOT / "deploy" / "ceph-dev"), "env"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(shlex.split(line)[1].split("=", 1) for line in told.splitlines())


def _made(folder: Path, tables: Sequence[str]) -> Path:
    subprocess.run([*_lakeward("sample"), str(folder), *tables, "--rows", "2000"], check=True)
    return folder


def _lakeward(verb: str) -> list[str]:
    return [sys.executable, "-m", "lakeward.jobs.cli", verb]


def _measured(
    tables: Sequence[str], landing: Path, ways: Sequence[str], against: str | None, scratch: Path
) -> dict[str, Any]:
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared, select

    wanted = [name for name in select(declared(), tables) if name.startswith("gold.")]
    told: list[dict[str, Any]] = []
    standard = against and Lake.at(against)
    for way in ways:
        lake = (
            str(scratch / "lake") if way == "folder" else f"s3a://{os.environ['LAKEWARD_CLUSTER_BUCKET']}/{uuid4().hex}"
        )
        master = ["--master", os.environ["LAKEWARD_CLUSTER_MASTER"]] if "worker" in way else []
        one = ["--conf", "spark.cores.max=1"] if way == "1 worker" else []
        began = time.perf_counter()
        command = [*_lakeward("run"), *tables, "--landing", str(landing), "--lake", lake, *master, *one]
        exit_code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode
        wall = time.perf_counter() - began
        standard = standard or Lake.at(lake)
        differ = [name for name in wanted if _rows(Lake.at(lake), name) != _rows(standard, name)]
        told.append({"way": way, "wall_s": round(wall, 1), "exit_code": exit_code, "differ": differ})
    return {
        "landing": landing.name,
        "tables": len(wanted),
        "rows": sum(len(_rows(standard, name)) for name in wanted) if standard else 0,
        "ways": told,
        "load": round(os.getloadavg()[0], 1),
    }


def _rows(lake: Any, table: str) -> list[tuple[str, ...]]:
    from lakeward.lake import delta

    opened = delta.opened(lake.table(table))
    if opened is None:
        return []
    rows = opened.to_pyarrow_table()
    names = sorted(rows.column_names)
    return sorted(tuple(_said(row[name]) for name in names) for row in rows.to_pylist())


def _said(value: object) -> str:
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)


def markdown(document: Mapping[str, Any]) -> str:
    """Lay the ways out as a table."""
    first = document["ways"][0]["wall_s"]
    lines = [
        f"{document['tables']} gold tables of {document['rows']:,} rows.",
        "",
        "| way | wall | against the first | tables that differ | exit code |",
        "|---|---|---|---|---|",
    ]
    for each in document["ways"]:
        ratio, differ = each["wall_s"] / first, ", ".join(each["differ"]) or "none"
        lines.append(f"| {each['way']} | {each['wall_s']:.0f} s | {ratio:.2f} | {differ} | {each['exit_code']} |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
