"""What a recipient may see of shares, schemas and tables, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakeward.sharing.server.asked import whole
from lakeward.sharing.server.pages import PAGE_SECONDS, Seal
from lakeward.sharing.server.recipients import Recipient
from lakeward.sharing.server.refusals import forbidden, invalid, unknown
from lakeward.sharing.server.shares import Shared, Shares, is_name

LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class View:
    """The shares as one recipient sees them.

    Args:
        shares: all shares.
        who: the recipient.
        seal: signs tokens of pages.
    """

    shares: Shares
    who: Recipient
    seal: Seal

    def all_shares(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """List the shares that are granted."""
        granted = [{"name": name} for name in self.shares.names() if self.who.may_read(name)]
        return self._page(granted, asked, "shares")

    def share(self, _: Mapping[str, str], share: str) -> dict[str, Any]:
        """Give one share."""
        return {"share": {"name": self._granted(share)}}

    def schemas(self, asked: Mapping[str, str], share: str) -> dict[str, Any]:
        """List a share's schemas."""
        name = self._granted(share)
        found = dict.fromkeys(table.schema for table in self.shares.of(name))
        return self._page([{"name": schema, "share": name} for schema in found], asked, "schemas", name)

    def tables(self, asked: Mapping[str, str], share: str, schema: str | None = None) -> dict[str, Any]:
        """List the tables of a schema, or of all."""
        name = self._granted(share)
        found = self.shares.of(name, schema)
        if schema is not None and not found:
            raise unknown()
        told = [{"name": table.name, "schema": table.schema, "share": table.share} for table in found]
        return self._page(told, asked, "tables", name, schema or "")

    def table(self, share: str, schema: str, name: str) -> Shared:
        """Give a table to read.

        Names of shares are in the public catalogue, so that whoever lacks a grant is told so.

        Raises:
            Refused: the share is not granted, or there is no such table.
        """
        _named(share, schema, name)
        if not self.who.may_read(share):
            raise forbidden() if self.shares.has(share) else unknown()
        found = self.shares.find(share, schema, name)
        if found is None:
            raise unknown()
        return found

    def _granted(self, share: str) -> str:
        """Give a share's name as it is written; one that is not granted is answered as one that is not there."""
        _named(share)
        found = next((name for name in self.shares.names() if name.lower() == share.lower()), None)
        if found is None or not self.who.may_read(found):
            raise unknown()
        return found

    def _page(self, items: Sequence[Mapping[str, str]], asked: Mapping[str, str], *about: str) -> dict[str, Any]:
        count = whole(asked, "maxResults", most=LARGEST_PAGE)
        count = LARGEST_PAGE if count is None else count
        bound, start = [*about, self.who.id], 0
        if token := asked.get("pageToken"):
            start = self.seal.opened("page", bound, token)["start"]
        page: dict[str, Any] = {"items": list(items[start : start + count])}
        if start + count < len(items):
            page["nextPageToken"] = self.seal.token("page", bound, PAGE_SECONDS, start=start + count)
        return page


def _named(*names: str) -> None:
    if not all(map(is_name, names)):
        raise invalid("a name has 1 to 255 characters, and neither blank, slash nor control characters")
