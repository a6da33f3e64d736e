"""Python text laid out as ruff lays it out: on one line where it fits, else each argument on a line of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

WIDTH = 120
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Group:
    """A call or a tuple: what opens it, what is in it, what closes it.

    Args:
        opens: as `Column(`, `suite=(`.
        inner: texts and groups.
        is_open: its parts always stand on lines of their own.
    """

    opens: str
    inner: Sequence[Part]
    is_open: bool = False


Part = str | Group


def laid_out(part: Part, depth: int = 0, after: int = 0) -> str:
    """Write a part.

    Args:
        part: what to write.
        depth: how far its line is indented, in steps.
        after: how many letters follow it on its last line.
    """
    short = _short(part)
    if isinstance(part, str) or (_width(short) + depth * len(INDENT) + after <= WIDTH and not _is_open(part)):
        return short
    lines = (f"{INDENT * (depth + 1)}{laid_out(inner, depth + 1, 1)},\n" for inner in part.inner)
    return f"{part.opens}\n{''.join(lines)}{INDENT * depth})"


def text(value: str) -> str:
    """Write a text; a pattern with backslashes raw."""
    written = json.dumps(value, ensure_ascii=False)
    return f'r"{value}"' if "\\" in value and '"' not in value and "\n" not in value and value[-1:] != "\\" else written


def texts(values: Sequence[str]) -> Group:
    """Write a tuple of texts."""
    return Group("(", [*map(text, values)])


def _width(line: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)


def _short(part: Part) -> str:
    if isinstance(part, str):
        return part
    inner = ", ".join(map(_short, part.inner))
    is_single = len(part.inner) == 1 and re.search(r"(?:^|=)\($", part.opens)
    return f"{part.opens}{inner}{',' if is_single else ''})"


def _is_open(part: Part) -> bool:
    return isinstance(part, Group) and (part.is_open or any(map(_is_open, part.inner)))
