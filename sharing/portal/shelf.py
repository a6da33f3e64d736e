"""All that the portal's pages are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lakeward.sharing.portal.about import About
from lakeward.sharing.portal.domains import DOMAINS, Domain
from lakeward.sharing.portal.outlines import Outline
from lakeward.sharing.portal.twins import Twins

FEATURED = 6


@dataclass(frozen=True, slots=True)
class Shelf:
    """Tables and what surrounds them.

    Args:
        tables: every table, in order of name.
        outlines: of counties; empty where the lake has none.
        base_url: where the site will stand, with a slash at its end; empty where that is not known.
        twins: the same in the forms of catalogues.
        has_sql: the site has an SQL console.
        feed: the place of the feed of releases; empty where there is none.
    """

    tables: tuple[About, ...]
    outlines: Mapping[str, Outline]
    base_url: str
    twins: Twins
    has_sql: bool
    feed: str = ""

    def domains(self) -> list[tuple[Domain, list[About]]]:
        """Give every domain that has tables, the ten clouds first, with them, those to download first."""
        found: dict[str, list[About]] = {domain.name: [] for domain in DOMAINS}
        known = {about.domain.name: about.domain for about in self.tables}
        for about in sorted(self.tables, key=lambda each: (each.extract is None, each.name)):
            found.setdefault(about.domain.name, []).append(about)
        return [(known[name], of) for name, of in found.items() if of]

    def featured(self) -> list[About]:
        """Choose tables for the first page: with a picture over time, of different domains, large ones first."""
        able = [about for about in self.tables if about.extract and about.figures]
        able.sort(key=lambda about: (about.figures[0].kind != "line", -len(about.figures), -(about.rows or 0)))
        first = {about.domain.name: about for about in reversed(able)}
        chosen = [about for about in able if first[about.domain.name] is about]
        return (chosen + [about for about in able if about not in chosen])[:FEATURED]
