"""A Delta log as a recipient may ask for it: snapshots and commits with their actions as they were written.

deltalake opens tables and counts rows, but hands out neither deletion vectors, removed files nor change files, and it
refuses to open tables that need features it lacks; the delta response format is these actions themselves. So they are
read here, from checkpoints and commits, which never change once written.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from lakeward.lake import delta

Action = dict[str, Any]
COMMIT = re.compile(r"(\d{20})\.json")
CHECKPOINT = re.compile(r"(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet")
KEPT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A table at one version.

    Args:
        version: which.
        protocol: what readers must be able to do, as in the log.
        metadata: the table's, as in the log.
        files: its `add` actions, in the order in which they were added.
    """

    version: int
    protocol: Action
    metadata: Action
    files: tuple[Action, ...]

    @property
    def configuration(self) -> Mapping[str, str]:
        """The table's properties."""
        return self.metadata.get("configuration") or {}

    @property
    def has_feed(self) -> bool:
        """True when changes of this version are recorded row by row."""
        return self.configuration.get("delta.enableChangeDataFeed", "").lower() == "true"


@dataclass(slots=True)
class _State:
    protocol: Action
    metadata: Action
    files: dict[tuple[str, str], Action]

    def apply(self, actions: Iterable[Action]) -> None:
        actions = list(actions)
        for action in actions:  # a commit that replaces a file's deletion vector removes and adds it
            if removed := action.get("remove"):
                self.files.pop(key_of(removed), None)
        for action in actions:
            if added := action.get("add"):
                self.files[key_of(added)] = added
            self.protocol = action.get("protocol") or self.protocol
            self.metadata = action.get("metaData") or self.metadata


def key_of(file: Action) -> tuple[str, str]:
    """Name a file of a log: its path and the deletion vector that it has."""
    vector = file.get("deletionVector")
    if not vector:
        return file["path"], ""
    return file["path"], f"{vector['storageType']}{vector['pathOrInlineDv']}@{vector.get('offset') or 0}"


class Log:
    """One table's log, with what was read of it lately; any number of threads may ask.

    Args:
        path: the table's folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log = path / "_delta_log"
        self._lock = RLock()
        self._newest: int | None = None
        self._seen: tuple[float, int] | None = None
        self._commits: set[int] = set()
        self._times: dict[int, int] = {}
        self._snapshots: OrderedDict[int, Snapshot] = OrderedDict()

    @property
    def withdrawn(self) -> frozenset[int]:
        """The versions that nobody is to see any more."""
        return frozenset()

    def newest(self) -> int | None:
        """Give the newest version; None when there is no table."""
        with self._lock:
            if self._newest is not None and self._mark(self._newest) != self._seen:
                self._forget()  # the table was made anew, or its newest commit was taken back
            if self._newest is None:
                self._commits = self._listed(COMMIT)
                if not self._commits:
                    return None
                self._newest = max(self._commits)
            while self._file(self._newest + 1).exists():
                self._newest += 1
                self._commits.add(self._newest)
            self._seen = self._mark(self._newest)
            return self._newest

    def oldest(self) -> int:
        """Give the oldest version whose commit is kept."""
        with self._lock:
            return min(self._commits)

    def commit(self, version: int) -> list[Action]:
        """Give a commit's actions.

        Raises:
            FileNotFoundError: the log does not keep it.
            ValueError: it is torn.
        """
        actions: list[Action] = [
            json.loads(line) for line in self._file(version).read_text("utf-8").splitlines() if line
        ]
        if not actions:
            raise ValueError(f"version {version} of {self.path.name} is empty: `lakeward fsck` tells more")
        return actions

    def snapshot(self, version: int) -> Snapshot:
        """Give the table at a version.

        Raises:
            FileNotFoundError: the log does not reach back to it.
            ValueError: a commit is torn.
        """
        with self._lock:
            if version not in self._snapshots:
                self._snapshots[version] = self._built(version)
                while len(self._snapshots) > KEPT:
                    self._snapshots.popitem(last=False)
            self._snapshots.move_to_end(version)
            return self._snapshots[version]

    def times(self) -> dict[int, int]:
        """Give when each version came, as milliseconds since 1970 that grow with the versions."""
        with self._lock:
            newest, last = self.newest(), 0
            seen = [version for version in sorted(self._commits) if newest is not None and version <= newest]
            for version in seen:
                if version not in self._times:
                    self._times[version] = max(self._time_of(version), last + 1)
                last = self._times[version]
            return {version: self._times[version] for version in seen}

    def _built(self, version: int) -> Snapshot:
        before = [each for each in self._snapshots if each < version]
        start, state = -1, _State({}, {}, {})
        checkpoint = max((each for each in self._checkpoints() if each <= version), default=-1)
        if before and max(before) >= checkpoint:
            held = self._snapshots[max(before)]
            start = held.version
            state = _State(held.protocol, held.metadata, {key_of(file): file for file in held.files})
        elif checkpoint >= 0:
            start = checkpoint
            state.apply(self._checkpoint(checkpoint))
        for each in range(start + 1, version + 1):
            state.apply(self.commit(each))
        return Snapshot(version, state.protocol, state.metadata, tuple(state.files.values()))

    def _checkpoints(self) -> set[int]:
        """Name the versions that have a whole checkpoint of the classic kind."""
        found: dict[int, int] = {}
        wanted: dict[int, int] = {}
        for name in (each.name for each in self._log.iterdir()):
            if parts := CHECKPOINT.fullmatch(name):
                version = int(parts[1])
                found[version] = found.get(version, 0) + 1
                wanted[version] = int(parts[3] or 1)
        return {version for version, count in found.items() if count >= wanted[version]}

    def _checkpoint(self, version: int) -> list[Action]:
        actions: list[Action] = []
        for file in sorted(self._log.iterdir()):
            told = CHECKPOINT.fullmatch(file.name)
            if told and int(told[1]) == version:
                names = ("add", "protocol", "metaData")
                with delta.parquet(file) as parquet:
                    held = [name for name in names if name in parquet.schema_arrow.names]
                    rows = parquet.read(columns=held, use_threads=False).to_pylist()
                actions += [{name: _as_json(row[name])} for row in rows for name in held if row[name] is not None]
        return actions

    def _time_of(self, version: int) -> int:
        told: Action = next((each["commitInfo"] for each in self.commit(version) if "commitInfo" in each), {})
        found = told.get("inCommitTimestamp") or told.get("timestamp")
        return int(found or self._file(version).stat().st_mtime * 1000)

    def _listed(self, pattern: re.Pattern[str]) -> set[int]:
        if not self._log.is_dir():
            return set()
        return {int(told[1]) for each in self._log.iterdir() if (told := pattern.fullmatch(each.name))}

    def _file(self, version: int) -> Path:
        return self._log / f"{version:020}.json"

    def _mark(self, version: int) -> tuple[float, int] | None:
        try:
            told = self._file(version).stat()
        except FileNotFoundError:
            return None
        return told.st_mtime, told.st_size

    def _forget(self) -> None:
        self._newest, self._seen = None, None
        self._commits, self._times, self._snapshots = set(), {}, OrderedDict()


MAPS = ("partitionValues", "tags", "configuration", "options")


def _as_json(told: Action) -> Action:
    """Give a checkpoint's row as the action that a commit would hold: no nulls, maps as objects."""
    given: Action = {}
    for name, value in told.items():
        if value is None or name.endswith("_parsed"):
            continue
        given[name] = dict(value) if name in MAPS else _as_json(value) if isinstance(value, dict) else value
    return given
