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
from lakeward.sharing.catalogue.coverage import TAIWAN
from lakeward.sharing.catalogue.entry import Entry, Origin, Quality
from lakeward.sharing.catalogue.media import media
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.catalogue.rdf import CONTEXT, EU, of_type, said
from lakeward.sharing.catalogue.released import File, Release
from lakeward.sharing.catalogue.text import Text

Node = dict[str, Any]
COUNTRY = f"{EU}/country/TWN"
ALL = Text("開放政府資料目錄", "Catalogue of open government data")
ALL_ABOUT = Text(
    "跨機關資料表及其所依據的機關資料集：欄位、授權、涵蓋範圍、血緣、品質與檔案。",
    "Cross-agency tables and the agencies' data sets they rest on: columns, licences, coverage, lineage, quality.",
)
SERVICE = Text("Delta Sharing 即時資料分享", "Live tables by Delta Sharing")
SERVICE_ABOUT = Text(
    "以開放協定直接讀取資料表的任一版本；請向提供機關索取設定檔。",
    "Tables at any version, read where they lie by an open protocol; ask the publisher for a profile.",
)
PROTOCOL = "https://github.com/delta-io/delta-sharing/blob/main/PROTOCOL.md"
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
        "dct:spatial": _place(TAIWAN, ""),
        "foaf:homepage": of_type("foaf:Document", f"{at.base}/"),
        "dcat:themeTaxonomy": {
            **of_type("skos:ConceptScheme", f"{EU}/data-theme"),
            "dct:title": said(Text("資料主題", "Data theme")),
        },
        **({"dct:issued": min(released), "dct:modified": max(released)} if released else {}),
        "dcat:dataset": [_dataset(each, at, by) for each in entries],
        **({"dcat:service": _service(entries, at)} if at.share else {}),
    }


def _service(entries: Sequence[Entry], at: Addresses) -> Node:
    """Tell of the server at which tables are read live, by whoever was given a profile."""
    return {
        **of_type("dcat:DataService", f"{at.catalogue}#delta-sharing"),
        "dct:title": said(SERVICE),
        "dct:description": said(SERVICE_ABOUT),
        "dcat:endpointURL": {"@id": at.share},
        "dcat:endpointDescription": {"@id": PROTOCOL},
        "dct:accessRights": of_type("dct:RightsStatement", f"{EU}/access-right/RESTRICTED"),
        "dcat:servesDataset": [{"@id": at.node(each.name)} for each in entries if each.share],
    }


def _dataset(entry: Entry, at: Addresses, by: Publisher) -> Node:
    papers = [at.file(entry.name, entry.release.number, each) for each in entry.release.papers] if entry.release else []
    pages = [at.twin(entry.name, "dictionary.md"), entry.page, *papers]
    told: Node = {
        "@id": at.node(entry.name),
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
        "dct:spatial": _spatial(entry, at),
        "dct:temporal": _temporal(entry, at),
        "dcat:landingPage": of_type("foaf:Document", at.page_of(entry.name)),
        "foaf:page": [of_type("foaf:Document", page) for page in pages if page],
        "skos:editorialNote": list(entry.doubts),
        "prov:wasDerivedFrom": [_origin(each, at) for each in entry.origins if each.is_direct],
        "dqv:hasQualityMeasurement": _measured(entry, entry.quality, at) if entry.quality else [],
        **(_released(entry, entry.release, at) if entry.release else {}),
    }
    return {name: value for name, value in told.items() if value}


def _released(entry: Entry, release: Release, at: Addresses) -> Node:
    me = entry.name
    versions = ", ".join(f"{name} version {version}" for name, version in release.inputs.items())
    return {
        "dct:accessRights": of_type("dct:RightsStatement", f"{EU}/access-right/PUBLIC"),
        "dct:issued": release.first_at,
        "dct:modified": release.released_at,
        "dcat:version": release.number,
        **({"adms:versionNotes": said(release.changes)} if release.changes else {}),
        "dct:provenance": {
            **of_type("dct:ProvenanceStatement", at.node(me, "provenance")),
            "rdfs:label": said(Text(f"由下列版本的資料表產生：{versions}", f"Made from {versions}")),
        },
        "prov:wasGeneratedBy": {
            **of_type("prov:Activity", at.node(me, f"run-{release.run_id}")),
            "rdfs:label": f"lakeward run {release.run_id}",
            "prov:endedAtTime": release.released_at,
            "prov:used": [at.node(each.name) for each in entry.origins if each.is_direct],
        },
        "dcat:distribution": [_distribution(entry, release, each, at) for each in release.files],
    }


def _distribution(entry: Entry, release: Release, file: File, at: Addresses) -> Node:
    me, url, kind = entry.name, at.file(entry.name, release.number, file.path), media(file.ending)
    about = Text(f"{entry.title.zh}，版本 {release.number}", f"{entry.title.en}, release {release.number}")
    return {
        **of_type("dcat:Distribution", at.node(me, f"file-{quote(file.path)}")),
        "dct:title": file.path,
        "dct:description": said(about),
        "dcat:accessURL": url,
        "dcat:downloadURL": url,
        "dcat:mediaType": of_type("dct:MediaType", kind.type_uri),
        "dct:format": of_type("dct:MediaTypeOrExtent", kind.format_uri),
        "dcat:byteSize": str(file.bytes),
        "dct:issued": release.released_at,
        **({"dct:license": of_type("dct:LicenseDocument", entry.licence.uri)} if entry.licence else {}),
        "dct:rights": {**of_type("dct:RightsStatement", at.node(me, "rights")), "rdfs:label": said(entry.rights)},
        "spdx:checksum": {
            **of_type("spdx:Checksum", at.node(me, f"sha256-{file.sha256}")),
            "spdx:algorithm": of_type("spdx:ChecksumAlgorithm", "spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": file.sha256,
        },
    }


def _measured(entry: Entry, quality: Quality, at: Addresses) -> list[Node]:
    return [
        {
            **of_type("dqv:QualityMeasurement", at.node(entry.name, f"quality-{name}")),
            "dqv:computedOn": {"@id": at.node(entry.name)},
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
        **of_type("prov:Entity", at.node(origin.name)),
        "dct:identifier": origin.name,
        "dct:title": said(origin.title),
        "prov:wasAttributedTo": [_agency(each, at) for each in origin.agencies],
    }


def _temporal(entry: Entry, at: Addresses) -> Node:
    first, last = entry.coverage.first, entry.coverage.last
    if first is None or last is None:
        return {}
    days = {"dcat:startDate": first.isoformat(), "dcat:endDate": last.isoformat()}
    return {**of_type("dct:PeriodOfTime", at.node(entry.name, "period")), **days}


def _spatial(entry: Entry, at: Addresses) -> Node:
    own, box = at.node(entry.name, "place"), entry.coverage.box
    place = _place(entry.coverage.place, own)
    if box is None:
        return place
    west, south, east, north = box
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = ", ".join(f"{lon} {lat}" for lon, lat in corners)
    return {**place, "@id": own, "dcat:bbox": f"POLYGON(({ring}))"}


def _place(name: Text, own: str) -> Node:
    return {**of_type("dct:Location", COUNTRY if name == TAIWAN else own), "skos:prefLabel": said(name)}


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
