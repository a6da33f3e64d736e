"""Coordinates: from Taiwan's grids to degrees and back, by PROJ, a batch of Arrow columns at a call."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from lakeward.pipelines.places.arrow import on_columns

if TYPE_CHECKING:
    from pyproj import Transformer
    from pyspark.sql import Column

Grid = Literal["twd97", "twd97_penghu", "twd67", "twd67_penghu"]
# EPSG has no way from TWD67 but a "ballpark" one that leaves points 850 m off. This shift of its origin is the one in
# general use; against the National Land Surveying's four parameters it is within 5 m everywhere, 1 m in the middle.
_TWD67 = (
    "+proj=tmerc +lat_0=0 +lon_0={} +k=0.9999 +x_0=250000 +y_0=0 +ellps=aust_SA +towgs84=-752,-358,-179 +units=m "
    "+no_defs +type=crs"
)
GRIDS: dict[Grid, str] = {
    "twd97": "EPSG:3826",
    "twd97_penghu": "EPSG:3825",
    "twd67": _TWD67.format(121),
    "twd67_penghu": _TWD67.format(119),
}
WGS84 = "EPSG:4326"
# The isles of 東沙 and 太平 lie in the far south, 馬祖's in the north; the grids' own zones are narrower.
LON_DEG, LAT_DEG = (114.0, 124.0), (10.0, 27.0)
OUTSIDE = "not a place in Taiwan"
POINT = "lon_deg double, lat_deg double, fault string"
METRES = "x_m double, y_m double, fault string"


def to_wgs84(x_m: Column, y_m: Column, grid: Grid = "twd97") -> Column:
    """Turn metres of a grid into degrees of WGS84.

    Args:
        x_m: easting, double.
        y_m: northing, double.
        grid: TM2 of TWD97 (EPSG:3826; 3825 for 澎湖, 金門 and 馬祖) or TWD67 (EPSG:3828; 3827).

    Returns:
        A struct of `lon_deg`, `lat_deg` (double) and `fault`. Where either coordinate is NULL all three are; where
        they give no place in Taiwan, as swapped ones do, the degrees are NULL and `fault` says why.

    Source:
        TWD97 is taken for WGS84 as EPSG does, to 1 m. TWD67 to 5 m. Checked in tests against published points.
    """
    return _moved(x_m, y_m, GRIDS[grid], WGS84, POINT)


def from_wgs84(lon_deg: Column, lat_deg: Column, grid: Grid = "twd97") -> Column:
    """Turn degrees of WGS84 into metres of a grid: a struct of `x_m`, `y_m` and `fault`, see `to_wgs84`."""
    return _moved(lon_deg, lat_deg, WGS84, GRIDS[grid], METRES)


def _moved(first: Column, second: Column, source: str, target: str, shape: str) -> Column:
    def move(xs: Any, ys: Any) -> Any:
        import numpy as np
        import pyarrow as pa

        given: list[Any] = [np.asarray(each.to_numpy(zero_copy_only=False), float) for each in (xs, ys)]
        moved = np.asarray(_transformer(source, target).transform(*given))
        lon, lat = moved if target == WGS84 else given
        is_told = ~(np.isnan(given[0]) | np.isnan(given[1]))
        is_here = _between(lon, LON_DEG) & _between(lat, LAT_DEG) & np.isfinite(moved).all(axis=0)
        faults = pa.array(np.full(len(lon), OUTSIDE), pa.string(), mask=~is_told | is_here)
        columns = [pa.array(each, pa.float64(), mask=~(is_told & is_here)) for each in moved]
        return pa.StructArray.from_arrays([*columns, faults], names=[each.split()[0] for each in shape.split(", ")])

    return on_columns(move, shape)(first.cast("double"), second.cast("double"))


def _between(values: Any, bounds: tuple[float, float]) -> Any:
    return (values >= bounds[0]) & (values <= bounds[1])


@lru_cache
def _transformer(source: str, target: str) -> Transformer:
    """Keep one for each way: making it takes longer than moving a thousand points."""
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)
