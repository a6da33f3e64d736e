"""Take older versions of a table away for good: their data files, and what its log tells of their values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from lakeward.lake import delta
from lakeward.lake.store import store_of

MADE_ANEW = "takedown"
"""The note after which a table is made anew, without what was taken down."""


def purge(path: Path) -> None:
    """Keep what a table is since it was made anew, with a log that tells no values from before.

    Versions and notes stay, so that what was done can still be told. Nobody can read the older versions any more.
    """
    opened = delta.opened(path)
    if opened is None:
        return
    newest = int(opened.version())
    since = min(newest, 1 + next((version for version, note in delta.notes(path) if MADE_ANEW in note), newest))
    log = path / "_delta_log"
    commits = {int(file.name[:20]): file for file in log.glob("[0-9]*.json") if file.name[20:] == ".json"}
    kept = {str(file.relative_to(path)) for file in delta.data_files(path)}
    kept |= {name for version, file in commits.items() if version >= since for name in _named(file)}
    kept |= {str(Path(name).with_name(f".{Path(name).name}.crc")) for name in kept}
    for file in [each for each in path.rglob("*") if each.is_file() and log not in each.parents]:
        if str(file.relative_to(path)) not in kept:
            file.unlink()
    for version, commit in commits.items():
        if version < since:
            _scrub(commit)
            for file in (log / f"{version:020}.crc", log / f".{version:020}.crc.crc"):  # Delta's sums tell statistics
                file.unlink(missing_ok=True)
    _drop_checkpoints(opened, log, since)


def _actions(commit: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in commit.read_text("utf-8").splitlines()]


def _named(commit: Path) -> set[str]:
    """Name the files that a commit added, rows and changes."""
    told = (action.get("add") or action.get("cdc") for action in _actions(commit))
    return {delta.unquoted(each["path"]) for each in told if each}


def _scrub(commit: Path) -> None:
    """Take the lowest and highest values of files, and conditions on values, out of a commit."""
    actions = _actions(commit)
    for action in actions:
        for kind in ("add", "remove", "cdc"):
            action.get(kind, {}).pop("stats", None)
        action.get("commitInfo", {}).get("operationParameters", {}).pop("predicate", None)
    lines = (json.dumps(action, ensure_ascii=False, separators=(",", ":")) for action in actions)
    commit.with_name(f".{commit.name}.crc").unlink(missing_ok=True)  # Hadoop's, of the bytes as they were
    store_of(commit).replace(commit, "\n".join(lines) + "\n")


def _drop_checkpoints(opened: DeltaTable, log: Path, since: int) -> None:
    """Leave no checkpoint from before: it tells statistics too."""
    old = [file for file in log.glob("[0-9]*.checkpoint*.parquet") if int(file.name[:20]) < since]
    if old:
        opened.create_checkpoint()
    for file in old:
        file.unlink()
        file.with_name(f".{file.name}.crc").unlink(missing_ok=True)
