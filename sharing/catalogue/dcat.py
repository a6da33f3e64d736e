"""DCAT-AP 3: what harvesters of data portals read. Lineage is told in PROV, quality in DQV.

The JSON-LD is written by hand, so that it reads as a document and comes out the same twice; rdflib turns it to Turtle.
Every node that is more than a value has an address: blank ones would be new at each harvest.

Source:
    https://semiceu.github.io/DCAT-AP/releases/3.0.1/; https://www.w3.org/TR/vocab-dqv/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entry import Coverage, Entry, File, Origin, Quality, Release
from lakeward.sharing.catalogue.media import media
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.catalogue.rdf import CONTEXT, EU, of_type, said
from lakeward.sharing.catalogue.text import Text

Node = dict[str, Any]
COUNTRY = f"{EU}/country/TWN"
ALL = Text("開放政府資料目錄", "Catalogue of open government data")
ALL_ABOUT = Text(
    "跨機關資料表及其所依據的機關資料集：欄位、授權、涵蓋範圍、血緣、品質與檔案。",
    "Cross-agency tables and the agencies' data sets they rest on: columns, licences, coverage, lineage, quality.",
)
METRICS = {
    "rules": Text("檢查的規則數", "rules that were checked"),
    "held": Text("成立的規則數", "rules that held"),
    "failed": Text("不成立而禁止發布的規則數", "rules that broke and forbid publication"),
}


def document(entry: Entry, at: Addresses, by: Publisher) -> Node:
    """Describe one table as a DCAT-AP dataset in JSON-LD."""
    return {"@context": CONTEXT, **_dataset(entry, at, by)}


def catalogue(entries: Sequence[Entry], at: Addresses, by: Publisher) -> Node:
    """Describe all tables as one DCAT-AP catalogue in JSON-LD."""
    released = [each.release.released_at for each in entries if each.release]
    return {
        "@context": CONTEXT,
        "@id": at.catalogue,
        "@type": "dcat:Catalog",
        "dct:title": said(ALL),
        "dct:description": said(ALL_ABOUT),
        "dct:publisher": _publisher(at, by),
        "dct:language": _languages(),
        "dct:spatial": _place(Text("臺灣", "Taiwan"), at.catalogue),
        "foaf:homepage": of_type("foaf:Document", f"{at.base}/"),
        "dcat:themeTaxonomy": {
            **of_type("skos:ConceptScheme", f"{EU}/data-theme"),
            "dct:title": said(Text("資料主題", "Data theme")),
        },
        **({"dct:issued": min(released), "dct:modified": max(released)} if released else {}),
        "dcat:dataset": [_dataset(each, at, by) for each in entries],
    }


def _dataset(entry: Entry, at: Addresses, by: Publisher) -> Node:
    here = at.page_of(entry.slug)
    pages = [at.twin(entry.slug, "dictionary.md"), entry.page]
    told: Node = {
        "@id": at.table(entry.slug),
        "@type": ["dcat:Dataset", "prov:Entity"],
        "dct:identifier": entry.name,
        "dct:title": said(entry.title),
        "dct:description": said(entry.description),
        "dcat:keyword": [word for each in entry.keywords for word in said(each)],
        "dcat:theme": {**of_type("skos:Concept", entry.theme.uri), "skos:prefLabel": said(entry.theme.title)},
        "dct:publisher": _publisher(at, by),
        "dct:creator": [_agency(each, at) for each in entry.agencies],
        "dcat:contactPoint": _contact(at, by),
        "dct:accrualPeriodicity": of_type("dct:Frequency", entry.cadence.uri),
        "dct:language": _languages(),
        "dct:spatial": _spatial(entry.coverage, here),
        "dct:temporal": _temporal(entry.coverage, here),
        "dcat:landingPage": of_type("foaf:Document", here),
        "foaf:page": [of_type("foaf:Document", page) for page in pages if page],
        "skos:editorialNote": list(entry.doubts),
        "prov:wasDerivedFrom": [_origin(each, at) for each in entry.origins if each.is_direct],
        "dqv:hasQualityMeasurement": _measured(entry, entry.quality, at) if entry.quality else [],
        **(_released(entry, entry.release, at) if entry.release else {}),
    }
    return {name: value for name, value in told.items() if value}


def _released(entry: Entry, release: Release, at: Addresses) -> Node:
    here = at.page_of(entry.slug)
    versions = ", ".join(f"{name} version {version}" for name, version in release.inputs.items())
    return {
        "dct:accessRights": of_type("dct:RightsStatement", f"{EU}/access-right/PUBLIC"),
        "dct:issued": release.first_at,
        "dct:modified": release.released_at,
        "dcat:version": release.number,
        "dct:provenance": {
            **of_type("dct:ProvenanceStatement", f"{here}#provenance"),
            "rdfs:label": said(Text(f"由下列版本的資料表產生：{versions}", f"Made from {versions}")),
        },
        "prov:wasGeneratedBy": {
            **of_type("prov:Activity", f"{here}#run-{release.run_id}"),
            "rdfs:label": f"lakeward run {release.run_id}",
            "prov:endedAtTime": release.released_at,
            "prov:used": [at.table(each.slug) for each in entry.origins if each.is_direct],
        },
        "dcat:distribution": [_distribution(entry, release, each, at) for each in release.files],
    }


def _distribution(entry: Entry, release: Release, file: File, at: Addresses) -> Node:
    here, url, kind = at.page_of(entry.slug), at.file(entry.name, release.number, file.path), media(file.ending)
    about = Text(f"{entry.title.zh}，版本 {release.number}", f"{entry.title.en}, release {release.number}")
    return {
        **of_type("dcat:Distribution", f"{here}#file-{quote(file.path)}"),
        "dct:title": file.path,
        "dct:description": said(about),
        "dcat:accessURL": url,
        "dcat:downloadURL": url,
        "dcat:mediaType": of_type("dct:MediaType", kind.type_uri),
        "dct:format": of_type("dct:MediaTypeOrExtent", kind.format_uri),
        "dcat:byteSize": str(file.bytes),
        "dct:issued": release.released_at,
        **({"dct:license": of_type("dct:LicenseDocument", entry.licence.uri)} if entry.licence else {}),
        "dct:rights": {**of_type("dct:RightsStatement", f"{here}#rights"), "rdfs:label": said(entry.rights)},
        "spdx:checksum": {
            **of_type("spdx:Checksum", f"{here}#sha256-{file.sha256}"),
            "spdx:algorithm": of_type("spdx:ChecksumAlgorithm", "spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": file.sha256,
        },
    }


def _measured(entry: Entry, quality: Quality, at: Addresses) -> list[Node]:
    return [
        {
            **of_type("dqv:QualityMeasurement", f"{at.page_of(entry.slug)}#quality-{name}"),
            "dqv:computedOn": {"@id": at.table(entry.slug)},
            "dqv:isMeasurementOf": {
                **of_type("dqv:Metric", f"{at.catalogue}#metric-{name}"),
                "skos:definition": said(definition),
                "dqv:expectedDataType": {"@id": "xsd:integer"},
                "dqv:inDimension": {"@id": "ldqd:consistency"},
            },
            "dqv:value": str(getattr(quality, name)),
            "prov:generatedAtTime": quality.checked_at,
        }
        for name, definition in METRICS.items()
    ]


def _origin(origin: Origin, at: Addresses) -> Node:
    return {
        **of_type("prov:Entity", at.table(origin.slug)),
        "dct:identifier": origin.name,
        "dct:title": said(origin.title),
        "prov:wasAttributedTo": [_agency(each, at) for each in origin.agencies],
    }


def _temporal(coverage: Coverage, here: str) -> Node:
    if coverage.first is None or coverage.last is None:
        return {}
    days = {"dcat:startDate": coverage.first.isoformat(), "dcat:endDate": coverage.last.isoformat()}
    return {**of_type("dct:PeriodOfTime", f"{here}#period"), **days}


def _spatial(coverage: Coverage, here: str) -> Node:
    place = _place(coverage.place, here)
    if coverage.box is None:
        return place
    west, south, east, north = coverage.box
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = ", ".join(f"{lon} {lat}" for lon, lat in corners)
    return {**place, "@id": f"{here}#place", "dcat:bbox": f"POLYGON(({ring}))"}


def _place(name: Text, here: str) -> Node:
    uri = COUNTRY if name.en == "Taiwan" else f"{here}#place"
    return {**of_type("dct:Location", uri), "skos:prefLabel": said(name)}


def _agency(name: Text, at: Addresses) -> Node:
    me = f"{at.catalogue}#agency-{quote(name.zh)}"
    return {"@id": me, "@type": ["foaf:Agent", "prov:Agent"], "foaf:name": said(name)}


def _publisher(at: Addresses, by: Publisher) -> Node:
    home = {"foaf:homepage": of_type("foaf:Document", by.page)} if by.page else {}
    return {**of_type("foaf:Agent", f"{at.catalogue}#publisher"), "foaf:name": said(by.title), **home}


def _contact(at: Addresses, by: Publisher) -> Node:
    reached = {
        "vcard:hasEmail": by.email and f"mailto:{quote(by.email, safe='@+')}",
        "vcard:hasTelephone": by.phone and f"tel:{quote(by.phone, safe='+-')}",
    }
    reached = {name: address for name, address in reached.items() if address}
    me = {"@id": f"{at.catalogue}#contact", "@type": ["vcard:Kind", "vcard:Organization"]}
    return {**me, "vcard:fn": by.contact or by.title.zh, **reached} if reached else {}


def _languages() -> list[Node]:
    return [of_type("dct:LinguisticSystem", f"{EU}/language/{code}") for code in ("ZHO", "ENG")]
