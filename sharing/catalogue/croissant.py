"""Croissant 1.1: what tools of machine learning read.

Source:
    https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

from __future__ import annotations

from typing import Any

from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entry import Entry, Field
from lakeward.sharing.catalogue.media import kind, media
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.catalogue.released import File, Release
from lakeward.sharing.catalogue.text import Text

Node = dict[str, Any]
OWN = (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject",
    "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
    "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator",
    "source", "subField", "transform",
)  # fmt: skip
CONTEXT: Node = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{each: {"@container": "@language"} for each in ("name", "description")},
    **{name: f"cr:{name}" for name in OWN},
}


def document(entry: Entry, release: Release, at: Addresses, by: Publisher) -> Node:
    """Describe a released table as a Croissant dataset: its files, and a record set of each Parquet file."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": _said(entry.title),
        "description": _said(entry.description),
        "url": at.page_of(entry.name),
        "license": [each.uri or each.title.en for each in entry.licences] or entry.rights.en,
        "creator": [{"@type": "sc:Organization", "name": f"{each.zh} {each.en}"} for each in entry.agencies],
        "publisher": {"@type": "sc:Organization", "name": f"{by.title.zh} {by.title.en}"},
        "datePublished": release.released_at,
        "version": f"{release.number}.0",  # Croissant asks for three numbers
        "citeAs": citation(entry, release, at),
        "keywords": [each.zh for each in entry.keywords],
        "distribution": [_file(entry, release, each, at) for each in release.files],
        "recordSet": [_records(entry, each) for each in release.files if each.ending == "parquet"],
    }


def citation(entry: Entry, release: Release, at: Addresses) -> str:
    """Give what a user of the data cites."""
    return (
        f"{entry.credit.zh}（{release.released_at[:4]}）。{entry.title.zh}，版本 {release.number}。"
        f"{at.page_of(entry.name)}"
    )


def _said(text: Text) -> dict[str, str]:
    return {"zh-Hant": text.zh, "en": text.en}


def _file(entry: Entry, release: Release, file: File, at: Addresses) -> Node:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": at.file(entry.name, release.number, file.path),
        "encodingFormat": "application/x-parquet" if file.ending == "parquet" else media(file.ending).type,
        "contentSize": f"{file.bytes} B",
        "sha256": file.sha256,
    }


def _records(entry: Entry, file: File) -> Node:
    name = f"rows/{file.path}"
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": [{"@id": f"{name}/{each.name}"} for each in entry.fields if each.is_key],
        "field": [_field(each, name, file) for each in entry.fields],
    }


def _field(field: Field, records: str, file: File) -> Node:
    unit = f" ({field.unit})" if field.unit else ""
    return {
        "@type": "cr:Field",
        "@id": f"{records}/{field.name}",
        "name": field.name,
        "description": f"{field.title.zh}：{field.description}{unit}",
        "dataType": kind(field.type).croissant,
        **({"repeated": True} if field.type.startswith("array") else {}),
        "source": {"fileObject": {"@id": file.path}, "extract": {"column": field.name}},
    }
