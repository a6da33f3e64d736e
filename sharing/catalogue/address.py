"""Where what is published is reached: addresses that stay."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    """The addresses below a base, at which a web server gives out the portal or the lake's `published` folder.

    Args:
        base: the base, without a slash at its end.
        share: the endpoint at which tables are read live by Delta Sharing; empty where there is none.
    """

    base: str = PLACEHOLDER
    share: str = ""

    @classmethod
    def at(cls, base: str, share: str = "") -> Addresses:
        """Take a base as a user gives it, and the endpoint of shares.

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
        return cls(base.rstrip("/"), share)

    @property
    def catalogue(self) -> str:
        """Give the address of the whole catalogue, which names it for ever."""
        return f"{self.base}/catalogue/"

    def node(self, name: str, what: str = "dataset") -> str:
        """Give the address that names a table, or something about it, for ever."""
        return f"{self.page_of(name)}#{what}"

    def twin(self, name: str, file: str) -> str:
        """Give the address of one of the files that describe a table."""
        return f"{self.page_of(name)}{file}"

    def page_of(self, name: str) -> str:
        """Give the address of a table's page."""
        return f"{self.catalogue}{slug(name)}/"

    def file(self, name: str, release: str, path: str) -> str:
        """Give the address of a file of a release."""
        return "/".join([self.base, *map(quote, (name.removeprefix("gold."), release, path))])


def web(page: str) -> str:
    """Give the address in what a declaration says of an agency's page; empty where there is none."""
    found = WEB.match(page)
    return f"{found[1] or 'https://'}{found[2]}" if found else ""
