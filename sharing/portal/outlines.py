"""Outlines of counties for small maps, from the agencies' boundaries in the lake; none where the lake has none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakeward.lake import delta
from lakeward.lake.storage import Lake
from lakeward.pipelines.maps.boundaries import BOUNDARIES
from lakeward.pipelines.places.counties import COUNTY_NAMES, FORMER_NAMES

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SIZE = (392, 508)
NORTH, WEST, SCALE, FLATTEN = 25.36, 119.96, 138.0, 1.09
"""The corner of the main island's map in degrees, pixels a degree north, and how much longer that is than one east."""
FARAWAY = {"連江縣": (119.84, 26.34, 14, 14), "金門縣": (118.18, 24.58, 14, 134), "澎湖縣": (119.28, 23.84, 14, 234)}
"""Counties drawn in a box of their own: the corner in degrees, and where that comes to lie."""
INSETS = "M8 8h84v86h-84zM8 120h84v66h-84zM8 212h84v120h-84z"
SMALLEST, COARSE = 0.0004, 0.006


@dataclass(frozen=True, slots=True)
class Outline:
    """A county on the map.

    Args:
        path: its outline, an SVG path.
        centre: a point inside.
    """

    path: str
    centre: tuple[float, float]


def county_outlines(lake: Lake) -> dict[str, Outline]:
    """Draw the counties of today, those that were merged as one; empty where the lake holds no boundaries."""
    opened = delta.opened(lake.table(BOUNDARIES.table))
    if opened is None:
        return {}
    import shapely

    rows = opened.to_pyarrow_table(columns=["level", "county_name", "geometry_wkt"]).to_pylist()
    parts: dict[str, list[BaseGeometry]] = {}
    for row in rows:
        if "county" in row["level"] and row["geometry_wkt"]:
            name = FORMER_NAMES.get(row["county_name"], row["county_name"])
            parts.setdefault(name, []).append(shapely.from_wkt(row["geometry_wkt"]))
    merged = {name: shapely.union_all([each.buffer(0.002) for each in of]) for name, of in parts.items()}
    return {name: _outline(name, merged[name]) for name in COUNTY_NAMES if name in merged}


def _outline(name: str, shape: BaseGeometry) -> Outline:
    pieces = [piece for piece in getattr(shape, "geoms", [shape]) if piece.area > SMALLEST or name in FARAWAY]
    coarse = COARSE / 4 if name in FARAWAY else COARSE
    rings = [_pixels(name, piece.simplify(coarse).exterior.coords) for piece in pieces]
    path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring[:-1]) + "Z" for ring in rings)
    largest = max(pieces, key=lambda piece: piece.area)
    return Outline(path, _pixels(name, [largest.representative_point().coords[0]])[0])


def _pixels(name: str, points: Iterable[tuple[float, ...]]) -> list[tuple[float, float]]:
    west, north, left, top = FARAWAY.get(name, (WEST, NORTH, 100, 16))
    return [(left + (x - west) * SCALE / FLATTEN, top + (north - y) * SCALE) for x, y, *_ in points]
