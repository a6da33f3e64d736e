"""Reads TopoJSON: each geometry is a row, its shared arcs joined into well-known text, its properties cells.

The form is that of the TopoJSON specification, version 1: arcs are lists of positions, with a `transform` as steps of
whole numbers from one to the next; `~n` is arc n backwards; a ring leaves out the first position of all arcs but one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.formats import TopoJson
from lakeward.pipelines.grid import PROVENANCE, Array
from lakeward.pipelines.head import KIND_RAGGED, KIND_ROW, Head, column_names
from lakeward.pipelines.json_text import JsonText

if TYPE_CHECKING:
    import pyarrow as pa

GEOMETRY = "geometry"
DECIMALS = 7
"""Of a degree: a centimetre."""
BATCH_ROWS = 2_048
Geometry = Mapping[str, Any]
Arcs = Sequence[Any]


def read_head(path: str, form: TopoJson) -> Head:
    """Give the names of the properties in the order in which they first stand, then `geometry` and what stands beside.

    Raises:
        DeliveryRefused: the file is no TopoJSON.
    """
    geometries = _geometries(_topology(path))
    keys = dict.fromkeys(key for each in geometries for key in _properties(each))
    return Head("utf-8", (*keys, GEOMETRY, *form.beside), bool(geometries), kind="json", header_line=0)


def read_rows(path: str, form: TopoJson, head: Head) -> Iterator[pa.RecordBatch]:
    """Give the geometries, as `reading.read_rows` says; a geometry that is none has an empty cell.

    Raises:
        DeliveryRefused: a geometry names an arc that is not there.
    """
    topology = _topology(path)
    arcs = _arcs(topology)
    keys = head.header[: len(head.header) - len(form.beside) - 1]
    numbered = enumerate(_geometries(topology), start=1)
    while batch := list(islice(numbered, BATCH_ROWS)):
        yield _batch(batch, arcs, keys, [PurePath(path).name] * len(form.beside), column_names(head.header))


def _topology(path: str) -> Mapping[str, Any]:
    text = JsonText(path)
    found = text.value()
    text.end()
    if not (isinstance(found, dict) and found.get("type") == "Topology"):
        raise DeliveryRefused("the file is no TopoJSON", remedy="declare GeoJSON and other JSON as `Json`")
    if not (isinstance(found.get("arcs"), list) and isinstance(found.get("objects"), dict)):
        raise DeliveryRefused("the TopoJSON has no arcs or no objects", remedy="download the file again")
    return found


def _geometries(topology: Mapping[str, Any]) -> list[Geometry]:
    """List the geometries of every object, those of collections each by itself."""

    def parts(geometry: Geometry) -> Iterator[Geometry]:
        if geometry.get("type") == "GeometryCollection":
            for each in geometry.get("geometries", ()):
                yield from parts(each)
        else:
            yield geometry

    return [each for geometry in topology["objects"].values() for each in parts(geometry)]


def _properties(geometry: Geometry) -> Mapping[str, Any]:
    return geometry.get("properties") or {}


def _arcs(topology: Mapping[str, Any]) -> Arcs:
    """Give the positions of each arc in degrees, an array a row of (longitude, latitude) each."""
    import numpy as np

    transform = topology.get("transform")
    plain = [np.asarray(arc, float)[:, :2] for arc in topology["arcs"]]
    if not transform:
        return plain
    scale, start = (np.asarray(transform[name], float) for name in ("scale", "translate"))
    return [np.cumsum(arc, axis=0) * scale + start for arc in plain]


def _text(geometry: Geometry, arcs: Arcs) -> str | None:
    """Write a geometry as well-known text; None where it is none.

    Raises:
        ValueError: it is of a kind that is not read, or no geometry can have its positions.
    """
    import shapely

    kind, parts = geometry.get("type"), geometry.get("arcs")
    if kind is None or not parts:
        return None
    makers: Mapping[str, Any] = {
        "LineString": lambda: shapely.LineString(_line(parts, arcs)),
        "MultiLineString": lambda: shapely.MultiLineString([_line(each, arcs) for each in parts]),
        "Polygon": lambda: _polygon(parts, arcs),
        "MultiPolygon": lambda: shapely.MultiPolygon([_polygon(each, arcs) for each in parts]),
    }
    if kind not in makers:
        raise ValueError(f"a geometry of the kind {kind}")
    written: str = shapely.to_wkt(makers[kind](), rounding_precision=DECIMALS)
    return written


def _polygon(rings: Sequence[Sequence[int]], arcs: Arcs) -> Any:
    import shapely

    shell, *holes = (_line(ring, arcs) for ring in rings)
    return shapely.Polygon(shell, holes)


def _line(indexes: Sequence[int], arcs: Arcs) -> Any:
    """Join arcs end to end."""
    import numpy as np

    try:
        lines = [arcs[at] if at >= 0 else arcs[~at][::-1] for at in indexes]
    except IndexError as cause:
        raise DeliveryRefused("a geometry names an arc that is not there", remedy="download the file again") from cause
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])


def _batch(
    rows: list[tuple[int, Geometry]], arcs: Arcs, keys: Sequence[str], beside: list[str], names: Sequence[str]
) -> pa.RecordBatch:
    import pyarrow as pa

    texts: list[str | None] = []
    faults: list[str | None] = []
    for _, geometry in rows:
        try:
            texts.append(_text(geometry, arcs))
            faults.append(None)
        except ValueError as cause:
            texts.append(None)
            faults.append(f"geometry: {cause}")
    told: list[Array] = [
        pa.array([number for number, _ in rows], pa.int32()),
        pa.array([KIND_RAGGED if fault else KIND_ROW for fault in faults]),
        pa.array(faults, pa.string()),
        pa.nulls(len(rows), pa.list_(pa.string())),
        pa.repeat(pa.scalar(True), len(rows)),
    ]
    values = [[_properties(geometry).get(key) for _, geometry in rows] for key in keys]
    cells = [pa.array([None if each is None else str(each) for each in column], pa.string()) for column in values]
    constant = [pa.repeat(pa.scalar(text, pa.string()), len(rows)) for text in beside]
    return pa.RecordBatch.from_arrays(
        [*told, *cells, pa.array(texts, pa.string()), *constant], names=[*PROVENANCE, *names]
    )
