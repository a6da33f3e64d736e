"""Pictures as SVG, made when the site is built: lines over time and counties on a map. Colours come from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, log10, sqrt

from markupsafe import Markup

from lakeward.sharing.catalogue.text import Language
from lakeward.sharing.portal.figure import Figure
from lakeward.sharing.portal.outlines import INSETS, SIZE, Outline
from lakeward.sharing.portal.words import number

WIDE, HIGH = 560, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 28
STEPS = (1, 2, 2.5, 5, 10)
CLASSES = 5
BIGGEST = 26


def line(figure: Figure, language: Language) -> Markup:
    """Draw numbers over time; a gap where there is none."""
    values = [value for each in figure.series.values() for value in each if value is not None]
    low, high = min(0.0, *values), max(values)
    marks = _marks(low, high)
    low, high = min(low, marks[0]), max(high, marks[-1])
    wide, high_px = WIDE - LEFT - RIGHT, HIGH - TOP - BOTTOM
    across = [LEFT + wide * place / (len(figure.labels) - 1) for place in range(len(figure.labels))]

    def up(value: float) -> float:
        return TOP + high_px * (1 - (value - low) / ((high - low) or 1))

    grid = Markup("").join(
        Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/><text x="{}" y="{ty:.1f}">{}</text>'
        ).format(LEFT, WIDE - RIGHT, LEFT - 8, _short(mark, language), y=up(mark), ty=up(mark) + 4)
        for mark in marks
    )
    lines = Markup("").join(
        _line(
            [(x, up(v)) if v is not None else None for x, v in zip(across, each, strict=True)],
            place,
            up(low),
            len(figure.series) == 1,
        )
        for place, each in enumerate(figure.series.values())
    )
    ticks = Markup("").join(
        Markup('<text class="at" x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
            across[place], HIGH - 8, anchor, figure.labels[place]
        )
        for place, anchor in _ticks(len(figure.labels))
    )
    return Markup(
        '<svg class="line" viewBox="0 0 {} {}" role="img" aria-label="{}" data-left="{}" data-right="{}">{}{}{}</svg>'
    ).format(WIDE, HIGH, figure.title.said(language), LEFT / WIDE, 1 - RIGHT / WIDE, grid, lines, ticks)


def _line(points: Sequence[tuple[float, float] | None], place: int, floor_px: float, is_filled: bool) -> Markup:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    drawn = Markup("")
    for run in filter(None, runs):
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
        if is_filled and len(run) > 1:
            drawn += Markup('<path class="fill" d="M{}L{:.1f} {y:.1f}L{:.1f} {y:.1f}Z"/>').format(
                path, run[-1][0], run[0][0], y=floor_px
            )
        if len(run) == 1:
            drawn += Markup('<circle class="s{}" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(place, *run[0])
        else:
            drawn += Markup('<path class="s{}" d="M{}"/>').format(place, path)
    return drawn


def _marks(low: float, high: float) -> list[float]:
    """Choose round numbers for an axis."""
    span = (high - low) or 1
    power = 10 ** floor(log10(span / 4))
    step = next(step * power for step in STEPS if step * power * 4.5 >= span)
    first = floor(low / step)
    return [place * step for place in range(first, first + 7) if place * step <= high + step * 0.5]


def _ticks(count: int) -> list[tuple[int, str]]:
    """Choose which labels stand below: the ends and some between."""
    between = min(3, count - 2)
    places = [round(place * (count - 1) / (between + 1)) for place in range(between + 2)]
    return [(place, "start" if place == 0 else "end" if place == count - 1 else "middle") for place in places]


def _short(value: float, language: Language) -> str:
    """Write a number of an axis in little room."""
    steps = ((1e8, "億"), (1e4, "萬")) if language == "zh" else ((1e9, "B"), (1e6, "M"), (1e3, "K"))
    for size, word in steps:
        if abs(value) >= size:
            return f"{value / size:g} {word}" if language == "zh" else f"{value / size:g}{word}"
    return f"{value:g}"


def county_map(figure: Figure, outlines: Mapping[str, Outline], language: Language | None) -> Markup:
    """Draw counties: coloured by a rate, or with a circle as large as a count; without a language as an ornament."""
    told = {label: value for label, value in zip(figure.labels, figure.series[""], strict=True) if value is not None}
    most = max(told.values())

    def title(name: str) -> Markup:
        if language is None:
            return Markup("")
        said = f"{name} {number(told[name])} {figure.unit.said(language)}" if name in told else name
        return Markup("<title>{}</title>").format(said)

    shapes = Markup("").join(
        Markup('<path class="{}" data-place="{}" d="{}">{}</path>').format(
            _shade(told, name) if figure.is_rate else "land", name, outline.path, title(name)
        )
        for name, outline in outlines.items()
    )
    dots = Markup("").join(
        Markup('<circle class="dot" data-place="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}">{}</circle>').format(
            name, *outlines[name].centre, max(1.5, BIGGEST * sqrt(value / most)), title(name)
        )
        for name, value in told.items()
        if name in outlines and value > 0 and not figure.is_rate
    )
    said = Markup('role="img" aria-label="{}"').format(figure.title.said(language)) if language else ""
    return Markup('<svg class="map" viewBox="0 0 {} {}" {}><path class="inset" d="{}"/>{}{}</svg>').format(
        *SIZE, said, INSETS, shapes, dots
    )


def _shade(told: Mapping[str, float], name: str) -> str:
    """Give a county's class among five of the same size."""
    if name not in told:
        return "land"
    below = sum(value < told[name] for value in told.values())
    return f"shade{min(CLASSES - 1, CLASSES * below // len(told))}"


def spark(figure: Figure) -> Markup:
    """Draw a figure small and without words, for a card."""
    values = [value or 0.0 for value in next(iter(figure.series.values()))]
    values = values if figure.kind == "line" else values[:16]
    most = max(values) or 1
    if figure.kind == "line":
        across = [160 * place / (len(values) - 1) for place in range(len(values))]
        path = "L".join(f"{x:.1f} {42 - 38 * value / most:.1f}" for x, value in zip(across, values, strict=True))
        shape = Markup('<path class="fill" d="M{}L160 44L0 44Z"/><path class="s0" d="M{}"/>').format(path, path)
    else:
        step = 160 / len(values)
        shape = Markup("").join(
            Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1"/>').format(
                place * step, 44 - 42 * value / most, step - 2, 42 * value / most
            )
            for place, value in enumerate(values)
        )
    return Markup(
        '<svg class="spark" viewBox="0 0 160 44" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(shape)


def share(figure: Figure, place: int) -> str:
    """Give how long a bar is, as a share of the longest."""
    values = figure.series[""]
    most = max((value for value in values if value is not None), default=0)
    return f"{(values[place] or 0) / most:.4f}" if most > 0 else "0"
