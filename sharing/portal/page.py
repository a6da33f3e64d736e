"""The pages of the portal, from templates; one file a page and language, which read well without scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from lakeward import __version__
from lakeward.sharing.catalogue.text import Language, Text
from lakeward.sharing.portal import drawing, rule, table_page, words
from lakeward.sharing.portal.about import About
from lakeward.sharing.portal.county_map import county_map
from lakeward.sharing.portal.domains import Domain
from lakeward.sharing.portal.shelf import Shelf

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
GROUPS = (Text("可直接下載", "Ready to download"), Text("整合用的資料集", "Data sets they are made of"))


class Pages:
    """Renders every page in one language."""

    def __init__(self, shelf: Shelf, language: Language) -> None:
        self.shelf, self.language = shelf, language
        self.folder = "" if language == "zh" else "en/"
        self.environment = _environment(language)
        self.environment.globals |= {
            "language": language,
            "tag": words.TAGS[language],
            "base_url": shelf.base_url,
            "publisher": shelf.twins.by,
            "feed": shelf.feed,
            "is_made": any(about.is_made for about in shelf.tables),
            "made_on": f"{datetime.now(UTC):%Y-%m-%d}",
            "version": __version__,
            "spark": _spark,
        }

    def all(self) -> dict[str, str]:
        """Render every page; give each by its path in the site."""
        domains = self.shelf.domains()
        pages = {
            "index.html": self._page("home.html", "index.html", **self._home(domains)),
            "tables.html": self._page("tables.html", "tables.html", tables=self.shelf.tables, domains=domains),
        }
        for domain, of in domains:
            parts = ([about for about in of if about.extract], [about for about in of if not about.extract])
            path = f"domains/{domain.name}.html"
            groups = list(zip(GROUPS, parts, strict=True))
            pages[path] = self._page("domain.html", path, domain=domain, groups=groups, domains=domains)
        for about in self.shelf.tables:
            path = f"tables/{about.name}.html"
            pages[path] = self._page(
                "table.html", path, about=about, **table_page.told(about, self.shelf, self.language)
            )
        return {f"{self.folder}{path}": text for path, text in pages.items()}

    def _page(self, template: str, path: str, **told: Any) -> str:
        home = "../" * path.count("/")
        root = home + ("../" if self.folder else "")
        other = root + ("en/" if self.language == "zh" else "") + path
        return self.environment.get_template(template).render(
            path=path, here=self.folder + path, home=home, root=root, other=other, **told
        )

    def _home(self, domains: list[tuple[Domain, list[About]]]) -> dict[str, Any]:
        tables, featured = self.shelf.tables, self.shelf.featured()
        mapped = next((figure for about in featured for figure in about.figures if figure.kind == "map"), None)
        return {
            "tables": tables,
            "domains": domains,
            "featured": featured,
            "rows": sum(about.rows or 0 for about in tables),
            "agencies": len({agency.zh for about in tables for agency in about.agencies}),
            "rules": sum(len(about.rules) for about in tables),
            "art": county_map(mapped, self.shelf.outlines, None) if mapped and self.shelf.outlines else "",
        }


def _environment(language: Language) -> Environment:
    made = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    made.filters |= {
        "say": lambda text: text.said(language),
        "number": words.number,
        "size": words.size,
        "many": partial(words.many, language=language),
        "percent": words.percent,
        "cell": words.cell,
        "whole": _whole,
        "kind": words.of_type,
        "unit": words.of_unit,
        "rule": rule.in_words,
        "share": drawing.share,
    }
    made.globals["_"] = lambda zh, en: zh if language == "zh" else en
    return made


def _whole(text: str) -> Markup:
    """Keep days of a text from being broken over lines."""
    return Markup(DAY.sub(r'<span class="whole">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped before


def _spark(about: About) -> Markup:
    return drawing.spark(about.figures[0]) if about.figures else Markup("")
