"""The switch of languages: it leads to the same page, where Zensical's leads to the first one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

LINK = re.compile(r'(<(?:a|link)\b[^>]*?\bhref=")[^"]*("\s+hreflang="(en|zh-TW)")')
BELOW = {"en": "", "zh-TW": "zh"}
"""Where each language's pages stand on the site."""


def switched(site: Path) -> Iterator[Path]:
    """Let each page of a built site lead to itself in the other language; give those that do."""
    for page in sorted(site.rglob("*.html")):
        text = page.read_text("utf-8")

        def leading(found: re.Match[str], page: Path = page) -> str:
            same = site / BELOW[found[3]] / _place(page, site)
            there = same if same.exists() else site / BELOW[found[3]] / "index.html"
            return f"{found[1]}{os.path.relpath(there, page.parent)}{found[2]}"

        if (led := LINK.sub(leading, text)) != text:
            page.write_text(led, "utf-8")
            yield page


def _place(page: Path, site: Path) -> Path:
    """Give where a page stands among those of its language."""
    place = page.relative_to(site)
    return place.relative_to(BELOW["zh-TW"]) if place.parts[0] == BELOW["zh-TW"] else place
