"""A small SVG that says how a table stands, to put on any page; no dependency, no network."""

from __future__ import annotations

from html import escape
from unicodedata import east_asian_width

GREEN, AMBER, RED = "#157347", "#8a6100", "#b02a37"


def svg(name: str, *, rules: int, held: int, refused: int, on: str) -> str:
    """Draw a badge.

    Args:
        name: the table's.
        rules: how many rules were checked last.
        held: how many of them held in all that was checked.
        refused: how many deliveries or versions were refused.
        on: the day.
    """
    verdict = "failed" if refused else "passed"
    colour = RED if refused else (GREEN if held == rules else AMBER)
    told = f"{verdict} · {held} of {rules} rules held · {on}"
    left, right = (_width(text) + 14 for text in (name, told))
    words = "".join(
        f'<text x="{x}" y="14" textLength="{_width(text)}">{escape(text)}</text>'
        for x, text in ((7, name), (left + 7, told))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img">'
        f"<title>{escape(f'{name}: {told}')}</title>"
        f'<rect width="{left + right}" height="20" rx="3" fill="#495057"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3}z" fill="{colour}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{words}</g></svg>\n'
    )


def _width(text: str) -> int:
    """Guess a text's width in pixels; `textLength` then makes it so."""
    return round(sum(11 if east_asian_width(letter) in "WF" else 6.1 for letter in text))
