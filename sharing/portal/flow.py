"""Where a table comes from and goes, as a picture: agencies' data sets on the left, tables that use it on the right."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.sharing.catalogue.text import Language, Text, both

BOX, TALL, APART, BELOW = 232, 50, 96, 14
LETTERS = 14.5


def flow(table: Table, used_by: Sequence[Table], language: Language, root: str) -> Markup:
    """Draw the tables before and after one.

    Args:
        table: the one in question.
        used_by: the tables that read it.
        language: of the titles.
        root: the way from the page to the folder of its language.
    """
    layers: dict[str, int] = {}
    _place(table, layers)
    known = {each.name: each for each in _before(table)} | {each.name: each for each in used_by}
    layers |= {each.name: layers[table.name] + 1 for each in used_by}
    columns: dict[int, list[Table]] = {}
    for name, layer in layers.items():
        columns.setdefault(layer, []).append(known[name])
    high = max(len(column) for column in columns.values()) * (TALL + BELOW) - BELOW
    spots = {
        each.name: (layer * (BOX + APART), (high - len(column) * (TALL + BELOW) + BELOW) / 2 + place * (TALL + BELOW))
        for layer, column in columns.items()
        for place, each in enumerate(column)
    }
    edges = [(each.name, thing.name) for thing in known.values() if isinstance(thing, Curated) for each in thing.tables]
    drawn = Markup("").join(_edge(spots[a], spots[b]) for a, b in dict.fromkeys(edges) if a in spots and b in spots)
    boxes = Markup("").join(_box(known[name], spot, name == table.name, language, root) for name, spot in spots.items())
    wide = (max(columns) + 1) * (BOX + APART) - APART
    drawing = Markup(
        '<svg class="flow" width="{0}" height="{1:.0f}" viewBox="-1 -1 {0} {1:.0f}" role="group" aria-label="{2}">'
        "{3}{4}</svg>"
    )
    said = Text("資料來源與去向", "Where the table comes from and goes").said(language)
    return drawing.format(wide + 2, high + 2, said, drawn, boxes)


def _place(table: Table, layers: dict[str, int]) -> int:
    """Put a table right of all that it reads."""
    before = [_place(each, layers) for each in table.tables] if isinstance(table, Curated) else []
    layers[table.name] = max(before, default=-1) + 1
    return layers[table.name]


def _before(table: Table) -> list[Table]:
    found = [each for thing in table.tables for each in _before(thing)] if isinstance(table, Curated) else []
    return [*found, table]


def _edge(start: tuple[float, float], end: tuple[float, float]) -> Markup:
    x1, y1, x2, y2 = start[0] + BOX, start[1] + TALL / 2, end[0], end[1] + TALL / 2
    bend = (x2 - x1) / 2
    return Markup('<path class="edge" d="M{:.0f} {:.1f}C{:.0f} {:.1f} {:.0f} {:.1f} {:.0f} {:.1f}"/>').format(
        x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2
    )


def _box(table: Table, spot: tuple[float, float], is_it: bool, language: Language, root: str) -> Markup:
    title = Text(table.title_zh, table.title).said(language)
    under = both(table.agency).said(language) if isinstance(table, Dataset) else table.name
    kind = "it" if is_it else "source" if isinstance(table, Dataset) else "gold"
    box = Markup(
        '<g class="{}" transform="translate({:.0f} {:.1f})"><title>{}</title><rect width="{}" height="{}" rx="8"/>'
        '<text x="12" y="20">{}</text><text class="under" x="12" y="37">{}</text></g>'
    ).format(kind, *spot, title, BOX, TALL, _cut(title), _cut(under, 1.2))
    return box if is_it else Markup('<a href="{}tables/{}.html">{}</a>').format(root, table.name, box)


def _cut(text: str, more: float = 1) -> str:
    """Shorten a text to a box; letters of the Latin script take half the room."""
    room = LETTERS * more
    for place, letter in enumerate(text):
        room -= 1 if ord(letter) > 0x2E7F else 0.53
        if room < 0:
            return text[: max(place - 1, 1)] + "…"
    return text
