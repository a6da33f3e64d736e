"""Outlines of counties, towns and villages that a lake holds, by their names of today, as GeoJSON for charts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import UsageError
from lakeward.pipelines.places.counties import FORMER_NAMES
from lakeward.pipelines.places.towns import FORMER_TOWNS

if TYPE_CHECKING:
    from lakeward.sharing.reader.lake import OpenLake

BOUNDARIES = "silver.maps.boundaries"
LEVELS = {"village_name": "village", "town_name": "town", "county_name": "county"}
TOLERANCE_DEG = {"county": 0.004, "town": 0.002, "village": 0.0004}
VIEW_DEG = (118.0, 21.8, 122.2, 26.5)
"""Far islets (東沙, 南沙, 釣魚臺) would shrink all others to a dot."""

Place = tuple[str, ...]


def place_of(county: str, town: str = "", village: str = "") -> Place:
    """Give what stays the same of a place's name when its county was merged or its rank was changed.

    永康市 of 臺南縣 and 永康區 of 臺南市 are one place; so are 東勢鎮 and 東勢區.
    """
    today = FORMER_NAMES.get(county, county)
    town = FORMER_TOWNS.get((county, town), (town, ""))[0]
    return (today, *(name[:-1] for name in (town, village) if name))


def outlines(lake: OpenLake, level: str, counties: Collection[str] = ()) -> dict[Place, dict[str, Any]]:
    """Give the outline of each place: a GeoJSON geometry by what `place_of` makes of its names.

    Args:
        lake: a lake with `maps.boundaries`; of each county its last edition is drawn.
        level: county, town or village.
        counties: names of today, to draw no more than these; all are drawn where none of them is there.

    Raises:
        UsageError: the lake holds no such outlines.
    """
    import shapely

    drawn = list(_shapes(lake, level))
    if not drawn:
        raise UsageError(
            f"the lake holds no outlines of a {level}",
            remedy="`lakeward run maps.boundaries` reads them from a delivery",
        )
    is_near = any(place[0] in counties for place, _ in drawn)
    merged: dict[Place, list[Any]] = {}
    for place, shape in drawn:
        if place[0] in counties or not is_near:
            merged.setdefault(place, []).append(shape)
    whole = [shapely.make_valid(shapely.union_all(shapes)) for shapes in merged.values()]
    simple = shapely.coverage_simplify(whole, TOLERANCE_DEG[level])
    near = shapely.intersection(simple, shapely.box(*VIEW_DEG))
    return {place: _geometry(shape) for place, shape in zip(merged, near, strict=True) if not shape.is_empty}


def _shapes(lake: OpenLake, level: str) -> Iterator[tuple[Place, Any]]:
    import shapely

    # Harbours, 「鼓山區(海)」, are drawn as if they were towns.
    query = f"""
        select county_name, coalesce(town_name, ''), coalesce(village_name, ''), geometry_wkt from {BOUNDARIES}
        where level = '{level}' and geometry_wkt is not null and coalesce(town_name, '') not like '%(海%'
        qualify edition = max(edition) over (partition by county_name)
    """  # noqa: S608 - a level is one of ours
    names = 1 + (level != "county") + (level == "village")
    for *told, text in lake.sql(query).fetchall():
        yield place_of(*told[:names]), shapely.from_wkt(text)


def _geometry(shape: Any) -> dict[str, Any]:
    """Wind rings the way browsers' maps want them, clockwise outside, and drop digits below some metres."""
    import shapely

    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    wound = shapely.orient_polygons(shapely.MultiPolygon(areas), exterior_cw=True)
    told: dict[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(wound, 1e-4, mode="pointwise")))
    return told
