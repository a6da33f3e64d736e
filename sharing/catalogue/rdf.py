"""The vocabularies that DCAT-AP draws on, and the way from JSON-LD to Turtle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lakeward.lake.errors import LakewardError
from lakeward.sharing.catalogue.text import Text

EU = "http://publications.europa.eu/resource/authority"
IDS = ("dcat:accessURL", "dcat:downloadURL", "prov:used", "vcard:hasEmail", "vcard:hasTelephone")
TYPED = {
    "dcat:bbox": "geo:wktLiteral",
    "dcat:byteSize": "xsd:nonNegativeInteger",
    "dcat:endDate": "xsd:date",
    "dcat:startDate": "xsd:date",
    "dct:issued": "xsd:dateTime",
    "dct:modified": "xsd:dateTime",
    "dqv:value": "xsd:integer",
    "prov:endedAtTime": "xsd:dateTime",
    "prov:generatedAtTime": "xsd:dateTime",
    "spdx:checksumValue": "xsd:hexBinary",
}
CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "ldqd": "http://www.w3.org/2016/05/ldqd#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{name: {"@type": "@id"} for name in IDS},
    **{name: {"@type": kind} for name, kind in TYPED.items()},
}


def turtle(told: Mapping[str, Any]) -> str:
    """Turn a JSON-LD document into Turtle.

    Raises:
        LakewardError: rdflib is not installed.
    """
    try:
        from rdflib import Graph
    except ImportError as cause:
        raise LakewardError(
            "Turtle is written by rdflib, which is not here", remedy="`pip install lakeward[catalogue]`"
        ) from cause

    return Graph().parse(data=json.dumps(told), format="json-ld").serialize(format="turtle")


def said(text: Text) -> list[dict[str, str]]:
    """Give words in both languages as RDF has them."""
    told = {"zh-Hant": text.zh, "en": text.en}
    return [{"@value": words, "@language": language} for language, words in told.items()]


def of_type(kind: str, uri: str) -> dict[str, Any]:
    """Name something by its address and class: whoever reads of it here need not fetch it to know what it is."""
    return {"@id": uri, "@type": kind}
