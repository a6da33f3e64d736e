"""Where what is published is reached: addresses that stay."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from lakeward.lake.errors import UsageError

PLACEHOLDER = "https://data.example"
"""Stands where nobody has said which server it will be; `.example` belongs to no one (RFC 2606)."""
WEB = re.compile(r"(https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+[\w./?=&%#:+~-]*)", re.ASCII)


def slug(name: str) -> str:
    """Give a table's name as addresses have it: `road-safety-weather`, `police.fatal-crashes`."""
    return name.removeprefix("gold.").replace("_", "-")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses below a base, at which a web server gives out the lake's `published` folder or the portal.

    What names a table never changes; where its page and its files are reached is as the server has them.

    Args:
        base: the base, without a slash at its end.
        page: the page of a table; `{name}` and `{slug}` stand for its names.
        files: a file of a release; `{table}`, `{release}` and `{path}` stand for its parts.
    """

    base: str = PLACEHOLDER
    page: str = "catalogue/{slug}/"
    files: str = "{table}/{release}/{path}"

    @classmethod
    def at(cls, base: str) -> Addresses:
        """Take a base as a user gives it.

        Raises:
            UsageError: it is no web address, or holds what would change the meaning of what is put after it.
        """
        try:
            parts = urlsplit(base)
            is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_web = False
        if not is_web or re.search(r'[\s<>"{}|\\^`]', base) or parts.query or parts.fragment or parts.username:
            raise UsageError(
                f"{base!r} cannot be the base of addresses",
                remedy="give --base-url the address that serves the lake's published folder, as https://data.example.gov.tw",
            )
        return cls(base.rstrip("/"))

    def of_portal(self) -> Addresses:
        """Give the addresses where the portal stands at the base: its pages, and the files that it gives out."""
        return replace(self, page="tables/{name}.html", files="data/{table}/{release}/{path}")

    @property
    def catalogue(self) -> str:
        """Give the address of the whole catalogue, which names it for ever."""
        return f"{self.base}/catalogue/"

    def node(self, name: str, what: str = "dataset") -> str:
        """Give the address that names a table, or something about it, for ever."""
        return f"{self.catalogue}{slug(name)}/#{what}"

    def twin(self, name: str, file: str) -> str:
        """Give the address of one of the files that describe a table."""
        return f"{self.catalogue}{slug(name)}/{file}"

    def page_of(self, name: str) -> str:
        """Give the address of a table's page."""
        return f"{self.base}/{self.page.format(name=name, slug=slug(name))}"

    def file(self, name: str, release: str, path: str) -> str:
        """Give the address of a file of a release."""
        table = name.removeprefix("gold.")
        return f"{self.base}/{self.files.format(table=quote(table), release=quote(release), path=quote(path))}"


def web(page: str) -> str:
    """Give the address in what a declaration says of an agency's page; empty where there is none."""
    found = WEB.match(page)
    return f"{found[1] or 'https://'}{found[2]}" if found else ""
