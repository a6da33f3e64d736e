"""The metadata form of data.gov.tw: what a clerk types today when an agency registers a data set.

Source:
    the portal's example of a data set's metadata (data.nat.gov.tw/about/doc?chapter=31&doc=5) and what its API answers
    (data.gov.tw/api/v2/rest/dataset). What only the agency or the portal knows stays empty: see `missing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.coverage import TAIPEI
from lakeward.sharing.catalogue.entry import Entry, Field
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.catalogue.released import File, Release

Node = dict[str, Any]
FIRST = ("csv", "json", "xlsx")
OGDL = "OGDL-Taiwan-1.0"
"""The licence that the form has a number for."""
ASKED = {
    "categoryService": "服務分類代碼",
    "license": "授權方式：請先確認各來源授權",
    "publisherOID": "提供機關物件識別碼",
    "publisherContactName": "提供機關聯絡人",
    "publisherContactPhone": "提供機關聯絡人電話",
    "publisherContactEmail": "提供機關聯絡人電子郵件",
}
"""Fields that the form requires and that a person may have to fill in."""


def document(entry: Entry, at: Addresses, by: Publisher) -> Node:
    """Fill in the form for one table; its identifier is given by the portal."""
    coverage, release = entry.coverage, entry.release
    return {
        "categoryService": "",
        "categoryDataset": "",
        "datasetid": "",
        "title": entry.title.zh,
        "description": f"{entry.description.zh}\n\n{entry.description.en}",
        "type": "rawData",
        "license": "1" if entry.licence and entry.licence.spdx == OGDL else "",
        "cost": "free",
        "publisherOID": f"{by.oid}|{by.title.zh}" if by.oid else "",
        "publisherContactName": by.contact,
        "publisherContactPhone": by.phone,
        "publisherContactEmail": by.email,
        "updateFrequency": _frequency(entry),
        "coverageStartedDate": str(coverage.first or ""),
        "coverageEndedDate": str(coverage.last or ""),
        "publishedDate": _here(release.first_at)[:10] if release else "",
        "modifiedDate": _here(release.released_at) if release else "",
        "spatialCoverage": coverage.place.zh,
        "language": "zh",
        "relatedUrl": at.page_of(entry.name),
        "keyword": [each.zh for each in entry.keywords],
        "notes": _notes(entry),
        "distribution": [_resource(entry, release, each, at) for each in ordered(release.files)] if release else [],
    }


def missing(form: Node) -> dict[str, str]:
    """Name the fields that the form requires and that are still empty, with what each asks for."""
    return {name: asked for name, asked in ASKED.items() if not form[name]}


def ordered(files: Sequence[File]) -> list[File]:
    """Put the files first that the portal looks into and citizens open."""
    return sorted(files, key=lambda file: FIRST.index(file.ending) if file.ending in FIRST else len(FIRST))


def _here(moment: str) -> str:
    """Give a moment as the portal writes it: Taiwan's time, without saying so."""
    return f"{datetime.fromisoformat(moment).astimezone(TAIPEI):%Y-%m-%d %H:%M:%S}"


def _frequency(entry: Entry) -> Node:
    if not entry.cadence.unit:
        return {"regularupdate": "2", "Frequency": "", "unittime": ""}
    return {"regularupdate": "1", "Frequency": "1", "unittime": entry.cadence.unit}


def _notes(entry: Entry) -> str:
    told = [
        entry.rights.zh,
        f"資料由下列資料集產生：{'、'.join(each.title.zh for each in entry.origins)}。" if entry.origins else "",
        f"品質檢核：{entry.quality.verdict.zh}。" if entry.quality else "",
        "注意：本資料含虛構資料。" if entry.is_made else "",
        *(f"更正：{reason}。" for reason in (entry.release.errata if entry.release else ())),
    ]
    return "".join(told)


def _resource(entry: Entry, release: Release, file: File, at: Addresses) -> Node:
    return {
        "resourceDescription": f"{entry.title.zh}（{file.ending.upper()}，版本 {release.number}）",
        "resourceField": [{"name": each.name, "description": _described(each)} for each in entry.fields],
        "resourceFormat": file.ending.upper(),
        "resourceCharacterEncoding": "UTF-8",
        "resourceModified": _here(release.released_at),
        "resourceDownloadUrl": at.file(entry.name, release.number, file.path),
        "resourceAmount": "" if file.rows is None else str(file.rows),
        "resourceNotes": f"SHA-256：{file.sha256}",
    }


def _described(field: Field) -> str:
    unit = f"（{field.unit}）" if field.unit else ""
    return field.title.zh + unit
