"""schema.org's `Dataset`: what search engines read in a table's page.

Source:
    https://developers.google.com/search/docs/appearance/structured-data/dataset: a description of 50 to 5,000
    characters, `distribution` with addresses, `temporalCoverage` as an interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entry import Coverage, Entry, Field
from lakeward.sharing.catalogue.media import media
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.catalogue.released import File, Release
from lakeward.sharing.catalogue.text import Text

Node = dict[str, Any]
CONTEXT = "https://schema.org/"
LONGEST = 5_000


def document(entry: Entry, at: Addresses, by: Publisher) -> Node:
    """Describe one table for its page; the name in English stands beside the Chinese one."""
    return {"@context": CONTEXT, **_dataset(entry, at, by)}


def catalogue(entries: Sequence[Entry], at: Addresses, by: Publisher) -> Node:
    """Describe the catalogue with all its tables."""
    return {
        "@context": CONTEXT,
        "@type": "DataCatalog",
        "@id": at.catalogue,
        "url": at.catalogue,
        "name": "開放政府資料目錄",
        "alternateName": "Catalogue of open government data",
        "publisher": _organization(by.title, by.page),
        "inLanguage": ["zh-Hant", "en"],
        "dataset": [_dataset(each, at, by) for each in entries],
    }


def _dataset(entry: Entry, at: Addresses, by: Publisher) -> Node:
    me = at.node(entry.name)
    told: Node = {
        "@type": "Dataset",
        "@id": me,
        "url": at.page_of(entry.name),
        "identifier": entry.name,
        "name": entry.title.zh,
        "alternateName": entry.title.en,
        "description": f"{entry.description.zh}\n\n{entry.description.en}"[:LONGEST],
        "keywords": [word for each in entry.keywords for word in dict.fromkeys((each.zh, each.en))],
        "inLanguage": ["zh-Hant", "en"],
        "isAccessibleForFree": True,
        "creator": [_organization(each) for each in entry.agencies],
        "publisher": _organization(by.title, by.page),
        "license": entry.licence.uri if entry.licence else "",
        "usageInfo": f"{entry.rights.zh} {entry.rights.en}",
        "creditText": entry.credit.zh,
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": at.catalogue, "url": at.catalogue},
        "temporalCoverage": _interval(entry.coverage),
        "spatialCoverage": _place(entry.coverage),
        "variableMeasured": [_variable(each) for each in entry.fields],
        "isBasedOn": [at.node(each.name) for each in entry.origins if each.is_direct],
        "sameAs": entry.page,
        **(_released(entry, entry.release, at) if entry.release else {}),
    }
    return {name: value for name, value in told.items() if value not in ("", [])}


def _released(entry: Entry, release: Release, at: Addresses) -> Node:
    return {
        "version": release.number,
        "datePublished": release.first_at,
        "dateModified": release.released_at,
        "distribution": [_download(entry, release, each, at) for each in release.files],
    }


def _download(entry: Entry, release: Release, file: File, at: Addresses) -> Node:
    return {
        "@type": "DataDownload",
        "name": file.path,
        "contentUrl": at.file(entry.name, release.number, file.path),
        "encodingFormat": media(file.ending).type,
        "contentSize": f"{file.bytes} B",
        "sha256": file.sha256,
    }


def _variable(field: Field) -> Node:
    told = {
        "@type": "PropertyValue",
        "name": field.title.zh,
        "alternateName": field.name if field.name != field.title.zh else "",
        "description": field.description,
        "unitText": field.unit,
    }
    return {name: value for name, value in told.items() if value}


def _interval(coverage: Coverage) -> str:
    return f"{coverage.first}/{coverage.last}" if coverage.first and coverage.last else ""


def _place(coverage: Coverage) -> Node:
    place: Node = {"@type": "Place", "name": coverage.place.zh, "alternateName": coverage.place.en}
    if coverage.box:
        west, south, east, north = coverage.box
        place["geo"] = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
    return place


def _organization(name: Text, page: str = "") -> Node:
    told = {"@type": "Organization", "name": name.zh, "alternateName": name.en, "url": page}
    return {key: value for key, value in told.items() if value}
