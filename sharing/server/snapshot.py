"""A table at one version, as its log tells it, with what was worked out of it so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

Action = dict[str, Any]
A_FILE = 1200
"""Bytes that Python takes for an `add` action besides its two long texts, as measured."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Snapshot:
    """A table at one version.

    Args:
        version: which.
        protocol: what readers must be able to do, as in the log.
        metadata: the table's, as in the log.
        files: its `add` actions, in the order in which they were added.
        worked: what was worked out of it, each with the bytes it takes; `Memory` alone writes it.
        lock: held while something is worked out, so that it is done once.
        bytes: how much memory its files take, roughly; versions share files, so this is rather too much.
    """

    version: int
    protocol: Action
    metadata: Action
    files: tuple[Action, ...]
    worked: dict[Hashable, tuple[Any, int]] = field(default_factory=dict, repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)
    bytes: int = field(init=False)

    def __post_init__(self) -> None:
        size = sum(A_FILE + len(each["path"]) + len(each.get("stats") or "") for each in self.files)
        object.__setattr__(self, "bytes", size)

    @property
    def configuration(self) -> Mapping[str, str]:
        """The table's properties."""
        return self.metadata.get("configuration") or {}

    @property
    def has_feed(self) -> bool:
        """True when changes of this version are recorded row by row."""
        return self.configuration.get("delta.enableChangeDataFeed", "").lower() == "true"


@dataclass(slots=True)
class State:
    """A table while its log is read.

    Args:
        protocol: the newest so far.
        metadata: the newest so far.
        files: those that are in it, by `key_of`.
    """

    protocol: Action
    metadata: Action
    files: dict[tuple[str, str], Action]

    def apply(self, actions: Iterable[Action]) -> None:
        """Take in what a commit or a checkpoint tells."""
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
