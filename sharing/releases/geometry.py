"""Places in a release: a GeoParquet column made of positions or outlines, where a table has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

COLUMN = "geometry"
POSITION = ("lon_deg", "lat_deg")
OUTLINE = "_wkt"


def source_of(names: Sequence[str]) -> tuple[str, ...]:
    """Name the columns that places are made of: an outline, a position, or none."""
    outlines = [name for name in names if name.endswith(OUTLINE)]
    if outlines:
        return (outlines[0],)
    return POSITION if set(POSITION) <= set(names) else ()


def with_geometry(rows: pa.Table) -> tuple[pa.Table, dict[str, str]]:
    """Add a column of well-known binary, and give the footer entry by which GeoParquet 1.1 readers know it.

    Args:
        rows: any table; positions and outlines are WGS84 degrees, longitude first.

    Returns:
        The rows as they are and nothing where no column tells a place.
    """
    names = source_of(rows.column_names)
    if not names or COLUMN in rows.column_names:
        return rows, {}
    import numpy as np
    import shapely

    if names == POSITION:
        lon, lat = (rows.column(name).to_numpy(zero_copy_only=False).astype(float) for name in names)
        is_there = ~(np.isnan(lon) | np.isnan(lat))
        shapes = np.full(rows.num_rows, None, dtype=object)
        shapes[is_there] = shapely.points(lon[is_there], lat[is_there])
    else:
        shapes = shapely.from_wkt(np.array(rows.column(names[0]).to_pylist(), dtype=object))
    told: dict[str, Any] = {"encoding": "WKB", "geometry_types": _types(shapes), "orientation": "counterclockwise"}
    shapes = shapely.orient_polygons(shapes)
    if len(box := shapely.total_bounds(shapes)) and not np.isnan(box).any():
        told["bbox"] = [float(each) for each in box]
    made = rows.append_column(
        pa.field(COLUMN, pa.binary(), metadata={"description": f"place, WGS84, of {', '.join(names)}"}),
        pa.array(shapely.to_wkb(shapes), pa.binary()),
    )
    return made, {"geo": json.dumps({"version": "1.1.0", "primary_column": COLUMN, "columns": {COLUMN: told}})}


def _types(shapes: Any) -> list[str]:
    return sorted({each.geom_type for each in shapes if each is not None})
