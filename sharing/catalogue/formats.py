"""The forms in which the catalogue is written: what each is called, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lakeward.lake.release import written
from lakeward.sharing.catalogue import croissant, dcat, dictionary, frictionless, govtw, schema_org
from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entry import Entry
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.catalogue.rdf import turtle

TYPES = {
    "json": "application/json", "jsonld": "application/ld+json", "md": "text/markdown", "ttl": "text/turtle",
}  # fmt: skip
Writer = Callable[[Entry, Addresses, Publisher], str]


@dataclass(frozen=True, slots=True)
class Form:
    """One form.

    Args:
        file: the file of it that stands beside the others of a table.
        what: what it is, for the help.
        write: how one table is written.
        asks_release: it describes files, so that a table must have a release.
    """

    file: str
    what: str
    write: Writer
    asks_release: bool = False

    @property
    def type(self) -> str:
        """Give its media type."""
        return TYPES[self.file.rpartition(".")[2]]


def _package(entry: Entry, at: Addresses, by: Publisher) -> str:
    return written(frictionless.document(entry, entry.release, at, by)) if entry.release else ""


def _croissant(entry: Entry, at: Addresses, by: Publisher) -> str:
    return written(croissant.document(entry, entry.release, at, by)) if entry.release else ""


def _dictionary(entry: Entry, at: Addresses, by: Publisher) -> str:
    del by
    return dictionary.markdown(entry, at)


def _dictionary_json(entry: Entry, at: Addresses, by: Publisher) -> str:
    del by
    return written(dictionary.document(entry, at))


FORMS = {
    "dcat": Form("dcat.jsonld", "DCAT-AP 3 in JSON-LD", lambda *given: written(dcat.document(*given))),
    "turtle": Form("dcat.ttl", "DCAT-AP 3 in Turtle", lambda *given: turtle(dcat.document(*given))),
    "schema.org": Form("schema.jsonld", "schema.org's Dataset", lambda *given: written(schema_org.document(*given))),
    "datapackage": Form("datapackage.json", "Frictionless Data Package 2", _package, asks_release=True),
    "croissant": Form("croissant.json", "Croissant 1.1", _croissant, asks_release=True),
    "data.gov.tw": Form(
        "data.gov.tw.json", "the metadata form of data.gov.tw", lambda *given: written(govtw.document(*given))
    ),
    "dictionary": Form("dictionary.md", "the data dictionary in Markdown", _dictionary),
    "dictionary.json": Form("dictionary.json", "the data dictionary in JSON", _dictionary_json),
}
