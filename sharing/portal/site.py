"""Builds the portal: pages, their assets, the search index and the released files, as a folder for any web server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from lakeward.lake import ledger, lineage
from lakeward.lake.errors import UsageError
from lakeward.lake.release import LATEST
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.quality import history
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.portal import finding, machine
from lakeward.sharing.portal.about import About, gather
from lakeward.sharing.portal.outlines import county_outlines
from lakeward.sharing.portal.page import Pages
from lakeward.sharing.portal.shelf import Shelf
from lakeward.sharing.portal.twins import Twins
from lakeward.sharing.portal.words import LANGUAGES
from lakeward.sharing.releases.feed import FILE as FEED

CONSOLE = "sql.js"
LASTING = (".parquet", ".csv", ".xlsx")
"""Files that never change once they are released."""


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a site shall be like.

    Args:
        to: its folder.
        base_url: the address at which it will stand; empty where that is not known.
        publisher: who gives it out.
        console: the folder with DuckDB for browsers, made by `make sql-console`, for an SQL console.
    """

    to: Path
    base_url: str = ""
    publisher: Publisher = field(default_factory=Publisher)
    console: Path | None = None


def build(lake: Lake, tables: Mapping[str, Table], wanted: Wanted) -> Built:
    """Build the site of a lake in a folder; a site that is there gives way to it as a whole.

    Args:
        lake: the lake.
        tables: the declarations to show.
        wanted: what it shall be like.

    Raises:
        UsageError: the folder holds something else than a site, the console is not in its folder, or the address is
            none.
    """
    to = _checked(wanted)
    twins = Twins.of(lake, tables, wanted.base_url, wanted.publisher)
    abouts = _gathered(lake, tables)
    base_url = f"{twins.at.base}/" if wanted.base_url else ""
    papers = _papers(lake)
    feed = FEED if FEED in papers else ""
    shelf = Shelf(abouts, county_outlines(lake), base_url, twins, bool(wanted.console), feed)
    fresh = to.with_name(f".{to.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    pages = {path: text for language in LANGUAGES for path, text in Pages(shelf, language).all().items()}
    for path, text in {**pages, **machine.documents(shelf)}.items():
        _write(fresh / path, text)
    twins.write(fresh)
    _assets(fresh, abouts, wanted.console)
    for about in abouts:
        _data(lake, about, fresh, to)
    for place in papers:
        _put(lake.root / "published" / place, fresh / place, to / place)
    _swap(fresh, to)
    size = sum(path.stat().st_size for path in to.rglob("*") if path.is_file())
    return Built(to, len(pages), len(abouts), sum(bool(about.extract) for about in abouts), size)


def _checked(wanted: Wanted) -> Path:
    to = wanted.to.absolute()
    if to.exists() and not to.is_dir():
        raise UsageError(f"{to} is a file", remedy="give --to a folder")
    if to.exists() and any(to.iterdir()) and not (to / machine.LIST).is_file():
        raise UsageError(f"{to} holds something else than a portal", remedy="give --to an empty or a new folder")
    if wanted.console and not (wanted.console / CONSOLE).is_file():
        raise UsageError(f"{wanted.console} does not hold the SQL console", remedy="`make sql-console` makes it")
    return to


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
    """Put the releases of a table into the site, as they lie in the lake; those that the site before has are kept."""
    published = lake.releases(about.table.table).parent
    for each in about.releases:
        for name in (*each.papers, *(file.name for file in each.files)):
            place = f"{each.folder}/{name}"
            _put(published / place, site / place, before / place)
    if about.releases:
        place = f"{lake.releases(about.table.table).name}/{LATEST}"
        _put(published / place, site / place, before / place)


def _papers(lake: Lake) -> list[str]:
    """Give what lies beside the releases of all tables: the feed, keys that they are signed with, sets, errata."""
    published = lake.root / "published"
    beside = [each for each in published.iterdir() if each.name.startswith("_")] if published.is_dir() else []
    files = [file for folder in beside for file in folder.rglob("*") if file.is_file()]
    files += [file for file in published.iterdir() if file.is_file()] if published.is_dir() else []
    return [file.relative_to(published).as_posix() for file in files]


def _put(source: Path, target: Path, earlier: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if earlier.is_file() and earlier.suffix in LASTING and earlier.stat().st_size == source.stat().st_size:
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
