"""A release as its table's page tells it; fields that a manifest lacks are passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from lakeward.lake.release import MANIFEST, Manifest
from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.portal.words import day
from lakeward.sharing.releases.papers import SIGNATURE, SUMS
from lakeward.sharing.releases.recall import BESIDE, marks

PAPERS = (MANIFEST, SUMS, SIGNATURE, BESIDE)
"""What tells of a release; it stays when the release is taken back."""
KINDS = {".parquet": "Parquet", ".csv": "CSV", ".xlsx": "Excel"}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release.

    Args:
        name: its name.
        bytes: its size.
        sha256: its checksum.
        href: its place in the site, which is that in the lake's `published`.
    """

    name: str
    bytes: int
    sha256: str
    href: str

    @property
    def kind(self) -> str:
        """Say what it is."""
        ending = PurePosixPath(self.name).suffix
        return KINDS.get(ending, ending.lstrip(".").upper())


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a table.

    Args:
        manifest: what it tells of itself.
        folder: its place in the site.
        papers: names of the files that tell of it.
        errata: why it is marked as wrong, if it is.
    """

    manifest: Manifest
    folder: str
    papers: tuple[str, ...]
    errata: tuple[str, ...]

    @classmethod
    def of(cls, manifest: Manifest, folder: Path) -> Release:
        """Read what lies beside the manifest in its folder."""
        papers = tuple(name for name in PAPERS if (folder / name).exists())
        errata = tuple(str(each["reason"]) for each in marks(folder))
        return cls(manifest, f"{folder.parent.name}/{folder.name}", papers, errata)

    @property
    def number(self) -> str:
        """Give its number."""
        return str(self.manifest["release"])

    @property
    def on(self) -> str:
        """Give the day it was made."""
        return day(self.manifest["released_at"])

    @property
    def rows(self) -> int:
        """Count its rows."""
        return int(self.manifest["rows"])

    @property
    def files(self) -> tuple[File, ...]:
        """Give its files; none where it was taken back."""
        told = () if self.withdrawn else self.manifest["files"]
        return tuple(
            File(each["path"], each["bytes"], each["sha256"], f"{self.folder}/{each['path']}") for each in told
        )

    @property
    def withdrawn(self) -> str:
        """Say why it was taken back; empty where it was not."""
        told = self.manifest.get("withdrawn")
        return str(told["reason"]) if told else ""

    @property
    def forced(self) -> str:
        """Say why it was released against the rules; empty where it was not."""
        told = self.manifest.get("forced")
        return str(told["reason"]) if told else ""

    @property
    def changes(self) -> Text | None:
        """Say what it changed since the one before."""
        told = self.manifest.get("changes", {}).get("text")
        return Text(told["zh"], told["en"]) if told else None

    @property
    def attributions(self) -> Mapping[str, str]:
        """Give the texts by which its sources are to be named."""
        found: Mapping[str, str] = self.manifest.get("terms", {}).get("attributions", {})
        return found

    @property
    def inferred(self) -> Mapping[str, str]:
        """Give the sources whose terms nobody has confirmed, and what these were inferred from."""
        told = self.manifest.get("terms", {}).get("decisions", {})
        return {name: str(each["reason"]) for name, each in told.items() if each.get("is_inferred")}

    def document(self) -> dict[str, Any]:
        """Give it for machines."""
        return {
            "release": self.number,
            "released_at": self.manifest["released_at"],
            "rows": self.rows,
            "withdrawn": self.withdrawn,
            "forced": self.forced,
            "errata": self.errata,
            "files": [
                {"href": each.href, "bytes": each.bytes, "sha256": each.sha256, "kind": each.kind}
                for each in self.files
            ],
            "papers": [f"{self.folder}/{name}" for name in self.papers],
        }
