"""What a run that is told to end leaves unfinished in a folder, removed by itself while it still holds the lease."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from lakeward.lake import delta, hadoop_crc
from lakeward.lake.storage import Lake

CLOCKS_DIFFER_SECONDS = 2


def sweep(lake: Lake, tables: Iterable[str], since: float) -> None:
    """Remove data files that no commit names, and half releases; where many may write, they are for `maintain`.

    Args:
        lake: the lake, its lease held and no writer of ours alive.
        tables: by full name, those that the run wrote.
        since: when the run began, in seconds since 1970. Older files are let be.
    """
    if lake.store.is_shared:
        return
    for path in filter(Path.is_dir, map(lake.table, tables)):
        log = path / "_delta_log"
        young = [file for file in path.rglob("*") if file.is_file() and _is_young(file, since)]
        named = set(_named(path, [file for file in young if file.parent == log and file.suffix == ".json"]))
        for file in young:
            is_data = log not in file.parents and file.suffix == ".parquet" and file not in named
            if is_data or (file.parent == log and file.suffix == ".tmp"):
                file.unlink()
                hadoop_crc.beside(file).unlink(missing_ok=True)
        for folder in sorted((each for each in path.rglob("*") if each.is_dir()), reverse=True):
            _remove_empty(folder)
        _remove_empty(path)
    shutil.rmtree(lake.root / "published" / ".staging", ignore_errors=True)


def _is_young(file: Path, since: float) -> bool:
    return file.stat().st_mtime >= since - CLOCKS_DIFFER_SECONDS


def _named(path: Path, commits: Iterable[Path]) -> Iterator[Path]:
    # A commit is younger than every file that it names, so older commits name none of the young files.
    for commit in commits:
        for line in commit.read_text("utf-8").splitlines():
            action = json.loads(line)
            if added := action.get("add") or action.get("cdc"):
                yield path / delta.unquoted(added["path"])


def _remove_empty(folder: Path) -> None:
    if not next(folder.iterdir(), None):
        folder.rmdir()
