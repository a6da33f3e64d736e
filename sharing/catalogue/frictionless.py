"""Frictionless Data Package 2: what data tools read beside the files.

Source:
    https://datapackage.org/standard/data-package/ and https://datapackage.org/standard/table-schema/
"""

from __future__ import annotations

import re
from typing import Any

from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entry import Entry, Field
from lakeward.sharing.catalogue.media import kind, media
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.catalogue.released import File, Release

Node = dict[str, Any]
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def document(entry: Entry, release: Release, at: Addresses, by: Publisher) -> Node:
    """Describe a released table as a data package whose resources are its files."""
    told: Node = {
        "$schema": PROFILE,
        "name": entry.slug,
        "id": at.node(entry.name),
        "title": f"{entry.title.zh} {entry.title.en}",
        "description": f"{entry.description.zh}\n\n{entry.description.en}",
        "homepage": at.page_of(entry.name),
        "version": release.number,
        "created": release.released_at,
        "keywords": [each.zh for each in entry.keywords],
        "licenses": [
            {**({"name": each.spdx} if each.spdx else {}), "path": each.uri, "title": each.title.zh}
            for each in entry.licences
            if each.uri
        ],
        "contributors": [
            *({"title": f"{each.zh} {each.en}", "roles": ["creator"]} for each in entry.agencies),
            {"title": f"{by.title.zh} {by.title.en}", "roles": ["publisher"], **({"path": by.page} if by.page else {})},
        ],
        "sources": [
            {"title": f"{each.title.zh} {each.title.en}", "path": each.page or at.page_of(each.name)}
            for each in entry.origins
        ],
        "resources": [_resource(entry, release, each, at) for each in release.files],
    }
    return {name: value for name, value in told.items() if value != []}


def _resource(entry: Entry, release: Release, file: File, at: Addresses) -> Node:
    return {
        "name": re.sub(r"[^a-z0-9._/-]", "-", file.path.lower()),
        "path": at.file(entry.name, release.number, file.path),
        "format": file.ending,
        "mediatype": media(file.ending).type,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        **({"encoding": "utf-8"} if file.ending == "csv" else {}),
        "schema": _schema(entry),
    }


def _schema(entry: Entry) -> Node:
    key = [each.name for each in entry.fields if each.is_key]
    return {"fields": [_field(each) for each in entry.fields], **({"primaryKey": key} if key else {})}


def _field(field: Field) -> Node:
    told: Node = {
        "name": field.name,
        "type": kind(field.type).frictionless,
        "title": field.title.zh,
        "description": field.description,
        "unit": field.unit,
        "categories": [{"value": code, "label": words} for code, words in field.codes.items()],
        "constraints": {"required": True} if field.is_key else {},
    }
    return {name: value for name, value in told.items() if value}
