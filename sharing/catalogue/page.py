"""The plain pages at the addresses that name tables, for search engines and whoever follows such an address."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from lakeward.sharing.catalogue import schema_org
from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.dcat import ALL
from lakeward.sharing.catalogue.entry import Entry
from lakeward.sharing.catalogue.publisher import Publisher

if TYPE_CHECKING:
    from jinja2 import Template

FILE = "index.html"


def page(entry: Entry, at: Addresses, by: Publisher, forms: Sequence[Mapping[str, str]]) -> str:
    """Write a table's plain page.

    Args:
        entry: the table.
        at: the addresses.
        by: who gives the catalogue out.
        forms: the files beside the page: `file`, `type` and `what` of each.
    """
    from markupsafe import Markup

    told = json.dumps(schema_org.document(entry, at, by), ensure_ascii=False).replace("<", "\\u003c")
    number, released, papers = (
        (entry.release.number, entry.release.files, entry.release.papers) if entry.release else ("", (), ())
    )
    return _template("page.html").render(
        entry=entry,
        page=at.page_of(entry.name),
        json_ld=Markup(told),  # noqa: S704 - no `<` is left in it
        files=[(each, at.file(entry.name, number, each.path)) for each in released],
        papers=[(name, at.file(entry.name, number, name)) for name in papers],
        forms=forms,
    )


def contents(entries: Sequence[Entry]) -> str:
    """Write the plain page that lists all tables."""
    return _template("list.html").render(title=ALL, entries=entries)


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, StrictUndefined

    source = files(__package__).joinpath(name).read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(source)
