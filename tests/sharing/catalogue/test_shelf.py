"""The catalogue as files: whole, readable, and harmless whatever declarations hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from made_shelf import GAUGES, RAIN, Shelf

from lakeward.lake.table import Column, Open, Personal, Sensitive
from lakeward.lake.treatment import Generalised
from lakeward.sharing.catalogue import dictionary
from lakeward.sharing.catalogue.entries import entries
from lakeward.sharing.catalogue.formats import FORMS
from lakeward.sharing.catalogue.shelf import forms, shelve

HOSTILE = "</script><script>alert(1)</script> | `x` [y](javascript:1)\n# <b>\"'"


class _Page(HTMLParser):
    """What a page links, and what its scripts hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"] and data.strip():
            self.scripts.append(data)


def test_every_link_of_the_pages_leads_to_a_file_that_is_there(shelf: Shelf) -> None:
    published = shelf.lake.root / "published"
    shelve(published / "catalogue", entries(shelf.lake, [RAIN, GAUGES]), shelf.at, shelf.by)

    pages = sorted(published.rglob("index.html"))
    followed = 0
    for page in pages:
        where = f"{shelf.at.base}/{page.parent.relative_to(published)}/"
        for link in (urljoin(where, each) for each in _Page(page.read_text("utf-8")).links):
            file = published / link.removeprefix(f"{shelf.at.base}/")
            assert link.startswith(shelf.at.base) and (file.is_file() or (file / "index.html").is_file()), link
            followed += 1

    assert len(pages) == 3 and followed > 20


def test_addresses_of_the_catalogue_lead_to_files_that_are_there(shelf: Shelf) -> None:
    published = shelf.lake.root / "published"
    shelve(published / "catalogue", entries(shelf.lake, [RAIN]), shelf.at, shelf.by)
    (told,) = json.loads((published / "catalogue" / "catalogue.jsonld").read_text("utf-8"))["dcat:dataset"]

    found = [
        told["dcat:distribution"][0]["dcat:downloadURL"],
        told["foaf:page"][0]["@id"],
        told["dcat:landingPage"]["@id"],
    ]

    for address in found:
        file = published / address.removeprefix(f"{shelf.at.base}/")
        assert file.is_file() or (file / "index.html").is_file(), address


def test_files_of_a_withdrawn_release_go_away(shelf: Shelf, tmp_path: Path) -> None:
    shelve(tmp_path / "out", [shelf.entry()], shelf.at, shelf.by)
    shelf.manifest(lambda told: told.update(withdrawn={"reason": "wrong"}))

    shelve(tmp_path / "out", [shelf.entry()], shelf.at, shelf.by)

    left = {file.name for file in (tmp_path / "out" / "rain-day").iterdir()}
    assert left == {FORMS[name].file for name in forms(shelf.entry())} | {"index.html"}
    assert "croissant.json" not in left and "1.0" not in (tmp_path / "out" / "rain-day" / "dcat.ttl").read_text("utf-8")


def test_what_declarations_hold_stays_text(shelf: Shelf, tmp_path: Path) -> None:
    hostile = replace(
        GAUGES,
        title=HOSTILE,
        title_zh=HOSTILE,
        agency=HOSTILE,
        limits=HOSTILE,
        columns=(Column("a", "string", HOSTILE, title=HOSTILE),),
    )
    entry = shelf.entry(hostile)

    shelve(tmp_path / "out", [entry], shelf.at, shelf.by)
    page = _Page((tmp_path / "out" / "environment.gauges" / "index.html").read_text("utf-8"))
    (row,) = [line for line in dictionary.markdown(entry, shelf.at).splitlines() if line.startswith("| `a`")]

    assert page.tags.count("script") == 1 and json.loads(page.scripts[0])["name"] == HOSTILE
    assert len(re.findall(r"(?<!\\)\|", row)) == 6 and "<" not in row
    for file in (tmp_path / "out").rglob("*.json*"):
        assert json.loads(file.read_text("utf-8"))


def test_a_dictionary_tells_columns_units_codes_and_where_they_are_from(shelf: Shelf) -> None:
    told = dictionary.markdown(shelf.entry(), shelf.at)
    columns = dictionary.document(shelf.entry(), shelf.at)["columns"]

    assert told.startswith("# 各站逐日雨量 Rain by gauge and day\n")
    assert "| `rain_mm` | 雨量 | double | mm | rain of the day |" in told
    assert "代碼 codes of `kind`: `1` 自動、`2` 人工" in told
    assert "[雨量站資料](https://data.gov.tw/dataset/1)" in told
    assert [each["name"] for each in columns if each["key"]] == ["gauge_id", "fell_on"]
    assert columns[3]["codes"] == {"1": "自動", "2": "人工"}


def test_a_dictionary_tells_which_columns_are_of_persons_and_what_was_done_to_them(shelf: Shelf) -> None:
    columns = (
        Open("a", "string", "who"), Personal("b", "string", "who", treated=Generalised("month")),
        Sensitive("c", "string", "who"), Column("d", "string", "who"),
    )  # fmt: skip
    entry = shelf.entry(replace(GAUGES, columns=columns))

    told = dictionary.markdown(entry, shelf.at)

    assert [each["privacy"] for each in dictionary.document(entry, shelf.at)["columns"]] == [
        "open",
        "personal",
        "sensitive",
        "",
    ]
    assert "| who |\n" in told and "who（個資 personal，已概化至 month generalised to month） |" in told
    assert "who（特種個資 sensitive） |" in told


def test_a_dictionary_of_several_leads_to_each(shelf: Shelf) -> None:
    told = dictionary.book(entries(shelf.lake, [RAIN, GAUGES]), shelf.at)

    assert (
        set(re.findall(r"\]\(#([^)]+)\)", told))
        == set(re.findall(r'<a id="([^"]+)">', told))
        == {"rain-day", "environment.gauges"}
    )


@pytest.mark.parametrize("name", FORMS)
def test_the_command_offers_each_form(name: str) -> None:
    from lakeward.jobs.commands.catalogue import NAMES

    assert name in NAMES and len(NAMES) == len(FORMS)
