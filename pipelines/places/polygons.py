"""Points to the places whose polygons they lie in: a broadcast shapely STRtree, a batch of Arrow columns at a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lakeward.lake.origin import drawn_from
from lakeward.pipelines.places.arrow import on_columns

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Degrees in metres at the middle of Taiwan; from end to end they differ by 2 %.
METRES_A_DEGREE = (101_900.0, 110_800.0)
NAMES = ("county_name", "town_name")


def with_area(
    rows: DataFrame, areas: DataFrame, lon_deg: Column, lat_deg: Column, *, names: Sequence[str] = NAMES
) -> DataFrame:
    """Put beside each row, as `area`, what `place_at` finds; the plan tells that it is drawn from the areas."""
    from pyspark.sql import functions as F

    distance = F.when(F.col("geometry_wkt").isNotNull(), 0.0).alias("distance_m")
    told = rows.withColumn("area", place_at(areas, lon_deg, lat_deg, names=names))
    return drawn_from(told, areas.select(F.struct(*names, distance).alias("area")))


def place_at(
    areas: DataFrame,
    lon_deg: Column,
    lat_deg: Column,
    *,
    names: Sequence[str] = NAMES,
    geometry: str = "geometry_wkt",
    within_m: float = 0,
) -> Column:
    """Find the area in which each point lies.

    Args:
        areas: polygons of one kind, as of `maps.boundaries` of one level; read at once, by this call. Rows without a
            geometry (723 islets of the county file have none) cannot hold a point and are passed over.
        lon_deg: longitude, WGS84.
        lat_deg: latitude, WGS84.
        names: the columns of `areas` that are wanted, text.
        geometry: its column of well-known text in degrees of WGS84.
        within_m: a point in no area takes the nearest one up to so many metres away (to 2 %); by default none.

    Returns:
        A struct of `names` and `distance_m`: 0 inside, more for the nearest. All are NULL where a coordinate is, and
        for a point that no area holds, so that callers can count what is left over. On a shared border the area
        that comes first by its names holds the point.
    """
    shared = areas.sparkSession.sparkContext.broadcast(_tree(areas, names, geometry))

    def look(lons: Any, lats: Any) -> Any:
        return _found(shared.value, lons, lats, within_m)

    shape = ", ".join([*(f"{name} string" for name in names), "distance_m double"])
    return on_columns(look, shape)(lon_deg.cast("double"), lat_deg.cast("double"))


def _tree(areas: DataFrame, names: Sequence[str], geometry: str) -> tuple[Any, Any]:
    """Give the search tree of the areas, in metres, and the table of their names in the same order."""
    import shapely

    held = areas.where(f"{geometry} is not null").select(*names, geometry).orderBy(*names, geometry).toArrow()
    shapes = shapely.from_wkt(held.column(geometry).to_numpy(zero_copy_only=False))
    return shapely.STRtree(shapely.transform(shapes, lambda xy: xy * METRES_A_DEGREE)), held.select(list(names))


def _found(areas: tuple[Any, Any], lons: Any, lats: Any, within_m: float) -> Any:
    import numpy as np
    import pyarrow as pa
    import shapely

    tree, names = areas
    xy = np.column_stack([each.to_numpy(zero_copy_only=False) for each in (lons, lats)]).astype(float)
    points = shapely.points(xy * METRES_A_DEGREE)
    points[~np.isfinite(xy).all(axis=1)] = None
    at, distance = np.full(len(points), len(tree)), np.full(len(points), np.nan)
    point, area = tree.query(points, predicate="intersects")
    np.minimum.at(at, point, area)
    distance[point] = 0
    left = np.flatnonzero(at == len(tree))
    if within_m and len(left) and len(tree):
        (point, area), metres = tree.query_nearest(points[left], max_distance=within_m, return_distance=True)
        np.minimum.at(at, left[point], area)
        distance[left[point]] = metres
    which = pa.array(at, pa.int64(), mask=at == len(tree))
    told = [column.combine_chunks().take(which) for column in names.columns]
    return pa.StructArray.from_arrays(
        [*told, pa.array(distance, mask=np.isnan(distance))], names=[*names.column_names, "distance_m"]
    )
