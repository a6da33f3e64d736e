"""Who gives the catalogue out, and whom to ask: what no declaration knows."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from lakeward.lake.errors import UsageError
from lakeward.sharing.catalogue.address import WEB
from lakeward.sharing.catalogue.text import Text, both


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who gives the catalogue out.

    Args:
        name: `數位發展部 Ministry of Digital Affairs`.
        page: its site.
        oid: its object identifier, as data.gov.tw asks for it.
        contact: whom to ask.
        phone: their telephone number.
        email: their address.
    """

    name: str = "lakeward 開放政府資料湖倉 lakeward open-government data lakehouse"
    page: str = ""
    oid: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""

    @property
    def title(self) -> Text:
        """Give its name in both languages."""
        return both(self.name)


def publisher(file: Path) -> Publisher:
    """Read who gives the catalogue out from a JSON file.

    Raises:
        UsageError: it cannot be read, or holds what no publisher has.
    """
    known = [each.name for each in fields(Publisher)]
    remedy = f"write a JSON object of texts, with any of {', '.join(known)}"
    try:
        told = json.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError) as cause:
        raise UsageError(f"{file} cannot be read: {cause}", remedy=remedy) from cause
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise UsageError(f"{file} is no object of texts", remedy=remedy)
    if strange := sorted(told.keys() - set(known)):
        raise UsageError(f"{file}: nothing of a publisher is called {', '.join(strange)}", remedy=remedy)
    if told.get("page") and not WEB.fullmatch(told["page"]):
        raise UsageError(f"{file}: {told['page']!r} is no web address", remedy="write page as https://…")
    return Publisher(**told)
