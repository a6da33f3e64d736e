"""One command, measured: wall and CPU seconds of it and of all it starts, memory at its peak; medians of several."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from process_tree import Watch

Result = dict[str, float]
GIB = 2**30
NAMES = ("cpu_s", "wall_s", "peak_gib")


def run(command: Sequence[str], log: Path, accepted: Sequence[int] = (0,)) -> Result:
    """Run a command to its end.

    CPU is what the kernel counts of children that were waited for, or what was seen five times a second of those that
    were not, as a driver leaves its JVM behind: the larger of the two.

    Raises:
        SystemExit: it failed; its log says why.
    """
    before, began = _of_children(), time.perf_counter()
    with log.open("wb") as told, subprocess.Popen(command, stdout=told, stderr=told) as process:
        watch = Watch(process.pid)
        exit_code = process.wait()
        wall = time.perf_counter() - began
        watch.stop()
    if exit_code not in accepted:
        raise SystemExit(f"{' '.join(command)} ended with {exit_code}:\n{log.read_text('utf-8', 'replace')[-3000:]}")
    return {
        "cpu_s": round(max(watch.cpu_seconds, _of_children() - before), 2),
        "wall_s": round(wall, 2),
        "peak_gib": round(watch.peak.bytes / GIB, 2),
        "jvm_gib": round(watch.highest_jvm / GIB, 2),
        "load": round(os.getloadavg()[0], 1),
    }


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def in_turn(ways: Mapping[str, Callable[[int], Result]], turns: int) -> dict[str, list[Result]]:
    """Measure every way so many times, A B C A B C, so that what the machine does beside hits all of them."""
    results: dict[str, list[Result]] = {name: [] for name in ways}
    for turn in range(turns):
        for name, way in ways.items():
            results[name].append(way(turn))
            print(f"{turn + 1}/{turns} {name}: {results[name][-1]}", flush=True)
    return results


def markdown(results: Mapping[str, Sequence[Result]], against: str) -> str:
    """Lay medians out as a table; ratios are of CPU seconds, which another process on the machine moves least."""
    medians = {way: {name: statistics.median(r[name] for r in rows) for name in NAMES} for way, rows in results.items()}
    lines = [
        f"| way | CPU | wall | peak memory | turns | CPU against {against} |",
        "|---|---|---|---|---|---|",
    ]
    for way, row in medians.items():
        ratio = row["cpu_s"] / medians[against]["cpu_s"]
        shown = f"{row['cpu_s']:.1f} s | {row['wall_s']:.1f} s | {row['peak_gib']:.2f} GiB | {len(results[way])}"
        lines.append(f"| {way} | {shown} | {ratio:.2f} × |")
    return "\n".join(lines)
