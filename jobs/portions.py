"""How much of bronze a task takes at once.

Typed rows wait in memory, a task's rows as one block; while it is filled nothing can push it out, and what groups the
rows finds no memory. Spark cuts files by their bytes, of which packed cells that are much alike have next to none:
of 20 million rows in a file of 116 MB all lay in two tasks, and ended a heap of 2 GB.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from lakeward.lake import delta

CELLS = 40_000_000
"""So many, typed, all tasks together hold at a time: about 440 MB, half of what a heap of 2 GB has for rows."""
OPENING = 4 << 20
"""To open one more file is as dear as so many bytes of it: Spark's own setting."""
MOST_BYTES, LEAST_BYTES = 128 << 20, 64 << 10


def portions(bronze: Path, version: int, deliveries: Collection[str], columns: int) -> dict[str, str]:
    """Give the setting by which Spark cuts some deliveries of bronze into tasks.

    Args:
        bronze: the table's folder.
        version: its version.
        deliveries: their sha256.
        columns: how many columns are made of a row.
    """
    rows = size = 0
    if opened := delta.opened(bronze, version):
        files = opened.get_add_actions(flatten=True)
        told = (files.column(name).to_pylist() for name in ("partition._sha256", "num_records", "size_bytes"))
        for sha256, count, weight in zip(*told, strict=True):
            if sha256 in deliveries:
                rows += count or 0
                size += weight + OPENING
    tasks = max(1, rows * columns * (os.cpu_count() or 1) // CELLS)
    most = min(MOST_BYTES, max(LEAST_BYTES, size // tasks))
    return {"spark.sql.files.maxPartitionBytes": str(most)}
