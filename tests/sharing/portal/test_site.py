"""The site as a folder: every table has its pages, every link leads somewhere, nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from made_site import ROADS, publish, road_rows

from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table, select
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.portal.site import Wanted, build

FIRST_PAGE = 200_000
BASE = "https://data.example/lake/"


class Links(HTMLParser):
    """What a page points at, and where others may point into it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids += [told["id"] or ""] if "id" in told else []
        if {"external", "canonical"} & set((told.get("rel") or "").split()) or (tag == "link" and "hreflang" in told):
            return
        self.targets += [told[name] or "" for name in ("href", "src") if name in told]


def broken_links(site: Path) -> list[str]:
    pages = {path.resolve(): Links(path.read_text("utf-8")) for path in site.rglob("*.html")}
    broken = []
    for page, links in pages.items():
        assert len(links.ids) == len(set(links.ids)), page
        for target in links.targets:
            address, place = urldefrag(unquote(target))
            folder = site if address.startswith(BASE) else page.parent
            leads_to = (folder / address.removeprefix(BASE)).resolve() if address else page
            leads_to = leads_to / "index.html" if leads_to.is_dir() else leads_to
            if not leads_to.is_file() or (place and place not in pages[leads_to].ids):
                broken.append(f"{page.relative_to(site.resolve())}: {target}")
    return broken


def test_every_table_has_a_page_in_both_languages_and_one_for_machines(site: Path, tables: dict[str, Table]) -> None:
    for name, table in tables.items():
        assert table.title_zh in (site / "tables" / f"{name}.html").read_text("utf-8")
        assert table.limits_zh in (site / "tables" / f"{name}.html").read_text("utf-8")
        assert table.limits in unescape((site / "en" / "tables" / f"{name}.html").read_text("utf-8"))
        told = json.loads((site / "tables" / f"{name}.json").read_text("utf-8"))
        assert [column["name"] for column in told["columns"]] == [column.name for column in table.columns]
    assert len(list((site / "domains").iterdir())) == 10


def test_every_link_leads_to_a_file_and_a_place_in_it(site: Path) -> None:
    assert not broken_links(site)


def test_a_site_that_knows_its_address_carries_the_catalogue(
    made_lake: Lake, tmp_path: Path, tables: dict[str, Table]
) -> None:
    built = build(made_lake, select(tables, [ROADS]), Wanted(tmp_path / "site", BASE))

    assert (built.to / "catalogue" / "road-safety-weather" / "dcat.jsonld").is_file()
    assert '"@type":"Dataset"' in (built.to / "tables" / f"{ROADS}.html").read_text("utf-8")
    assert not broken_links(built.to)


def test_a_first_visit_costs_less_than_200_kb(site: Path) -> None:
    page = site / "index.html"
    wanted = {page, site / "assets" / "search.js"}  # comes with the first letter typed
    wanted |= {(site / target).resolve() for target in Links(page.read_text("utf-8")).targets if "assets/" in target}

    assert len(wanted) >= 6
    assert sum(path.stat().st_size for path in wanted) < FIRST_PAGE


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = re.compile(
        r"""(?:src|srcset)=["']?https?:|<link[^>]+rel="(?:stylesheet|icon)"[^>]+https?:|@import|url\(["']?http"""
    )

    assert not [
        path for path in site.rglob("*") if path.suffix in (".html", ".css") and loaded.search(path.read_text("utf-8"))
    ]


def test_text_of_a_declaration_is_never_markup(lake: Lake, tmp_path: Path, tables: dict[str, Table]) -> None:
    evil = "<script>alert(1)</script>\"'&"
    roads = tables[ROADS]
    assert isinstance(roads, Curated)
    columns = tuple(replace(column, title=evil, description=evil) for column in roads.columns)
    table = replace(roads, title=evil, title_zh=evil, limits=evil, columns=columns)
    publish(lake, table, [{**row, "county_name": evil} for row in road_rows(40)])

    built = build(lake, {ROADS: table}, Wanted(tmp_path / "site"))

    for path in built.to.rglob("*.html"):
        assert "<script>alert" not in path.read_text("utf-8")


def test_a_site_of_today_takes_the_place_of_yesterdays_and_of_nothing_else(
    made_lake: Lake, tmp_path: Path, tables: dict[str, Table]
) -> None:
    few = {ROADS: tables[ROADS]}
    to = tmp_path / "site"
    build(made_lake, tables, Wanted(to))
    data = to / "road_safety_weather" / "1.0" / "road_safety_weather.parquet"
    kept = data.stat().st_ino

    build(made_lake, few, Wanted(to, "https://data.example/lake"))

    assert not (to / "tables" / "police.fatal_crashes.html").exists()
    assert data.stat().st_ino == kept, "released files are not copied again"
    assert 'href="https://data.example/lake/en/tables/gold.road_safety_weather.html"' in (
        to / "tables" / f"{ROADS}.html"
    ).read_text("utf-8")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("dear to me", "utf-8")
    with pytest.raises(UsageError, match="something else"):
        build(made_lake, few, Wanted(mine))
    assert (mine / "thesis.txt").is_file()


def test_a_lake_without_anything_still_has_a_site(lake: Lake, tmp_path: Path, tables: dict[str, Table]) -> None:
    built = build(lake, tables, Wanted(tmp_path / "site"))

    assert (built.tables, built.released) == (len(tables), 0)


def test_what_was_withdrawn_is_told_and_not_given_out(lake: Lake, tmp_path: Path, tables: dict[str, Table]) -> None:
    roads = tables[ROADS]
    assert isinstance(roads, Curated)
    publish(lake, roads, road_rows(40))
    path = lake.releases(ROADS) / "1.0" / "manifest.json"
    told = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**told, "withdrawn": {"reason": "made in error"}}), "utf-8")

    built = build(lake, {ROADS: roads}, Wanted(tmp_path / "site"))

    assert "made in error" in (built.to / "tables" / f"{ROADS}.html").read_text("utf-8")
    assert not list(built.to.rglob("*.parquet"))


def test_a_release_that_is_marked_or_was_forced_says_so(lake: Lake, tmp_path: Path, tables: dict[str, Table]) -> None:
    roads = tables[ROADS]
    assert isinstance(roads, Curated)
    publish(lake, roads, road_rows(40))
    folder = lake.releases(ROADS) / "1.0"
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    made = {
        "forced": {"reason": "the minister waits"},
        "changes": {"text": {"zh": "與舊版相比", "en": "Since the old one"}},
    }
    made |= {"terms": {"attributions": {"police.fatal_crashes": "警政署：事故資料"}}}
    (folder / "manifest.json").write_text(json.dumps({**told, **made}), "utf-8")
    marks = {"errata": [{"id": "e1", "reason": "counted twice", "erratum": "../../_errata/e1.json"}]}
    (folder / "errata.json").write_text(json.dumps(marks), "utf-8")
    (folder / "SHA256SUMS").write_text("made", "utf-8")
    errata = folder.parent.parent / "_errata" / "e1.json"
    errata.parent.mkdir()
    errata.write_text("{}", "utf-8")

    built = build(lake, {ROADS: roads}, Wanted(tmp_path / "site"))

    page = (built.to / "tables" / f"{ROADS}.html").read_text("utf-8")
    for text in (
        "the minister waits",
        "counted twice",
        "與舊版相比",
        "警政署：事故資料",
        "--ignore-missing -c SHA256SUMS",
    ):
        assert text in page
    assert (built.to / "_errata" / "e1.json").is_file()
    assert (built.to / "road_safety_weather" / "1.0" / "errata.json").is_file()


def test_rules_are_told_with_their_history_and_no_value_that_broke_one(site: Path, tables: dict[str, Table]) -> None:
    page = (site / "tables" / f"{ROADS}.html").read_text("utf-8")
    told = json.loads((site / "tables" / f"{ROADS}.json").read_text("utf-8"))["quality"]["rules"]

    assert [rule["history"] for rule in told][:3] == ["✗✗", "✗✓", "✓✓"]
    assert f"{len(tables[ROADS].suite) - 1} / {len(tables[ROADS].suite)} 項規則通過" in page
    assert "縣市：必有值" in page
    assert not [path for path in site.rglob("*") if path.is_file() and b"A123456789" in path.read_bytes()]
