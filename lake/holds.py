"""Versions of tables that someone outside was given addresses of: their files stay until the last address has ended.

One small file for each run of versions, named by it and by the process that gave the addresses, tells until when;
`maintain` reads them. Several servers may stand over one lake, and none writes another's file.
"""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path

from lakeward.lake.storage import Lake

US = secrets.token_hex(4)
"""This process, in the names of its files."""


def hold(lake: Lake, table: str, first: int, last: int, until: int) -> None:
    """Keep the files of all versions from one to another.

    Args:
        lake: the lake.
        table: its full name.
        first: the oldest version.
        last: the newest.
        until: when they are free again, in seconds since 1970.
    """
    lake.store.replace(_folder(lake, table) / f"{first}-{last}@{US}.json", json.dumps({"until": until}) + "\n")


def held(lake: Lake, table: str) -> set[int]:
    """Give the versions of a table that are kept now."""
    runs = (file.stem.partition("@")[0].partition("-") for file in _files(lake, table) if not _is_over(file))
    return {version for first, _, last in runs for version in range(int(first), int(last) + 1)}


def forget(lake: Lake, table: str) -> None:
    """Remove what is over."""
    for file in _files(lake, table):
        if _is_over(file):
            file.unlink(missing_ok=True)


def _is_over(file: Path) -> bool:
    return bool(json.loads(file.read_text("utf-8"))["until"] < time.time())


def _files(lake: Lake, table: str) -> list[Path]:
    folder = _folder(lake, table)
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def _folder(lake: Lake, table: str) -> Path:
    return lake.root / "_holds" / table
