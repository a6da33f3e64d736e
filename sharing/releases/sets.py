"""Release sets: several tables under one name, of one moment, switched by the one file that names their releases."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from lakeward.lake import delta
from lakeward.lake.crash import crash_point
from lakeward.lake.errors import LakewardError, UsageError
from lakeward.lake.press import Manifest
from lakeward.lake.release import MANIFEST, written
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import feed, papers
from lakeward.sharing.releases.keys import Key, PublicKey, SignatureRefused
from lakeward.sharing.releases.origin import origins
from lakeward.sharing.releases.rows import rows_of

FOLDER = "_sets"
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
Document = dict[str, Any]


class NotOneMoment(LakewardError):
    """Tables were made from different versions of what they share, and could contradict each other."""

    exit_code = 66


def place(lake: Lake, name: str) -> Path:
    """Give the file of a set.

    Raises:
        UsageError: the name cannot be one.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"a set cannot be called {name!r}", remedy="use letters, digits, dots and dashes, as in 2026Q3; at most 64"
        )
    return lake.root / "published" / FOLDER / f"{name}.json"


def check_moment(lake: Lake, versions: Mapping[str, int]) -> None:
    """Do nothing where versions of tables rest on the same versions of all that they share, each other included.

    Raises:
        NotOneMoment: they do not.
    """
    seen: dict[str, dict[int, str]] = {}
    for member, version in versions.items():
        for table, number in origins(lake, member, version):
            seen.setdefault(table, {}).setdefault(number, member)
    for table, by_version in seen.items():
        path, numbers = lake.table(table), sorted(by_version)
        for earlier, later in pairwise(numbers):
            if not delta.is_same(path, earlier, later):
                raise NotOneMoment(
                    f"{by_version[earlier]} rests on version {earlier} of {table}, {by_version[later]} on {later}",
                    remedy=f"`lakeward run {' '.join(versions)}` brings them to one moment, then make the set again",
                )


def switch(lake: Lake, name: str, members: Mapping[str, Manifest], made_at: str, key: Key | None) -> Document:
    """Have a name mean these releases, in one step; what it meant before stays told in it.

    Args:
        lake: the lake.
        name: the set's.
        members: the manifest of each table's release, by the table's full name.
        made_at: when, ISO.
        key: what signs it; None leaves it unsigned.
    """
    file = place(lake, name)
    before = read(lake, name) if file.exists() else None
    told: Document = {
        "schema": "lakeward.set/1",
        "name": name,
        "made_at": made_at,
        "tables": {table: _member(lake, manifest) for table, manifest in sorted(members.items())},
        "before": [*before["before"], {each: before[each] for each in ("made_at", "tables")}] if before else [],
    }
    if before and before["tables"] == told["tables"]:
        told = before
    else:
        if key:
            papers.publish_key(lake, key.public)
            crash_point("set.key", name)
            told["signature"] = key.sign(_signed(told), f"set {name}")
        lake.store.replace(file, written(told))
    crash_point("set.switched", name)
    listed = ", ".join(f"{table} {each['release']}" for table, each in told["tables"].items())
    about = {"id": f"set {name} {told['made_at']} {listed}", "updated": told["made_at"], "summary": listed}
    feed.add(lake, [feed.of_document({**about, "title": f"{name}: {listed}"}, f"{FOLDER}/{file.name}", f"set {name}")])
    crash_point("set.after", name)
    return told


def read(lake: Lake, name: str) -> Document:
    """Give what a name means.

    Raises:
        UsageError: there is no such set.
    """
    try:
        told: Document = json.loads(place(lake, name).read_text("utf-8"))
    except FileNotFoundError as cause:
        raise UsageError(
            f"there is no set {name}", remedy=f"there are: {', '.join(names(lake)) or 'none yet'}"
        ) from cause
    return told


def versions_of(told: Document) -> dict[str, int]:
    """Give the version of each table that a set means."""
    return {table: int(each["version"]) for table, each in told["tables"].items()}


def names(lake: Lake) -> list[str]:
    """Name every set."""
    return sorted(each.stem for each in (lake.root / "published" / FOLDER).glob("*.json"))


def tables(lake: Lake, name: str) -> dict[str, pa.Table]:
    """Read every table of a set, all of the moment that the name means at the time of the call.

    Raises:
        UsageError: there is no such set.
        LakewardError: a member is no longer what the set names.
    """
    told = read(lake, name)
    if wrong := list(problems(lake.root / "published", told)):
        raise LakewardError(f"set {name}: {wrong[0]}", remedy="read an earlier set, or have the set made again")
    found = {}
    for table, member in told["tables"].items():
        folder = (lake.root / "published" / member["manifest"]).parent
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        found[table] = rows_of(lake, manifest)
    return found


def problems(published: Path, told: Document) -> Iterator[str]:
    """Say which members of a set are not there as it names them."""
    for table, member in told["tables"].items():
        file = published / member["manifest"]
        try:
            content = file.read_bytes()
        except OSError:
            yield f"{table} {member['release']} is not there"
            continue
        if hashlib.sha256(content).hexdigest() != member["sha256"]:
            gone = json.loads(content).get("withdrawn")
            yield f"{table} {member['release']} " + (
                f"was withdrawn: {gone['reason']}" if gone else "is another than it names"
            )


def signer(published: Path, told: Document, key: PublicKey | None) -> PublicKey | None:
    """Give the key that signed a set; None when nobody did.

    Raises:
        SignatureRefused: the signature is of none of the lake's keys, or not of the key that is asked for.
    """
    if "signature" not in told:
        if key:
            raise SignatureRefused("it is not signed")
        return None
    for each in papers.trusted(published, key):
        with suppress(SignatureRefused):
            each.check(_signed(told), told["signature"])
            return each
    raise SignatureRefused("its signature is not right")


def _member(lake: Lake, manifest: Manifest) -> dict[str, Any]:
    folder = lake.releases(manifest["table"])
    content = (folder / manifest["release"] / MANIFEST).read_bytes()
    return {
        "release": manifest["release"],
        "version": manifest["source"]["version"],
        "manifest": f"{folder.name}/{manifest['release']}/{MANIFEST}",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _signed(told: Document) -> bytes:
    rest = {name: each for name, each in told.items() if name != "signature"}
    return json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
