"""Commits that a power cut tore: found before a run plans anything, and taken back where nobody was promised them.

A zero-length newest commit makes every Delta reader fall back by one version and say nothing; a torn one makes them
fail. What `_runs`, a note of a table further on, or a release names was on disk before it was named: if that is torn,
the disk lost it, and the run stops. What nothing names was never acknowledged: torn, it is taken back and the run makes
it again; whole, it is forced to disk before anything is built on it, for the run that wrote it died before it could.

In an object store a commit is whole or not there, and nothing is mended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lakeward.lake import delta, hadoop_crc, ledger, release, runs
from lakeward.lake.disk import persist
from lakeward.lake.errors import LakewardError
from lakeward.lake.storage import Lake

PARQUET_END = b"PAR1"


class TornCommit(LakewardError):
    """A commit that was acknowledged is not whole any more: a disk or a hand did that, no crash of ours."""


def mend(lake: Lake, datasets: Iterable[str], curated: Iterable[str]) -> dict[str, str]:
    """Make the newest commit of every table whole, or take it back; call it with the lease held, before planning.

    Args:
        lake: the lake.
        datasets: data sets, by name (`police.fatal_crashes`).
        curated: curated tables, by name (`gold.x`).

    Returns:
        What was taken back, in words, by the table's full name.

    Raises:
        TornCommit: an acknowledged commit is torn.
    """
    if lake.store.is_shared:
        return {}
    said: dict[str, str] = {}
    for log in sorted(lake.root.glob("_*/_delta_log")):  # our own records: nothing names their versions
        _mend(lake, log.parent.name, -1, said)
    acknowledged = _acknowledged(lake)
    for name in curated:
        _mend(lake, name, max(acknowledged.get(name, -1), _released(lake, name)), said)
    built_on = _built_on(lake)
    for name in datasets:
        silver, bronze = f"silver.{name}", f"bronze.{name}"
        _mend(lake, silver, max(acknowledged.get(silver, -1), built_on.get(silver, -1)), said)
        _mend(lake, bronze, int(delta.note_of(lake.table(silver)).get("bronze", -1)), said)
        quarantine = f"quarantine.{name}"
        newest = delta.version_of(lake.table(quarantine))
        if newest is not None:
            _mend(lake, quarantine, -1 if _is_pending(lake, name) else newest, said)
    return said


def fault(path: Path, version: int, *, closely: bool) -> str:
    """Say in words what is torn about a commit; empty when it is whole.

    Args:
        path: the table's folder.
        version: the commit.
        closely: compare every byte it wrote with Hadoop's checksums, where there are any, not only sizes.
    """
    log = path / "_delta_log" / f"{version:020}.json"
    if told := _log_fault(log):
        return told
    actions = [json.loads(line) for line in log.read_bytes().splitlines()]
    return next(filter(None, (_file_fault(path, action.get("add"), closely=closely) for action in actions)), "")


def _log_fault(log: Path) -> str:
    content = log.read_bytes()
    if not content.strip():
        return "its log is empty"
    try:
        for line in content.splitlines():
            json.loads(line)
    except ValueError:
        return "its log ends in the middle"
    return "" if hadoop_crc.agrees(log) else "its log differs from its checksum"


def _file_fault(path: Path, added: dict[str, Any] | None, *, closely: bool) -> str:
    if not added:
        return ""
    file = path / delta.unquoted(added["path"])
    if not file.is_file():
        return f"{added['path']} is missing"
    if file.stat().st_size != added["size"]:
        return f"{added['path']} has {file.stat().st_size} of {added['size']} bytes"
    if closely and not (_ends_well(file) and hadoop_crc.agrees(file)):
        return f"{added['path']} is not what was written"
    return ""


def _mend(lake: Lake, table: str, promised: int, said: dict[str, str]) -> None:
    path = lake.table(table)
    version = delta.version_of(path)
    if version is None:
        return
    is_promised = version <= promised
    told = fault(path, version, closely=not is_promised)
    if told and is_promised:
        raise TornCommit(
            f"version {version} of {table} is torn: {told}",
            remedy=_remedy(lake, table),
            table=table,
            version=version,
        )
    if told:
        _take_back(path, version)
        said[table] = f"version {version} was torn by a power cut before anyone was told of it ({told}): taken back"
    elif not is_promised:
        persist(delta.files_of(path, version))


def _remedy(lake: Lake, table: str) -> str:
    back = f"put the files of {lake.table(table)} back from a backup; releases are as they were"
    if table.startswith("silver."):
        return f"{back}. Or move that folder away: the next run makes it anew from bronze"
    return back


def _take_back(path: Path, version: int) -> None:
    log = path / "_delta_log"
    hints = [log / "_last_checkpoint", log / "._last_checkpoint.crc"]
    for file in [file for file in log.iterdir() if f"{version:020}." in file.name] + hints:
        file.unlink(missing_ok=True)
    persist([log])


def _acknowledged(lake: Lake) -> dict[str, int]:
    newest: dict[str, int] = {}
    for step in runs.steps(lake):
        if step.version_after is not None:
            newest[step.table_name] = max(newest.get(step.table_name, -1), step.version_after)
    return newest


def _released(lake: Lake, table: str) -> int:
    return max((int(each["source"]["version"]) for each in release.manifests(lake.releases(table))), default=-1)


def _built_on(lake: Lake) -> dict[str, int]:
    """Give the newest version of each table that any curated table says it was built from."""
    newest: dict[str, int] = {}
    folder = lake.table("gold")
    for path in folder.iterdir() if folder.is_dir() else ():
        version = delta.version_of(path)
        if version is None or _log_fault(path / "_delta_log" / f"{version:020}.json"):
            continue  # a table that this run does not touch
        for name, built in delta.note_of(path).get("inputs", {}).items():
            newest[name] = max(newest.get(name, -1), built)
    return newest


def _is_pending(lake: Lake, dataset: str) -> bool:
    """True when the run will validate a delivery of the data set anew, and write its quarantine again."""
    bronze = lake.table(f"bronze.{dataset}")
    note = delta.note_of(lake.table(f"silver.{dataset}"))
    seen = delta.partitions_of(bronze, "_sha256", int(note["bronze"])) if note else set()
    refused = {entry.sha256 for entry in ledger.entries(lake) if entry.dataset == dataset and entry.status == "refused"}
    return bool(delta.partitions_of(bronze, "_sha256") - seen - refused)


def _ends_well(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(-len(PARQUET_END), 2)
        return stream.read() == PARQUET_END
