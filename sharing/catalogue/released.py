"""The newest release of a table, as the catalogue tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from lakeward.sharing.catalogue.text import Text


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release.

    Args:
        path: its name in the release's folder.
        bytes: its size.
        sha256: of its content.
        rows: how many it holds; None where that is not told.
    """

    path: str
    bytes: int
    sha256: str
    rows: int | None = None

    @property
    def ending(self) -> str:
        """Give what its name ends in, without the dot."""
        return PurePosixPath(self.path).suffix.removeprefix(".").lower()


@dataclass(frozen=True, slots=True)
class Release:
    """The newest release of a table.

    Args:
        number: as `1.2`.
        released_at: the moment, ISO 8601 UTC.
        first_at: the moment of the table's first release.
        run_id: the run that made it.
        version: the table's Delta version that it holds.
        rows: how many rows.
        files: its files.
        inputs: the versions of the tables that it was made from.
        changes: what is other than in the release before; None where that is not told.
        forced: why a person released what a check forbade; empty for all others.
        papers: the files beside them by which anyone can check them.
        errata: why deliveries that it rests on were recalled.
    """

    number: str
    released_at: str
    first_at: str
    run_id: str
    version: int
    rows: int
    files: tuple[File, ...]
    inputs: Mapping[str, int]
    changes: Text | None = None
    forced: str = ""
    papers: tuple[str, ...] = ()
    errata: tuple[str, ...] = ()
