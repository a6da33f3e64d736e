"""Each form of the catalogue passes its standard's own validator, or shapes and rules taken from the standard's words."""

from __future__ import annotations

import copy
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless as validator
import mlcroissant
import pytest
from made_shelf import GAUGES, RAIN, Shelf
from pyshacl import validate
from rdflib import Graph, Literal, URIRef, namespace
from rdflib.compare import isomorphic

from lakeward.sharing.catalogue import croissant, dcat, frictionless, govtw, schema_org
from lakeward.sharing.catalogue.entries import entries
from lakeward.sharing.catalogue.formats import FORMS
from lakeward.sharing.catalogue.rdf import turtle
from lakeward.sharing.catalogue.released import Release

SEMIC = os.environ.get("LAKEWARD_DCAT_AP_SHAPES", "")
SHAPES = [Path(__file__).with_name("shapes.ttl"), *sorted(Path(SEMIC).glob("*.ttl") if SEMIC else ())]
PAGE = "https://county.example/open/catalogue/rain-day/"
FILE = "https://county.example/open/rain_day/1.0/rain_day.parquet"


def _graph(document: dict[str, Any]) -> Graph:
    return Graph().parse(data=json.dumps(document), format="json-ld")


def _whole(shelf: Shelf) -> dict[str, Any]:
    at = replace(shelf.at, share="https://county.example/delta-sharing")
    return dcat.catalogue(entries(shelf.lake, [RAIN, GAUGES]), at, shelf.by)


def _release(shelf: Shelf) -> Release:
    release = shelf.entry().release
    assert release is not None
    return release


@pytest.mark.parametrize("shapes", SHAPES, ids=lambda path: path.name)
def test_the_catalogue_keeps_the_rules_of_dcat_ap(shelf: Shelf, shapes: Path) -> None:
    conforms, _, told = validate(_graph(_whole(shelf)), shacl_graph=Graph().parse(shapes))

    assert conforms, told


@pytest.mark.parametrize("lost", ["dct:title", "dct:description", "dcat:accessURL", "foaf:name", "dqv:value", "@type"])
def test_the_shapes_find_what_is_missing(shelf: Shelf, lost: str) -> None:
    graph = _graph(_without(_whole(shelf), lost))

    assert not validate(graph, shacl_graph=Graph().parse(SHAPES[0]))[0]


def _without(document: dict[str, Any], lost: str) -> dict[str, Any]:
    """Take a property from each node but the outermost, which would take the classes that the shapes go by."""
    return {key: _stripped(value, lost) if key != "@context" else value for key, value in document.items()}


def _stripped(value: Any, lost: str) -> Any:
    if isinstance(value, list):
        return [_stripped(each, lost) for each in value]
    if isinstance(value, dict):
        keeps_class = value.get("@type") in (["dcat:Dataset", "prov:Entity"], "dcat:Distribution")
        return {
            key: _stripped(each, lost)
            for key, each in value.items()
            if key != lost or (lost == "@type" and keeps_class)
        }
    return value


def test_a_harvester_finds_where_released_tables_are_read_live(shelf: Shelf) -> None:
    graph = _graph(_whole(shelf))
    (service,) = graph.subjects(namespace.RDF.type, namespace.DCAT.DataService)

    assert graph.value(service, namespace.DCAT.endpointURL) == URIRef("https://county.example/delta-sharing")
    assert set(graph.objects(service, namespace.DCAT.servesDataset)) == {URIRef(f"{PAGE}#dataset")}


def test_turtle_says_the_same_as_json_ld(shelf: Shelf) -> None:
    whole = _whole(shelf)

    assert isomorphic(Graph().parse(data=turtle(whole), format="turtle"), _graph(whole))


def test_a_harvester_finds_files_checksums_licence_lineage_and_quality(shelf: Shelf) -> None:
    graph = _graph(dcat.document(shelf.entry(), shelf.at, shelf.by))
    me = URIRef(f"{PAGE}#dataset")
    files = {
        str(graph.value(each, namespace.DCAT.downloadURL)): each
        for each in graph.objects(me, namespace.DCAT.distribution)
    }
    file = files[FILE]
    sha256 = graph.value(
        graph.value(file, URIRef("http://spdx.org/rdf/terms#checksum")),
        URIRef("http://spdx.org/rdf/terms#checksumValue"),
    )
    values = {
        str(graph.value(each, URIRef("http://www.w3.org/ns/dqv#isMeasurementOf"))).partition("#")[2]: int(str(value))
        for each, value in graph.subject_objects(URIRef("http://www.w3.org/ns/dqv#value"))
    }

    assert set(graph.objects(me, namespace.DCTERMS.title)) == {
        Literal("各站逐日雨量", "zh-Hant"),
        Literal("Rain by gauge and day", "en"),
    }
    assert set(files) == {FILE, FILE.replace("parquet", "csv"), FILE.replace("parquet", "xlsx")}
    assert str(sha256).lower() == _release(shelf).files[0].sha256
    assert graph.value(file, namespace.DCTERMS.license) == URIRef("https://data.gov.tw/license")
    assert {
        str(graph.value(each, namespace.DCTERMS.identifier))
        for each in graph.objects(me, namespace.PROV.wasDerivedFrom)
    } == {
        "environment.gauges",
        "maps.villages",
    }
    assert values == {"metric-rules": 2, "metric-held": 1, "metric-failed": 0}
    assert "silver.environment.gauges version 3" in str(
        list(graph.objects(graph.value(me, namespace.DCTERMS.provenance), namespace.RDFS.label))
    )


def test_schema_org_knows_every_word(shelf: Shelf) -> None:
    whole = schema_org.catalogue(entries(shelf.lake, [RAIN, GAUGES]), shelf.at, shelf.by)
    graph = _graph({**whole, "@context": {"@vocab": str(namespace.SDO)}})

    used = set(graph.predicates()) - {namespace.RDF.type} | set(graph.objects(predicate=namespace.RDF.type))

    known = namespace.SDO.__contains__

    assert used and [term for term in used if not known(str(term))] == []


def test_search_engines_find_what_they_ask_for(shelf: Shelf) -> None:
    told = schema_org.document(shelf.entry(), shelf.at, shelf.by)

    assert (told["name"], told["alternateName"]) == ("各站逐日雨量", "Rain by gauge and day")
    assert 50 <= len(told["description"]) <= 5_000
    assert (told["url"], told["@id"]) == (PAGE, f"{PAGE}#dataset")
    assert told["license"] == "https://data.gov.tw/license"
    assert told["temporalCoverage"] == "2024-01-02/2024-12-30"
    assert told["spatialCoverage"]["geo"]["box"] == "22.99 120.2 25.05 121.54"
    assert told["distribution"][0]["contentUrl"] == FILE
    assert {"name": "雨量", "unitText": "mm"}.items() <= told["variableMeasured"][2].items()


def test_frictionless_accepts_the_package(shelf: Shelf) -> None:
    told = frictionless.document(shelf.entry(), _release(shelf), shelf.at, shelf.by)

    errors = list(validator.Package.metadata_validate(copy.deepcopy(told)))
    schema = validator.Schema.from_descriptor(copy.deepcopy(told["resources"][0]["schema"]))

    assert errors == []
    assert [(field.name, field.type) for field in schema.fields][:3] == [
        ("gauge_id", "string"),
        ("fell_on", "date"),
        ("rain_mm", "number"),
    ]
    assert schema.primary_key == ["gauge_id", "fell_on"]
    assert told["resources"][0]["hash"] == f"sha256:{_release(shelf).files[0].sha256}"
    assert {"value": "1", "label": "自動"} in told["resources"][0]["schema"]["fields"][3]["categories"]


def test_the_released_csv_holds_what_the_package_says(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    told = frictionless.document(shelf.entry(), _release(shelf), shelf.at, shelf.by)
    (resource,) = [each for each in told["resources"] if each["format"] == "csv"]
    monkeypatch.chdir(shelf.lake.releases(RAIN.name) / "1.0")

    right = validator.Resource.from_descriptor({**resource, "path": "rain_day.csv"}).validate()
    fields = [
        {**each, "type": "integer"} if each["name"] == "kind" else each for each in resource["schema"]["fields"][:3]
    ]
    wrong = validator.Resource.from_descriptor(
        {**resource, "path": "rain_day.csv", "schema": {"fields": fields}}
    ).validate()

    assert right.valid, right.flatten(["type", "message"])
    assert not wrong.valid


def test_frictionless_refuses_a_package_without_files(shelf: Shelf) -> None:
    told = frictionless.document(shelf.entry(), _release(shelf), shelf.at, shelf.by)

    del told["resources"]

    assert list(validator.Package.metadata_validate(told))


def test_mlcroissant_accepts_the_description_without_a_warning(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        read = mlcroissant.Dataset(croissant.document(shelf.entry(), _release(shelf), shelf.at, shelf.by)).metadata

    assert not caplog.records
    assert [each.sha256 for each in read.file_objects] == [each.sha256 for each in _release(shelf).files]
    assert [each.name for each in read.record_sets] == ["rows/rain_day.parquet"]
    assert [field.name for field in read.record_sets[0].fields] == [column.name for column in RAIN.columns]


def test_the_form_of_data_gov_tw_has_the_portals_fields(shelf: Shelf) -> None:
    form = govtw.document(shelf.entry(), shelf.at, shelf.by)

    # As the portal's own example has them: data.nat.gov.tw/about/doc?chapter=31&doc=5.
    assert set(form) == {
        "categoryService", "categoryDataset", "datasetid", "title", "description", "type", "license", "cost",
        "publisherOID", "publisherContactName", "publisherContactPhone", "publisherContactEmail", "updateFrequency",
        "coverageStartedDate", "coverageEndedDate", "publishedDate", "modifiedDate", "spatialCoverage", "language",
        "relatedUrl", "keyword", "notes", "distribution",
    }  # fmt: skip
    assert (form["license"], form["publisherOID"]) == ("1", "2.16.886|縣政府")
    assert form["updateFrequency"] == {"regularupdate": "1", "Frequency": "1", "unittime": "月"}
    assert (form["coverageStartedDate"], form["coverageEndedDate"]) == ("2024-01-02", "2024-12-30")
    assert form["distribution"][0]["resourceField"][2] == {"name": "rain_mm", "description": "雨量（mm）"}
    assert [each["resourceFormat"] for each in form["distribution"]] == ["CSV", "XLSX", "PARQUET"]
    assert form["distribution"][2]["resourceDownloadUrl"] == FILE
    assert govtw.missing(form) == {"categoryService": "服務分類代碼"}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_says_the_same_twice_and_keeps_chinese_readable(shelf: Shelf, name: str) -> None:
    once = FORMS[name].write(shelf.entry(), shelf.at, shelf.by)

    assert once == FORMS[name].write(shelf.entry(), shelf.at, shelf.by)
    assert "各站逐日雨量" in once


def _values(thing: Any) -> Iterator[Any]:
    if isinstance(thing, dict):
        for value in thing.values():
            yield from _values(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _values(value)
    else:
        yield thing


def test_no_form_leaves_a_blank_or_a_path_of_the_machine(shelf: Shelf) -> None:
    for name in ("dcat", "schema.org", "datapackage", "croissant"):
        told = json.loads(FORMS[name].write(shelf.entry(), shelf.at, shelf.by))

        assert all(value not in ("", None) and str(shelf.lake.root) not in str(value) for value in _values(told))
