"""The pages' twins in the forms of catalogues: they bear addresses, so a site has them if it knows where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.sharing.catalogue import schema_org
from lakeward.sharing.catalogue import shelf as catalogue
from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entries import entries
from lakeward.sharing.catalogue.entry import Entry
from lakeward.sharing.catalogue.formats import FORMS
from lakeward.sharing.catalogue.media import media
from lakeward.sharing.catalogue.publisher import Publisher


@dataclass(frozen=True, slots=True)
class Twins:
    """The catalogue of a site.

    Args:
        entries: what it tells of each table, by name; empty for a site that does not know its address.
        at: the addresses.
        by: who gives the site out.
    """

    entries: Mapping[str, Entry]
    at: Addresses
    by: Publisher

    @classmethod
    def of(cls, lake: Lake, tables: Mapping[str, Table], base_url: str, by: Publisher) -> Twins:
        """Collect them; none where no address is given, or the libraries of the catalogue are not installed.

        Raises:
            UsageError: the address is none.
        """
        at = Addresses.at(base_url) if base_url else Addresses()
        is_told = bool(base_url) and find_spec("rdflib") is not None
        return cls({each.name: each for each in entries(lake, tables.values())} if is_told else {}, at, by)

    def links(self, name: str) -> list[dict[str, str]]:
        """Give the files that describe a table: place in the site, kind, name."""
        entry = self.entries.get(name)
        if entry is None:
            return []
        files = {FORMS[form].file: FORMS[form].what for form in catalogue.forms(entry)}
        return [
            {
                "href": f"{catalogue.FOLDER}/{entry.slug}/{file}",
                "type": media(file.rpartition(".")[2]).type,
                "title": what,
            }
            for file, what in files.items()
        ]

    def in_page(self, name: str) -> Mapping[str, Any] | None:
        """Give what search engines read in a table's page."""
        entry = self.entries.get(name)
        return schema_org.document(entry, self.at, self.by) if entry else None

    def write(self, site: Path) -> None:
        """Write the catalogue into a site."""
        if self.entries:
            catalogue.shelve(site / catalogue.FOLDER, list(self.entries.values()), self.at, self.by)
