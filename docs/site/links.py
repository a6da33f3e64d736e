"""Links between files of the repository, as links between pages of the site."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
HEADING = re.compile(r"^# (.+)$", re.MULTILINE)
FENCE = re.compile(r"^ *(```|~~~)")


def title_of(page: str) -> str:
    """Give a page's first heading, in plain words."""
    found = HEADING.search(page)
    return re.sub(r"[`*\\]|\{#.*\}", "", found[1]).strip() if found else "?"


def outside_of_code(page: str, change: Callable[[str], str]) -> str:
    """Change the lines of a page that are no code."""
    lines, is_code = [], False
    for line in page.split("\n"):
        is_fence = bool(FENCE.match(line))
        lines.append(line if is_code or is_fence else change(line))
        is_code ^= is_fence
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the repository's files stand on the site.

    Args:
        root: the repository.
        places: of the files that are pages.
        staged: the folder of all pages.
    """

    root: Path
    places: Mapping[Path, str]
    staged: Path

    def relinked(self, file: Path, place: str) -> str:
        """Give a page with links that lead where the pages stand; a file that is no page is named without a link."""

        def leading(found: re.Match[str]) -> str:
            words, (address, hash_, anchor) = found[1], found[2].partition("#")
            if not address or re.match(r"\w+:", address):
                return found[0]
            target = (file.parent / address).resolve()
            if (target / "index.md") in self.places or target == self.root / "docs/decisions":
                target = target / "index.md"
            known = self.places.get(target) or ("decisions/index.md" if target.parent.name == "decisions" else "")
            if known:
                return f"[{words}]({os.path.relpath(known, Path(place).parent)}{hash_}{anchor})"
            return words if target.exists() and self.root in target.parents else found[0]

        return outside_of_code(file.read_text("utf-8"), lambda line: LINK.sub(leading, line))
