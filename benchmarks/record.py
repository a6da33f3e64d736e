"""Where the benchmarks put their numbers: JSON files outside the tree."""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any


def folder() -> Path:
    """Give the folder for results, `LAKEWARD_BENCH_DIR` or one below the system's temporary folder."""
    found = Path(os.environ.get("LAKEWARD_BENCH_DIR") or Path(tempfile.gettempdir()) / "lakeward-bench")
    found.mkdir(parents=True, exist_ok=True)
    return found


def write(name: str, content: dict[str, Any]) -> Path:
    """Write what a benchmark measured, with the machine it ran on."""
    path = folder() / f"{name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    path.write_text(json.dumps({"machine": machine, **content}, indent=1, ensure_ascii=False), encoding="utf-8")
    return path
