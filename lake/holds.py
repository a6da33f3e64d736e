"""Versions of tables that someone outside was given addresses of: their files stay until the last address has ended.

One small file for each run of versions, named by it, tells until when; `maintain` reads them.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from lakeward.lake.storage import Lake


def hold(lake: Lake, table: str, first: int, last: int, until: int) -> None:
    """Keep the files of all versions from one to another.

    Args:
        lake: the lake.
        table: its full name.
        first: the oldest version.
        last: the newest.
        until: when they are free again, in seconds since 1970.
    """
    lake.store.replace(_folder(lake, table) / f"{first}-{last}.json", json.dumps({"until": until}) + "\n")


def held(lake: Lake, table: str) -> set[int]:
    """Give the versions of a table that are kept now; what is over is forgotten."""
    folder, found = _folder(lake, table), set()
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        first, _, last = file.stem.partition("-")
        if json.loads(file.read_text("utf-8"))["until"] < time.time():
            file.unlink(missing_ok=True)
        else:
            found |= set(range(int(first), int(last) + 1))
    return found


def _folder(lake: Lake, table: str) -> Path:
    return lake.root / "_holds" / table
