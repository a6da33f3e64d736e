"""A Delta log as a recipient may ask for it: snapshots and commits with their actions as they were written.

deltalake opens tables and counts rows, but hands out neither deletion vectors, removed files nor change files, and it
refuses to open tables that need features it lacks; the delta response format is these actions themselves. So they are
read here, from checkpoints and commits, which never change once written.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from threading import RLock
from weakref import WeakValueDictionary

from lakeward.lake import delta
from lakeward.sharing.server.memory import Memory
from lakeward.sharing.server.snapshot import Action, Snapshot, State, key_of

COMMIT = re.compile(r"(\d{20})\.json")
CHECKPOINT = re.compile(r"(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet")


class Log:
    """One table's log, with what was read of it lately; any number of threads may ask.

    Args:
        path: the table's folder.
        memory: keeps its snapshots; by default one of its own.
    """

    def __init__(self, path: Path, memory: Memory | None = None) -> None:
        self.path, self.memory = path, memory or Memory()
        self._log = path / "_delta_log"
        self._lock = RLock()
        self._newest: int | None = None
        self._seen: tuple[float, int] | None = None
        self._commits: set[int] = set()
        self._times: dict[int, int] = {}
        self._snapshots: WeakValueDictionary[int, Snapshot] = WeakValueDictionary()  # as long as the memory keeps them

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
            table = self._snapshots[version] = self._snapshots.get(version) or self._built(version)
            self.memory.keep(table)
            return table

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
        before = {each: table for each, table in self._snapshots.items() if each < version}
        start, state = -1, State({}, {}, {})
        checkpoint = max((each for each in self._checkpoints() if each <= version), default=-1)
        if before and max(before) >= checkpoint:
            held = before[max(before)]
            start = held.version
            state = State(held.protocol, held.metadata, {key_of(file): file for file in held.files})
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
        self._commits, self._times, self._snapshots = set(), {}, WeakValueDictionary()


MAPS = ("partitionValues", "tags", "configuration", "options")


def _as_json(told: Action) -> Action:
    """Give a checkpoint's row as the action that a commit would hold: no nulls, maps as objects."""
    given: Action = {}
    for name, value in told.items():
        if value is None or name.endswith("_parsed"):
            continue
        given[name] = dict(value) if name in MAPS else _as_json(value) if isinstance(value, dict) else value
    return given
