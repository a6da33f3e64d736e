"""Numbers over time as SVG, made when the site is built, and small pictures for cards. Colours come from the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, log10

from markupsafe import Markup

from lakeward.sharing.catalogue.text import Language
from lakeward.sharing.portal.figure import Figure

WIDE, HIGH = 560, 360
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 12, 28
STEPS = (1, 2, 2.5, 5, 10)
MOST_TICKS = 7
SPARK_WIDE, SPARK_HIGH, SPARK_BARS = 160, 44, 16
Point = tuple[float, float]
Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Axes:
    """Where numbers and moments stand on a picture.

    Args:
        left: of the first moment, in pixels.
        right: of the last.
        top: of the highest number.
        bottom: of the lowest.
        low: the lowest number.
        high: the highest.
        shares: where each moment stands between the first, 0, and the last, 1.
    """

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    shares: tuple[float, ...]

    def across(self, place: int) -> float:
        """Give where a moment stands."""
        return self.left + (self.right - self.left) * self.shares[place]

    def up(self, value: float) -> float:
        """Give where a number stands."""
        return self.bottom - (self.bottom - self.top) * (value - self.low) / ((self.high - self.low) or 1)

    def runs(self, values: Values) -> list[list[Point]]:
        """Give the points of a line, in parts where numbers are missing."""
        found: list[list[Point]] = [[]]
        for place, value in enumerate(values):
            if value is None:
                found.append([])
            else:
                found[-1].append((self.across(place), self.up(value)))
        return [run for run in found if run]


def line(figure: Figure, language: Language) -> Markup:
    """Draw numbers over time; a gap where there is none."""
    values = [value for each in figure.series.values() for value in each if value is not None]
    marks = _marks(min(0.0, *values), max(values))
    axes = Axes(
        LEFT,
        WIDE - RIGHT,
        TOP,
        HIGH - BOTTOM,
        min(0.0, marks[0], *values),
        max(marks[-1], *values),
        _shares(figure.labels),
    )
    mark_of = Markup(
        '<line class="grid" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/><text x="{}" y="{at:.1f}">{}</text>'
    )
    grid = _joined(
        mark_of.format(LEFT, WIDE - RIGHT, LEFT - 8, _short(mark, language), y=axes.up(mark), at=axes.up(mark) + 4)
        for mark in marks
    )
    lines = _joined(
        _line(axes, each, f"s{place}", is_filled=len(figure.series) == 1)
        for place, each in enumerate(figure.series.values())
    )
    stands = " ".join(f"{axes.across(place) / WIDE:.4f}" for place in range(len(figure.labels)))
    at = {0: "first", len(figure.labels) - 1: "last"}
    ticks = _joined(
        Markup('<text class="{}" x="{:.1f}" y="{}">{}</text>').format(
            at.get(place, "among"), axes.across(place), HIGH - 6, label
        )
        for place, label in _ticks(figure.labels)
    )
    return Markup('<svg class="line" viewBox="0 0 {} {}" role="img" aria-label="{}" data-at="{}">{}{}{}</svg>').format(
        WIDE, HIGH, figure.title.said(language), stands, grid, lines, ticks
    )


def spark(figure: Figure) -> Markup:
    """Draw a figure small and without words, for a card."""
    values: Values = max(figure.series.values(), key=lambda each: sum(value is not None for value in each))
    values = values if figure.kind == "line" else values[:SPARK_BARS]
    most = max([value for value in values if value is not None], default=0.0)
    axes = Axes(0, SPARK_WIDE, 3, SPARK_HIGH, 0, most, _shares(figure.labels[: len(values)]))
    if figure.kind == "line":
        shape = _line(axes, values, "s0", is_filled=True)
    else:
        step = SPARK_WIDE / len(values)
        shape = _joined(
            Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1"/>').format(
                place * step, axes.up(value or 0), step - 2, SPARK_HIGH - axes.up(value or 0)
            )
            for place, value in enumerate(values)
        )
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(SPARK_WIDE, SPARK_HIGH, shape)


def share(figure: Figure, place: int) -> str:
    """Give how long a bar is, as a share of the longest."""
    values = figure.series[""]
    most = max((value for value in values if value is not None), default=0)
    return f"{(values[place] or 0) / most:.4f}" if most > 0 else "0"


def _line(axes: Axes, values: Values, kind: str, *, is_filled: bool) -> Markup:
    drawn = Markup("")
    for run in axes.runs(values):
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
        if len(run) == 1:
            drawn += Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(kind, *run[0])
            continue
        if is_filled:
            area = Markup('<path class="fill" d="M{}L{:.1f} {low:.1f}L{:.1f} {low:.1f}Z"/>')
            drawn += area.format(path, run[-1][0], run[0][0], low=axes.up(max(axes.low, 0)))
        drawn += Markup('<path class="{}" d="M{}"/>').format(kind, path)
    return drawn


def _shares(labels: Sequence[str]) -> tuple[float, ...]:
    """Give where moments stand: days by the calendar; months and years, none of which is left out, evenly."""
    try:
        stands = [float(date.fromisoformat(label).toordinal()) for label in labels]
    except ValueError:
        stands = [float(place) for place in range(len(labels))]
    return tuple((each - stands[0]) / ((stands[-1] - stands[0]) or 1) for each in stands)


def _marks(low: float, high: float) -> list[float]:
    """Choose round numbers for an axis."""
    span = (high - low) or 1
    power = 10 ** floor(log10(span / 4))
    step = next(step * power for step in STEPS if step * power * 4.5 >= span)
    first = floor(low / step)
    return [place * step for place in range(first, first + 8) if place * step <= high + step * 0.5]


def _ticks(labels: Sequence[str]) -> list[tuple[int, str]]:
    """Choose which moments are written below: years at even steps if there are some, else the ends and the middle."""
    years = [(place, label[:4]) for place, label in enumerate(labels) if len(label) == 4 or label[4:] == "-01"]
    for step in STEPS[:2] + STEPS[3:]:
        chosen = [each for each in years if int(each[1]) % step == 0]
        if 3 <= len(chosen) <= MOST_TICKS:
            return chosen
    return [(place, labels[place]) for place in sorted({0, (len(labels) - 1) // 2, len(labels) - 1})]


def _short(value: float, language: Language) -> str:
    """Write a number of an axis in little room."""
    steps = ((1e8, " 億"), (1e4, " 萬")) if language == "zh" else ((1e9, "B"), (1e6, "M"), (1e3, "K"))
    for size, word in steps:
        if abs(value) >= size:
            return f"{value / size:g}{word}"
    return f"{value:g}"


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
