"""A release as its table's page tells it; fields that a manifest lacks are passed over."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from lakeward.lake.release import MANIFEST, Manifest
from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.portal.words import day

KINDS = {".parquet": "Parquet", ".csv": "CSV", ".xlsx": "Excel", ".gz": "CSV (gzip)"}


def folder_of(manifest: Manifest) -> str:
    """Give the folder of a release in the site, which is that in the lake's `published`: addresses of both agree."""
    return f"{str(manifest['table']).removeprefix('gold.')}/{manifest['release']}"


def files_of(manifest: Manifest) -> list[dict[str, Any]]:
    """Give the files of a release that are for readers: name, kind, size, checksum and place in the site."""
    if withdrawn(manifest):
        return []
    return [
        {
            "name": each["path"],
            "kind": _kind(PurePosixPath(each["path"]).suffix),
            "bytes": each["bytes"],
            "sha256": each["sha256"],
            "href": f"{folder_of(manifest)}/{each['path']}",
        }
        for each in manifest["files"]
    ]


def _kind(ending: str) -> str:
    return KINDS.get(ending, ending.lstrip(".").upper())


def withdrawn(manifest: Manifest) -> str:
    """Give why a release was taken back; empty where it was not."""
    told = manifest.get("withdrawn")
    if isinstance(told, dict):
        return str(told.get("reason") or "withdrawn")
    return str(told) if told else ""


def released(manifest: Manifest) -> dict[str, Any]:
    """Tell a release."""
    changes = manifest.get("changes")
    text = changes.get("text") if isinstance(changes, dict) else None
    return {
        "number": manifest["release"],
        "on": day(manifest["released_at"]),
        "rows": manifest["rows"],
        "withdrawn": withdrawn(manifest),
        "changes": Text(text.get("zh", ""), text.get("en", "")) if isinstance(text, dict) else None,
        "files": files_of(manifest),
        "manifest": f"{folder_of(manifest)}/{MANIFEST}",
    }
