"""The catalogue as files: one folder a table with all its forms, and the whole at the top.

```
catalogue/catalogue.jsonld, catalogue.ttl, schema.jsonld, dictionary.md, index.html, index.json
catalogue/road-safety-weather/dcat.jsonld, dcat.ttl, schema.jsonld, datapackage.json, croissant.json, data.gov.tw.json,
    dictionary.md, dictionary.json, index.html
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lakeward.lake.release import MANIFEST, written
from lakeward.lake.store import store_of
from lakeward.sharing.catalogue import dcat, dictionary, schema_org
from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entry import Entry
from lakeward.sharing.catalogue.formats import FORMS
from lakeward.sharing.catalogue.page import FILE, contents, page
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.catalogue.rdf import turtle
from lakeward.sharing.releases.feed import FILE as FEED
from lakeward.sharing.releases.papers import KEYS

FOLDER = "catalogue"


def shelve(folder: Path, entries: Sequence[Entry], at: Addresses, by: Publisher) -> list[str]:
    """Write every form of every entry below a folder; a file that is the same already is left alone.

    Args:
        folder: a folder, or what stands for one in a store.
        entries: what to write.
        at: the addresses.
        by: who gives it out.

    Returns:
        The files, relative to the folder.
    """
    store, written = store_of(folder), []
    for name, content in _files(entries, at, by):
        file = folder / name
        if not file.exists() or file.read_text("utf-8") != content:
            store.replace(file, content)
        written.append(name)
    for gone in (
        folder / entry.slug / FORMS[name].file for entry in entries for name in FORMS if name not in forms(entry)
    ):
        gone.unlink(missing_ok=True)  # it told of a release that has been withdrawn
    return written


def index(entries: Sequence[Entry], at: Addresses) -> Mapping[str, object]:
    """List the entries and where the forms of each lie, for programs that ask no more."""
    return {
        "schema": "lakeward.catalogue/1",
        "base": at.base,
        "keys": f"{at.base}/{KEYS}",
        "feed": f"{at.base}/{FEED}",
        "tables": [
            {
                "table": each.name,
                "title": each.title.en,
                "title_zh": each.title.zh,
                "release": each.release.number if each.release else "",
                "rows": each.release.rows if each.release else None,
                "licence": each.licence.uri if each.licence else "",
                "cadence": each.cadence.title.en,
                "first_day": str(each.coverage.first or ""),
                "last_day": str(each.coverage.last or ""),
                "quality": each.quality.verdict.en if each.quality else "",
                "is_made": each.is_made,
                "page": at.page_of(each.name),
                "manifest": at.file(each.name, each.release.number, MANIFEST) if each.release else "",
                "forms": {name: at.twin(each.name, FORMS[name].file) for name in forms(each)},
            }
            for each in entries
        ],
    }


def twins(entry: Entry) -> list[Mapping[str, str]]:
    """Tell of an entry's forms as a page links them: `file`, beside each other in its folder, `type` and `what`."""
    return [{"file": FORMS[name].file, "type": FORMS[name].type, "what": FORMS[name].what} for name in forms(entry)]


def forms(entry: Entry) -> tuple[str, ...]:
    """Name the forms that an entry can be written in: some describe files, which only a release has."""
    return tuple(name for name, form in FORMS.items() if entry.release or not form.asks_release)


def _files(entries: Sequence[Entry], at: Addresses, by: Publisher) -> Iterator[tuple[str, str]]:
    for entry in entries:
        for name in forms(entry):
            yield f"{entry.slug}/{FORMS[name].file}", FORMS[name].write(entry, at, by)
        yield f"{entry.slug}/{FILE}", page(entry, at, by, twins(entry))
    whole = dcat.catalogue(entries, at, by)
    yield "catalogue.jsonld", written(whole)
    yield "catalogue.ttl", turtle(whole)
    yield "dictionary.md", dictionary.book(entries, at)
    yield "schema.jsonld", written(schema_org.catalogue(entries, at, by))
    yield FILE, contents(entries)
    yield "index.json", written(index(entries, at))
