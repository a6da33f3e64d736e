"""Writes the catalogue, or prints one table of it; starts no JVM."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lakeward.jobs.report import columns
from lakeward.lake.errors import UsageError
from lakeward.lake.lease import lease
from lakeward.lake.storage import Lake
from lakeward.lake.store import place
from lakeward.pipelines.catalog import Table, declared, find, select
from lakeward.sharing.catalogue import dictionary, govtw
from lakeward.sharing.catalogue.address import PLACEHOLDER, Addresses
from lakeward.sharing.catalogue.entries import entries
from lakeward.sharing.catalogue.entry import Entry
from lakeward.sharing.catalogue.formats import FORMS
from lakeward.sharing.catalogue.publisher import Publisher, publisher
from lakeward.sharing.catalogue.shelf import FOLDER, index, shelve

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asked for.

    Args:
        lake: the lake.
        tables: every declared table.
        selections: names and patterns.
        at: the addresses.
        by: who gives the catalogue out.
    """

    lake: Lake
    tables: dict[str, Table]
    selections: Sequence[str]
    at: Addresses
    by: Publisher

    @classmethod
    def of(
        cls, lake: Lake, pipelines: str | None, selections: Sequence[str], base_url: str | None, file: Path | None,
        share: str,
    ) -> Asked:  # fmt: skip
        """Read what stands on the command line.

        Raises:
            UsageError: the base is no web address, or the file does not tell of a publisher.
        """
        if not base_url:
            click.echo(
                f"note: addresses begin with {PLACEHOLDER}; --base-url or LAKEWARD_BASE_URL names your server", err=True
            )
        at = Addresses.at(base_url or PLACEHOLDER, share)
        return cls(lake, declared(pipelines), selections, at, publisher(file) if file else Publisher())


def printed(asked: Asked, form: str) -> str:
    """Give one table in one form; as a dictionary, of whatever is selected.

    Raises:
        UsageError: not one table was named, or it has no release and the form describes files.
    """
    is_one = len(asked.selections) == 1 and asked.selections[0].removeprefix("silver.") in asked.tables
    if form == "dictionary" and not is_one:
        return dictionary.book(_entries(asked), asked.at)
    if len(asked.selections) != 1:
        raise UsageError("--format prints one table", remedy=f"`lakeward catalogue gold.x --format {form}`")
    table = find(asked.tables, asked.selections[0])
    entry = entries(asked.lake, [table])[0]
    if FORMS[form].asks_release and entry.release is None:
        raise UsageError(
            f"{table.name} has no release, and {FORMS[form].what} describes its files",
            remedy=f"`lakeward run {table.name}` releases a curated table; agencies' data sets are not released",
        )
    told = FORMS[form].write(entry, asked.at, asked.by)
    if form == "data.gov.tw":
        _remind(govtw.missing(govtw.document(entry, asked.at, asked.by)))
    return told


def written(asked: Asked, to: str | None) -> Document:
    """Write the catalogue of the selected tables; tell what is in it and where it lies.

    Raises:
        UsageError: it is to be written into a lake that is not there, or where a table's releases lie.
        TryAgainLater: something else writes the lake.
    """
    folder = place(to) if to else _in_lake(asked)
    with nullcontext() if to else lease(asked.lake, "catalogue"):
        found = _entries(asked)
        files = shelve(folder, found, asked.at, asked.by)
    return {**index(found, asked.at), "folder": str(folder), "files": len(files)}


def _in_lake(asked: Asked) -> Path:
    if not asked.lake.root.exists():
        raise UsageError(
            "there is no lake to write the catalogue into", remedy="name one by --lake, or another folder by --to"
        )
    if "gold.catalogue" in asked.tables:
        raise UsageError(
            "a table called gold.catalogue is released where the catalogue lies",
            remedy="give the catalogue a place by --to",
        )
    return asked.lake.root / "published" / FOLDER


def _entries(asked: Asked) -> tuple[Entry, ...]:
    chosen = select(asked.tables, asked.selections)
    return entries(asked.lake, [table for _, table in sorted(chosen.items())])


def as_text(told: Document) -> str:
    """Say what was written, for people."""
    rows = [
        (each["table"], each["title_zh"], each["release"], _span(each), each["licence"] or "unclear", each["quality"])
        for each in told["tables"]
    ]
    listed = columns(rows, ("table", "title", "release", "covers", "licence", "quality"))
    return f"{listed}\n\n{told['files']} files in {told['folder']}"


def _span(told: Document) -> str:
    return f"{told['first_day']} – {told['last_day']}" if told["first_day"] else ""


def _remind(missing: dict[str, str]) -> None:
    if missing:
        told = "\n".join(f"  {name:24}{asked}" for name, asked in missing.items())
        click.echo(f"note: only your agency knows these fields; --publisher FILE gives most of them:\n{told}", err=True)
