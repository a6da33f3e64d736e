"""The landing zone: files as agencies delivered them, immutable, known by their content."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from lakeward.lake.errors import UsageError
from lakeward.lake.store import file_system, opened

CHUNK_BYTES = 4 << 20
CLOSED = "it cannot be read"
MADE = re.compile(r"(^|[^a-z])made([^a-z]|$)")
NOT_DATA = re.compile(r"(^|/)(\.|_)|(^|/)(README|MADE|MANIFEST)(\.\w+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file in the landing zone.

    Args:
        file: its path relative to the landing root.
        path: its full path or URI.
        bytes: its size as delivered.
        modified_at: when it last changed, UTC, ISO 8601; empty where the store does not say.
        sha256: of the bytes as delivered; empty until `identified`.
        fault: why it cannot even be opened; empty when it can.
    """

    file: str
    path: str
    bytes: int
    modified_at: str
    sha256: str = ""
    fault: str = ""

    @property
    def is_made(self) -> bool:
        """True when its name says that the data is made up, as `lakeward sample` writes it."""
        return bool(MADE.search(PurePosixPath(self.file).name.lower()))

    @property
    def remedy(self) -> str:
        """What to do about its fault."""
        return "mend its permissions" if self.fault.startswith(CLOSED) else "put a regular file in its place"

    def identified(self, known: Mapping[tuple[str, int, str], str]) -> Delivery:
        """Give it with its sha256, from what is known of (file, bytes, modified_at), else by reading it."""
        if self.fault or self.sha256:
            return self
        seen = known.get((self.file, self.bytes, self.modified_at)) if self.modified_at else None
        try:
            return replace(self, sha256=seen or _sha256(self.path))
        except OSError as cause:  # one closed file must not stop the others
            return replace(self, fault=f"{CLOSED}: {cause.strerror or cause}")


def deliveries(landing: str, pattern: str, others: str = "") -> tuple[list[Delivery], list[str]]:
    """List the files that a pattern names, and those beside them that it does not.

    Args:
        landing: the landing root, a folder or URI.
        pattern: relative to the root, several endings as `*.{csv,xlsx}`; a `.gz` after it is allowed.
        others: a pattern of files beside them that are declared elsewhere.

    Returns:
        The deliveries in the order of their names; the names of files that nothing declares.

    Raises:
        UsageError: there is no such landing root, or its store lets nobody in.
        TryAgainLater: its store does not answer.
    """
    store, root = file_system(landing)
    if not landing or not store.isdir(root):
        raise UsageError(
            f"there is no landing folder at {landing or 'an empty path'}",
            remedy="give --landing the folder of agency files",
        )
    if _is_closed(store, root):
        raise UsageError(f"the landing folder {landing} is closed to this user", remedy="mend its permissions")
    folder = re.split(r"[*?\[{]", pattern, maxsplit=1)[0].rpartition("/")[0]
    found: list[Delivery] = []
    strange: list[str] = []
    for path, facts in sorted(_listed(store, root, folder).items()):
        file = path.removeprefix(f"{root}/")
        if facts["type"] == "directory" and _is_closed(store, path):
            found.append(Delivery(file, path, 0, "", fault=f"{CLOSED}: the folder is closed to this user"))
        elif NOT_DATA.search(file.removeprefix(f"{folder}/")) or file == folder:
            continue
        elif _matches(file, pattern):
            found.append(_delivery(store, root, path, file, facts))
        elif facts["type"] != "directory" and not _matches(file, others):
            strange.append(file)
    return found, strange


def _listed(store: Any, root: str, folder: str) -> dict[str, dict[str, Any]]:
    """List what is below a folder; where a closed one hides it, that one."""
    place = f"{root}/{folder}"
    if store.isdir(place):
        listed: dict[str, dict[str, Any]] = store.find(place, withdirs=True, detail=True)
        return listed
    while "file" in store.protocol and place != root and not store.isdir(place):
        place = place.rpartition("/")[0]
    return {place: {"type": "directory"}} if _is_closed(store, place) else {}


def _is_closed(store: Any, folder: str) -> bool:
    """True for a local folder that this user may not look into; fsspec passes over it."""
    return "file" in store.protocol and not os.access(folder, os.R_OK | os.X_OK)


def _matches(file: str, pattern: str) -> bool:
    plain = re.sub(r"\.gz$", "", file, flags=re.IGNORECASE).lower()
    if plain.count("/") != pattern.count("/") and "**" not in pattern:
        return False
    return any(fnmatch.fnmatchcase(plain, wanted.replace("**/", "*")) for wanted in _spelled_out(pattern.lower()))


def _spelled_out(pattern: str) -> list[str]:
    """Write each choice of `{one,other}` out."""
    choice = re.search(r"\{([^{}]*)\}", pattern)
    if choice is None:
        return [pattern]
    before, after = pattern[: choice.start()], pattern[choice.end() :]
    return [whole for each in choice[1].split(",") for whole in _spelled_out(before + each + after)]


def _delivery(store: Any, root: str, path: str, file: str, facts: dict[str, Any]) -> Delivery:
    made = facts.get("mtime") or facts.get("LastModified") or facts.get("modification_time", 0) / 1000
    if made and isinstance(made, float | int):
        made = datetime.fromtimestamp(made, UTC)
    modified = made.astimezone(UTC).isoformat() if isinstance(made, datetime) else str(made or "")
    fault = next(_faults(store, root, path, facts), "")
    return Delivery(file, store.unstrip_protocol(path), int(facts.get("size") or 0), modified, fault=fault)


def _faults(store: Any, root: str, path: str, facts: dict[str, Any]) -> Iterator[str]:
    if facts["type"] == "directory":
        yield "it is a folder, not a file"
    elif "file" in store.protocol:
        from pathlib import Path

        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)):  # it stands a link onto itself
            yield "it is a link that leads out of the landing root"
        elif not Path(path).is_file():
            yield "it is not a regular file"


def _sha256(path: str) -> str:
    digest = hashlib.sha256()
    with opened(path) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
