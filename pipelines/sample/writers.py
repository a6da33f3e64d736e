"""How the bytes of a made file are written: delimited text, a workbook, JSON, TopoJSON."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.csv as pacsv

from lakeward.pipelines.formats import Csv, Format, Grid, Json, TopoJson
from lakeward.pipelines.topojson import GEOMETRY

EXTENT = ((117.5, 123.5), (20.5, 27.0))
"""Degrees of longitude and latitude that made outlines cover."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a made file holds.

    Args:
        headers: the header of each column.
        blocks: the rows, all text.
        titles: the first cells of title rows.
        footers: the first cells of remarks below the rows.
        beside: what stands beside the rows: the name of the sheet, single values of a JSON file.
        number: which file of its data set it is; odd ones are written the other way, where agencies have two.
    """

    headers: Sequence[str]
    blocks: Iterable[pa.Table]
    titles: Sequence[str]
    footers: Sequence[str]
    beside: dict[str, str]
    number: int

    def above(self, form: Grid) -> list[list[str]]:
        """Give title rows and the rows of the header."""
        titles = [[title, *[""] * (len(self.headers) - 1)] for title in self.titles]
        if form.header_rows < 2:
            return [*titles, list(self.headers)]
        parts = [header.partition(" ") for header in self.headers]
        between = [[""] * len(self.headers)] * (form.header_rows - 2)
        return [*titles, [upper for upper, _, _ in parts], *between, [lower for _, _, lower in parts]]

    def below(self) -> list[list[str]]:
        """Give the rows of remarks."""
        return [[footer, *[""] * (len(self.headers) - 1)] for footer in self.footers]

    def rows(self) -> Iterator[list[str]]:
        """Give the rows one by one."""
        for block in self.blocks:
            yield from map(list, zip(*(column.to_pylist() for column in block.columns), strict=True))


def write_file(path: Path, form: Format, content: Content) -> None:
    """Write a file in the declared format; memory does not grow with its rows."""
    if isinstance(form, Json):
        _write_json(path, form, content)
    elif isinstance(form, TopoJson):
        _write_topojson(path, content)
    elif isinstance(form, Csv):
        _write_csv(path, form, content)
    else:
        _write_workbook(path, form, content)


def first_of(choice: str | tuple[str, ...], number: int = 0) -> str:
    """Give one of several encodings or delimiters that a declaration allows."""
    return choice if isinstance(choice, str) else choice[number % len(choice)]


def _write_csv(path: Path, form: Csv, content: Content) -> None:
    is_odd = content.number % 2 == 1
    encoding = first_of(form.encoding, content.number) or ("cp950" if is_odd else "utf-8")
    encoder = _Encoder(encoding, first_of(form.delimiter), "\r\n" if is_odd else "\n")
    with path.open("wb") as raw:
        out = cast("IO[bytes]", gzip.GzipFile("", "wb", 6, raw, mtime=0) if path.suffix == ".gz" else raw)
        if is_odd and encoder.is_utf8:
            out.write(codecs.BOM_UTF8)
        out.write(encoder.rows(content.above(form)))
        for block in content.blocks:
            out.write(encoder.block(block))
        out.write(encoder.rows(content.below()))
        if out is not raw:
            out.close()


class _Encoder:
    """Turns rows into bytes of one encoding; its mark goes out once."""

    def __init__(self, encoding: str, delimiter: str, end: str) -> None:
        self._encoder = codecs.getincrementalencoder(encoding)("strict")
        self.is_utf8 = encoding.replace("-", "").lower() == "utf8"
        self._delimiter, self._end = delimiter, end

    def rows(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Write few rows, quoted where they must be."""
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator=self._end).writerows(rows)
        return self._encoder.encode(text.getvalue())

    def block(self, block: pa.Table) -> bytes:
        """Write many rows; Arrow writes those that need no quotes."""
        sink = pa.BufferOutputStream()
        options = pacsv.WriteOptions(include_header=False, delimiter=self._delimiter, quoting_style="none")
        try:
            pacsv.write_csv(block, sink, options)
        except pa.ArrowInvalid:  # a cell needs quotes
            columns = [["" if text is None else text for text in column.to_pylist()] for column in block.columns]
            return self.rows(zip(*columns, strict=True))
        octets = sink.getvalue().to_pybytes()
        if self._end != "\n":
            octets = octets.replace(b"\n", self._end.encode())
        return octets if self.is_utf8 else self._encoder.encode(octets.decode())


def _write_workbook(path: Path, form: Grid, content: Content) -> None:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    with Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"comments": "made by lakeward sample", "created": datetime(2026, 1, 1)})
        sheet = book.add_worksheet(content.beside.get("_sheet", "made"))
        rows = chain(content.above(form), content.rows(), content.below())
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def _write_json(path: Path, form: Json, content: Content) -> None:
    keys = {header: f"c{number}" if form.titles else header for number, header in enumerate(content.headers, start=1)}
    mark = "@rows@"
    around: Any = mark
    for step in reversed(form.rows.split(".") if form.rows else []):
        around = {"made" if step == "*" else step: around}
    for at, value in content.beside.items():
        _put(around, at.split("."), value)
    if form.titles:
        listed = [{form.titles.key: key, form.titles.title: header} for header, key in keys.items()]
        _put(around, form.titles.at.split("."), listed)
    before, _, after = json.dumps(around, ensure_ascii=False).partition(f'"{mark}"')
    with path.open("w", encoding="utf-8") as out:
        out.write(before + "[")
        for number, row in enumerate(content.rows()):
            told: dict[str, Any] = {}
            for key, text in zip(keys.values(), row, strict=True):
                _put(told, key.split("."), text)
            out.write((",\n" if number else "\n") + json.dumps(told, ensure_ascii=False))
        out.write("]" + after)


def _write_topojson(path: Path, content: Content) -> None:
    """Give each row a box of its own in place of the text made for its geometry; together they cover Taiwan."""
    rows = list(content.rows())
    across = math.isqrt(len(rows) - 1) + 1 if rows else 1
    arcs, geometries = [], []
    for number, row in enumerate(rows):
        arcs.append([[number % across, number // across], [0, 1], [1, 0], [0, -1], [-1, 0]])
        told = {header: text for header, text in zip(content.headers, row, strict=True) if header != GEOMETRY}
        geometries.append({"type": "Polygon", "arcs": [[number]], "properties": told})
    (west, east), (south, north) = EXTENT
    topology = {
        "type": "Topology",
        "transform": {"scale": [(east - west) / across, (north - south) / across], "translate": [west, south]},
        "objects": {"made": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": arcs,
    }
    path.write_text(json.dumps(topology, ensure_ascii=False), "utf-8")


def _put(around: Any, steps: Sequence[str], value: Any) -> None:
    """Put a value at a path; a number in it is a place in a list."""
    step, *rest = steps
    if not rest:
        around[step] = value
    elif rest[0].isdecimal():
        listed = around.setdefault(step, [])
        listed.extend({} for _ in range(int(rest[0]) + 1 - len(listed)))
        if rest[1:]:
            _put(listed[int(rest[0])], rest[1:], value)
        else:
            listed[int(rest[0])] = value
    else:
        _put(around.setdefault(step, {}), rest, value)
