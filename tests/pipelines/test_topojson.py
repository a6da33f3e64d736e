"""TopoJSON is read as rows; the files are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.formats import Json, TopoJson
from lakeward.pipelines.reading import read_head, read_rows

FORM = TopoJson(beside=("_file",))
# Two unit squares that share arc 1 (their border), the first with a triangle cut out, whole numbers of 0.5 degrees.
ARCS = [
    [[2, 0], [-2, 0], [0, 2], [2, 0]],
    [[2, 2], [0, -2]],
    [[2, 2], [2, 0], [0, -2], [-2, 0]],
    [[0, 1], [1, 0], [0, 1], [-1, -1]],
]
WEST = "POLYGON ((121 23, 120 23, 120 24, 121 24, 121 23), (120 23.5, 120.5 23.5, 120.5 24, 120 23.5))"
EAST = "POLYGON ((121 24, 122 24, 122 23, 121 23, 121 24))"


def _topology(*geometries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [120, 23]},
        "objects": {"layer1": {"type": "GeometryCollection", "geometries": list(geometries)}},
        "arcs": ARCS,
        **more,
    }


def _polygon(arcs: Any, name: str, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": kind, "arcs": arcs, "properties": {"NAME": name}}


def _read(folder: Path, topology: object) -> list[dict[str, Any]]:
    path = folder / "twMade.topo.json"
    path.write_text(json.dumps(topology, ensure_ascii=False), "utf-8")
    head = read_head(str(path), FORM)
    return [row for batch in read_rows(str(path), FORM, head) for row in batch.to_pylist()]


def test_arcs_are_joined_forwards_and_backwards_with_holes(tmp_path: Path) -> None:
    rows = _read(tmp_path, _topology(_polygon([[0, 1], [3]], "西"), _polygon([[2, ~1]], "東")))

    assert [(row["NAME"], row["geometry"]) for row in rows] == [("西", WEST), ("東", EAST)]
    assert [(row["_row"], row["_kind"], row["_file_"]) for row in rows] == [
        (1, "row", "twMade.topo.json"), (2, "row", "twMade.topo.json"),
    ]  # fmt: skip


def test_many_polygons_and_lines_are_read_too(tmp_path: Path) -> None:
    rows = _read(
        tmp_path,
        _topology(_polygon([[[0, 1]], [[2, ~1]]], "兩", "MultiPolygon"), _polygon([1], "線", "LineString")),
    )

    assert rows[0]["geometry"].startswith("MULTIPOLYGON (((121 23, 120 23")
    assert rows[1]["geometry"] == "LINESTRING (121 24, 121 23)"


def test_without_a_transform_positions_are_degrees(tmp_path: Path) -> None:
    topology = _topology(_polygon([[0]], "角"), arcs=[[[120, 23], [121, 23], [121, 24], [120, 23]]])
    del topology["transform"]

    assert _read(tmp_path, topology)[0]["geometry"] == "POLYGON ((120 23, 121 23, 121 24, 120 23))"


def test_a_geometry_that_is_none_keeps_its_row(tmp_path: Path) -> None:
    islet = {"type": None, "properties": {"NAME": "礁", "AREA": 3}}

    (row,) = _read(tmp_path, _topology(islet))

    assert (row["NAME"], row["AREA"], row["geometry"], row["_kind"]) == ("礁", "3", None, "row")


def test_a_ring_that_cannot_be_one_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    rows = _read(tmp_path, _topology(_polygon([[1]], "短"), _polygon([[2, ~1]], "東")))

    assert rows[0]["_kind"] == "ragged"
    assert rows[0]["_fault"].startswith("geometry: ")
    assert rows[1]["geometry"] == EAST


@pytest.mark.parametrize(
    ("topology", "problem"),
    [
        ({"type": "FeatureCollection", "features": []}, "no TopoJSON"),
        ({"type": "Topology", "objects": {}}, "no arcs"),
        (_topology(_polygon([[9]], "無")), "an arc that is not there"),
    ],
)
def test_what_is_no_topojson_is_refused(tmp_path: Path, topology: object, problem: str) -> None:
    with pytest.raises(DeliveryRefused, match=problem):
        _read(tmp_path, topology)


def test_declarations_of_other_json_do_not_read_it_as_rows(tmp_path: Path) -> None:
    path = tmp_path / "made.json"
    path.write_text(json.dumps(_topology(_polygon([[0, 1]], "西"))), "utf-8")

    with pytest.raises(DeliveryRefused):
        read_head(str(path), Json(rows="RowDataList"))
