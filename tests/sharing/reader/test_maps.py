"""Frames on maps: places find their outlines by name, also over mergers; what has none is told."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.sharing.reader import magic
from lakeward.sharing.reader.lake import OpenLake
from lakeward.sharing.reader.outlines import outlines, place_of
from lakeward.sharing.reader.plot import FONT, altair

NAMES = ("edition", "level", "county_name", "town_name", "village_name", "geometry_wkt")
DRAWN = [
    ("towns2010", "town", "臺南縣", "永康市", None, (120.2, 23.0)),
    ("towns2010", "town", "臺南市", "中區", None, (120.2, 22.9)),
    ("towns2010", "town", "臺南市", "西區", None, (120.1, 22.9)),
    ("towns2010", "town", "臺南市", "西區(海)", None, (120.0, 22.9)),
    ("towns2010", "town", "高雄市", "旗津區", None, (114.3, 10.4)),
    ("counties1982", "county", "臺南市", None, None, (119.0, 23.0)),
    ("counties2010", "county", "臺南市", None, None, (120.2, 22.9)),
    ("counties2010", "county", "臺南縣", None, None, (120.2, 23.0)),
    ("counties2010", "county", "臺南縣", None, None, None),
]


@pytest.fixture
def drawn(lake: Lake) -> OpenLake:
    path = lake.table("silver.maps.boundaries")
    path.mkdir(parents=True)
    rows = [dict(zip(NAMES, (*told, _box(*corner) if corner else None), strict=True)) for *told, corner in DRAWN]
    write_deltalake(str(path), pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in NAMES])))
    return OpenLake(lake)


def _box(lon: float, lat: float) -> str:
    corners = [(lon, lat), (lon + 0.1, lat), (lon + 0.1, lat + 0.1), (lon, lat + 0.1), (lon, lat)]
    return f"POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))"


def _coloured(chart: Any) -> dict[str, Any]:
    shapes = chart.to_dict()["layer"][1]["data"]["values"]
    return {shape["properties"]["name"]: shape["properties"]["value"] for shape in shapes}


def test_towns_of_today_find_outlines_from_before_the_merger(drawn: OpenLake) -> None:
    towns = pd.DataFrame(
        {"county_name": "臺南市", "town_name": ["永康區", "中西區", "示範區"], "rate": [1.5, 2.0, 3.0]}
    )

    chart = drawn.map(towns, "rate")

    assert _coloured(chart) == {"臺南市永康區": 1.5, "臺南市中西區": 2.0}
    assert "1 rows have no outline" in chart.to_dict()["title"]["text"]


def test_places_without_any_outline_leave_the_map_grey_and_say_so(drawn: OpenLake) -> None:
    chart = drawn.map(pd.DataFrame({"county_name": ["花蓮縣"], "town_name": ["花蓮市"], "rate": [1.0]}), "rate")

    assert _coloured(chart) == {}
    assert len(chart.to_dict()["layer"][0]["data"]["values"]) == 2
    assert "1 rows have no outline" in chart.to_dict()["title"]["text"]


def test_parts_become_one_county_by_its_last_edition_and_are_wound_for_browsers(drawn: OpenLake) -> None:
    (place, shape), *others = outlines(drawn, "county").items()

    assert (place, others) == (("臺南市",), [])
    ring = shape["coordinates"][0][0]
    assert sorted({tuple(corner) for corner in ring}) == [(120.2, 22.9), (120.2, 23.1), (120.3, 22.9), (120.3, 23.1)]
    area = sum(x * v - u * y for (x, y), (u, v) in pairwise(ring))
    assert area < 0  # clockwise: the other way round browsers paint the rest of the globe


def test_harbours_are_no_towns_and_far_islets_do_not_shrink_the_map(drawn: OpenLake) -> None:
    assert set(outlines(drawn, "town")) == {("臺南市", "永康"), ("臺南市", "中西")}


def test_points_lie_over_the_counties(drawn: OpenLake) -> None:
    points = pd.DataFrame({"lon_deg": [120.25, None], "lat_deg": [23.0, 23.0], "kind": ["有", "無"]})

    land, dots = drawn.map(points, "kind").to_dict()["layer"]

    assert len(land["data"]["values"]) == 1
    assert dots["encoding"]["color"]["type"] == "nominal"


def test_changes_in_two_directions_meet_in_the_middle_of_the_colours(drawn: OpenLake) -> None:
    rows = pd.DataFrame({"county_name": ["臺南市", "高雄市"], "change": [-1.0, 2.0]})

    assert drawn.map(rows, "change").to_dict()["layer"][1]["encoding"]["color"]["scale"]["domainMid"] == 0


@pytest.mark.parametrize(
    ("rows", "colour", "said"),
    [
        ({"county_name": ["臺南市"], "rate": [1]}, "rates", "rate"),
        ({"town": ["永康區"], "rate": [1]}, "rate", "no place on a map"),
        (
            {"county_name": ["臺南市"], "town_name": ["永康區"], "village_name": ["某里"], "rate": [1]},
            "rate",
            "no outlines of a village",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told(drawn: OpenLake, rows: dict[str, list[Any]], colour: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        drawn.map(pd.DataFrame(rows), colour)


def test_a_place_keeps_its_stem() -> None:
    assert place_of("高雄縣", "三民鄉") == place_of("高雄市", "那瑪夏區") == ("高雄市", "那瑪夏")
    assert place_of("臺中縣", "東勢鎮", "中寧里") == place_of("臺中市", "東勢區", "中寧里")


def test_the_extension_gives_charts_fonts_with_chinese() -> None:
    class Shell:
        def register_magic_function(self, *_: object) -> None:
            pass

    magic.register(Shell())

    assert altair().theme.get()().get("config")["font"] == FONT
