"""What lies beside a release's files so that anyone can check them: checksums, a signature, the publisher's keys."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from lakeward.lake.errors import LakewardError
from lakeward.lake.release import MANIFEST, written
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import feed
from lakeward.sharing.releases.keys import Key, PublicKey

SUMS = "SHA256SUMS"
SIGNATURE = f"{MANIFEST}.minisig"
KEYS = "signing-keys.json"
_ONE_AT_A_TIME = Lock()


def sums(folder: Path) -> str:
    """Give the checksums of a release's files and manifest as `sha256sum -c` reads them."""
    content = (folder / MANIFEST).read_bytes()
    manifest = json.loads(content)
    told = {} if manifest.get("withdrawn") else {each["path"]: each["sha256"] for each in manifest["files"]}
    told[MANIFEST] = hashlib.sha256(content).hexdigest()
    return "".join(f"{sha256}  {name}\n" for name, sha256 in told.items())


def lay(lake: Lake, folder: Path, key: Key | None) -> None:
    """Put checksums and, where there is a key, a signature beside a release's manifest, and tell of it in the feed."""
    content = (folder / MANIFEST).read_bytes()
    _put(lake, folder / SUMS, sums(folder))
    if key:
        publish_key(lake, key.public)
        _put(lake, folder / SIGNATURE, key.sign(content, f"{folder.parent.name} {folder.name}"))
    elif (folder / SIGNATURE).exists() and not signers(folder.parent.parent, folder / MANIFEST):
        (folder / SIGNATURE).unlink()  # of what the manifest told before
    feed.add(lake, [feed.of_release(json.loads(content), folder)])


def signature_of(file: Path) -> Path:
    """Give the place of a file's signature."""
    return file.with_name(f"{file.name}.minisig")


def signers(published: Path, file: Path, key: PublicKey | None = None) -> list[PublicKey]:
    """Give those of some keys that a file's signature is of.

    Args:
        published: the folder that holds the lake's keys.
        file: what is signed; its signature lies beside it.
        key: the key to try; by default those that the lake publishes.
    """
    content, signature = file.read_bytes(), signature_of(file).read_text("utf-8")
    found = []
    for each in trusted(published, key):
        with suppress(LakewardError):
            each.check(content, signature)
            found.append(each)
    return found


def trusted(published: Path, key: PublicKey | None) -> list[PublicKey]:
    """Give the key that must have signed, or else those that the lake publishes."""
    return [key] if key else [PublicKey.of(each["minisign"]) for each in published_keys(published / KEYS)]


def publish_key(lake: Lake, key: PublicKey) -> None:
    """Add a key to those that the lake's releases are signed with; one that is there stays as it is."""
    file = lake.root / "published" / KEYS
    with _ONE_AT_A_TIME:  # tables are released side by side
        known = published_keys(file)
        if key.text not in {each["minisign"] for each in known}:
            told = {"id": key.number.hex(), "algorithm": "Ed25519", "minisign": key.text, "raw_hex": key.raw.hex()}
            lake.store.replace(file, written({"schema": "lakeward.keys/1", "keys": [*known, told]}))


def published_keys(file: Path) -> list[dict[str, Any]]:
    """Read the keys that a lake's releases are signed with."""
    try:
        return list(json.loads(file.read_text("utf-8"))["keys"])
    except FileNotFoundError:
        return []


def _put(lake: Lake, file: Path, text: str) -> None:
    if not file.exists() or file.read_text("utf-8") != text:
        lake.store.replace(file, text)
