"""Maps by Altair: rows by county, town or village in colours, or points, over the outlines that a lake holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import UsageError
from lakeward.sharing.reader import duck
from lakeward.sharing.reader.outlines import LEVELS, outlines, place_of
from lakeward.sharing.reader.plot import FONT, altair

if TYPE_CHECKING:
    import pandas

    from lakeward.sharing.reader.lake import OpenLake

LAND, BORDER, EDGE = "#e6e6e6", "#ffffff", "#666666"
FEW = 300
POINT = ("lon_deg", "lat_deg")
SCHEME, TWO_ENDED = "yelloworangered", "redblue"


def mapped(lake: OpenLake, rows: pandas.DataFrame, colour: str, *, title: str, scheme: str) -> Any:
    """Draw rows on a map; `OpenLake.map` tells what may be given."""
    if colour and colour not in rows.columns:
        raise duck.unknown("column", colour, list(rows.columns))
    if set(POINT) <= set(rows.columns):
        chart = _points(lake, rows, colour, title, scheme)
    elif colour and "county_name" in rows.columns:
        chart = _areas(lake, rows, colour, title, scheme)
    else:
        raise UsageError(
            "these rows have no place on a map",
            remedy="give county_name (and town_name, village_name for smaller places) and colour; or lon_deg, lat_deg",
        )
    return chart.project("mercator").properties(width=420, height=520).configure(font=FONT).configure_view(stroke=None)


def _areas(lake: OpenLake, rows: pandas.DataFrame, colour: str, title: str, scheme: str) -> Any:
    names = [name for name in reversed(LEVELS) if name in rows.columns]
    level = LEVELS[names[-1]]
    counties = set() if level == "county" else {place_of(name)[0] for name in rows["county_name"]}
    shapes = outlines(lake, level, counties)
    features = []
    for told in rows[[*names, colour]].dropna().itertuples(index=False):
        *place, value = told
        if shape := shapes.get(place_of(*place)):
            properties = {"name": "".join(place), "value": getattr(value, "item", lambda value=value: value)()}
            features.append({"type": "Feature", "geometry": shape, "properties": properties})
    alt = altair()
    coloured = (
        alt.Chart(alt.Data(values=features))
        .mark_geoshape(stroke=BORDER, strokeWidth=0.5)
        .encode(
            color=_colour(rows[colour], "properties.value", title or colour, scheme),
            tooltip=[
                alt.Tooltip("properties.name:N", title="地區"),
                alt.Tooltip(f"properties.value:{_kind(rows[colour])}", title=title or colour),
            ],
        )
    )
    chart = alt.layer(_land(list(shapes.values())), coloured)
    left = len(rows[colour].dropna()) - len(features)
    missing = f"{left:,} 筆沒有界線，未畫出 {left:,} rows have no outline and are not drawn"
    return chart.properties(title=alt.Title(missing, fontSize=11, fontWeight="normal")) if left else chart


def _points(lake: OpenLake, rows: pandas.DataFrame, colour: str, title: str, scheme: str) -> Any:
    alt = altair()
    counties = {place_of(name)[0] for name in rows["county_name"].dropna()} if "county_name" in rows.columns else set()
    land = outlines(lake, "town", counties) if len(counties) == 1 else outlines(lake, "county")
    points = alt.Chart(rows.dropna(subset=list(POINT)))
    points = points.mark_circle(size=24 if len(rows) > FEW else 80, opacity=0.8, stroke=EDGE, strokeWidth=0.5)
    told = [alt.Tooltip(name) for name in rows.columns if name not in POINT]
    points = points.encode(longitude="lon_deg:Q", latitude="lat_deg:Q", tooltip=told)
    if colour:
        points = points.encode(color=_colour(rows[colour], colour, title or colour, scheme))
    return alt.layer(_land(list(land.values())), points)


def _land(shapes: list[dict[str, Any]]) -> Any:
    alt = altair()
    features = [{"type": "Feature", "geometry": shape, "properties": {}} for shape in shapes]
    return alt.Chart(alt.Data(values=features)).mark_geoshape(fill=LAND, stroke=BORDER, strokeWidth=0.5)


def _colour(values: pandas.Series[Any], field: str, title: str, scheme: str) -> Any:
    alt = altair()
    if _kind(values) == "N":
        return alt.Color(f"{field}:N", title=title, scale=alt.Scale(scheme=scheme) if scheme else alt.Undefined)
    if values.min() < 0 < values.max():
        return alt.Color(f"{field}:Q", title=title, scale=alt.Scale(scheme=scheme or TWO_ENDED, domainMid=0))
    return alt.Color(f"{field}:Q", title=title, scale=alt.Scale(scheme=scheme or SCHEME))


def _kind(values: pandas.Series[Any]) -> str:
    import pandas

    return "Q" if pandas.api.types.is_numeric_dtype(values) else "N"
