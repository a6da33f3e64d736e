"""Where the benchmarks put their numbers: JSON files outside the tree."""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any


def folder() -> Path:
    """Give the folder for results, `LAKEWARD_BENCH_DIR` or one below the system's temporary folder."""
    found = Path(os.environ.get("LAKEWARD_BENCH_DIR") or Path(tempfile.gettempdir()) / "lakeward-bench")
    found.mkdir(parents=True, exist_ok=True)
    return found


def cpu_seconds() -> float:
    """Give the CPU time, in seconds, of this process and all below it: the driver's JVM, Python workers.

    On a machine that others use it says more than the clock does.
    """
    found = {process: (parent, ticks) for process, parent, ticks in _processes()}

    def is_ours(process: int) -> bool:
        return process == os.getpid() or (process in found and is_ours(found[process][0]))

    return sum(ticks for process, (_, ticks) in found.items() if is_ours(process)) / os.sysconf("SC_CLK_TCK")


def _processes() -> Iterator[tuple[int, int, int]]:
    """Give every process, its parent and its clock ticks; those of children that ended are their parent's."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            yield int(stat.parent.name), int(fields[1]), sum(map(int, fields[11:15]))


def write(name: str, content: dict[str, Any]) -> Path:
    """Write what a benchmark measured, with the machine it ran on."""
    path = folder() / f"{name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    path.write_text(json.dumps({"machine": machine, **content}, indent=1, ensure_ascii=False), encoding="utf-8")
    return path
