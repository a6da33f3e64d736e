"""Counties on a map as SVG: coloured by a rate, or with a circle as large as a count."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from markupsafe import Markup

from lakeward.sharing.catalogue.text import Language
from lakeward.sharing.portal.figure import Figure
from lakeward.sharing.portal.outlines import INSETS, SIZE, Outline
from lakeward.sharing.portal.words import number

CLASSES = 5
BIGGEST = 26


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
