"""Builds the portal: pages, their assets, the search index and the released files, as a folder for any web server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from lakeward.lake import ledger, lineage
from lakeward.lake.errors import UsageError
from lakeward.lake.release import LATEST, MANIFEST
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.quality import history
from lakeward.sharing.portal import finding, machine
from lakeward.sharing.portal.about import About, gather
from lakeward.sharing.portal.outlines import county_outlines
from lakeward.sharing.portal.page import Pages
from lakeward.sharing.portal.released import folder_of, released
from lakeward.sharing.portal.shelf import Shelf
from lakeward.sharing.portal.words import LANGUAGES

CONSOLE = "sql.js"


@dataclass(frozen=True, slots=True)
class Built:
    """What was built.

    Args:
        to: the folder.
        pages: how many pages.
        tables: how many tables.
        released: how many of them can be downloaded.
        bytes: of all files.
    """

    to: Path
    pages: int
    tables: int
    released: int
    bytes: int


def build(lake: Lake, tables: Mapping[str, Table], to: Path, base_url: str = "", console: Path | None = None) -> Built:
    """Build the site of a lake in a folder; a site that is there gives way to it as a whole.

    Args:
        lake: the lake.
        tables: the declarations to show.
        to: the folder.
        base_url: where it will stand.
        console: the folder with DuckDB-WASM, made by `make sql-console`, for an SQL console.

    Raises:
        UsageError: the folder holds something else than a site, or the console is not in its folder.
    """
    to = to.absolute()
    if to.exists() and any(to.iterdir()) and not (to / machine.LIST).is_file():
        raise UsageError(f"{to} holds something else than a portal", remedy="give --to an empty or a new folder")
    if console and not (console / CONSOLE).is_file():
        raise UsageError(f"{console} does not hold the SQL console", remedy="`make sql-console` makes it")
    base_url = f"{base_url.rstrip('/')}/" if base_url else ""
    abouts = _gathered(lake, tables)
    shelf = Shelf(abouts, county_outlines(lake), base_url, bool(console), {})
    fresh = to.with_name(f".{to.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    pages = {path: text for language in LANGUAGES for path, text in Pages(shelf, language).all().items()}
    for path, text in {**pages, **machine.documents(shelf)}.items():
        _write(fresh / path, text)
    _assets(fresh, abouts, console)
    for about in abouts:
        _data(lake, about, fresh, to)
    _swap(fresh, to)
    size = sum(path.stat().st_size for path in to.rglob("*") if path.is_file())
    return Built(to, len(pages), len(abouts), sum(bool(about.extract) for about in abouts), size)


def _gathered(lake: Lake, tables: Mapping[str, Table]) -> tuple[About, ...]:
    checked: dict[str, list[dict[str, Any]]] = {}
    for row in history.records(lake):
        checked.setdefault(row["table_name"], []).append(row)
    told = lineage.newest(lake)
    made = frozenset(entry.dataset for entry in ledger.entries(lake) if entry.is_made)
    every = list(tables.values())
    return tuple(
        gather(lake, table, every, checked.get(table.table, ()), told.get(table.table), made)
        for _, table in sorted(tables.items())
    )


def _assets(site: Path, abouts: tuple[About, ...], console: Path | None) -> None:
    for asset in files(__package__).joinpath("assets").iterdir():
        _write(site / "assets" / asset.name, asset.read_text("utf-8"))
    _write(site / "assets" / "search.js", finding.index(abouts))
    if console:
        shutil.copytree(console, site / "assets", dirs_exist_ok=True)


def _data(lake: Lake, about: About, site: Path, before: Path) -> None:
    """Put the files of a table's releases into the site; those that the site before has are taken over."""
    source = lake.releases(about.table.table)
    for manifest in about.releases:
        told = released(manifest)
        names = [MANIFEST, *(file["name"] for file in told["files"])]
        for name in names:
            place = f"{folder_of(manifest)}/{name}"
            _put(source / manifest["release"] / name, site / place, before / place)
    if about.releases:
        _put(source / LATEST, site / folder_of(about.releases[0]) / ".." / LATEST, before / "none")


def _put(source: Path, target: Path, earlier: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if earlier.is_file() and earlier.suffix != ".json" and earlier.stat().st_size == source.stat().st_size:
        os.link(earlier, target)
    else:
        with source.open("rb") as content, target.open("wb") as copy:
            shutil.copyfileobj(content, copy)


def _swap(fresh: Path, to: Path) -> None:
    old = to.with_name(f".{to.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if to.exists():
        to.rename(old)
    fresh.rename(to)
    shutil.rmtree(old, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
