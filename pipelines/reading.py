"""Reads any delivery: its bytes say what it is, its declaration how its rows stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines import delimited
from lakeward.pipelines.container import OLE2, ZIP
from lakeward.pipelines.decoding import MARKS, opened, read
from lakeward.pipelines.formats import Csv, Format, Grid, Json, TopoJson, Workbook
from lakeward.pipelines.head import Head, Kind

if TYPE_CHECKING:
    import pyarrow as pa

JSON_START = re.compile(rb'\s*(?:\[\s*[\[{"\]]|\{\s*["}])')
NAMES: dict[Kind, str] = {"text": "delimited text", "workbook": "a workbook", "json": "JSON"}
Of = TypeVar("Of", Csv, Workbook)


def read_head(path: str, form: Format) -> Head:
    """Give a file's header and what else its beginning tells.

    Raises:
        DeliveryRefused: the file is empty, damaged, of another kind than declared, or has no header.
    """
    kind = _kind(path)
    if kind == "text" and isinstance(form, Grid):
        return delimited.read_head(path, _as(Csv, form))
    if kind == "workbook" and isinstance(form, Grid):
        from lakeward.pipelines import workbook

        return workbook.read_head(path, _as(Workbook, form))
    if kind == "json" and isinstance(form, Json):
        from lakeward.pipelines import envelope

        return envelope.read_head(path, form)
    if kind == "json" and isinstance(form, TopoJson):
        from lakeward.pipelines import topojson

        return topojson.read_head(path, form)
    raise _unlike(kind, form)


def read_rows(path: str, form: Format, head: Head) -> Iterator[pa.RecordBatch]:
    """Give a file's rows in batches; memory does not grow with the number of files.

    Args:
        path: a path or URI.
        form: the declaration.
        head: what `read_head` gave for the file.

    Returns:
        Batches of text columns named by `column_names(head.header)` after `_row` (int32, 1-based: the first line of
        the record in text, the row of the sheet in a workbook with 2²⁰ for each sheet before it, the place in the list
        in JSON), `_kind` (row, footer or ragged), `_fault` (why a ragged row is one), `_overflow` (list of cells
        beyond the header) and `_padded` (a cell may begin or end with a blank).

    Raises:
        DeliveryRefused: the file cannot be read to its end.
    """
    if head.kind == "text" and isinstance(form, Grid):
        yield from delimited.read_rows(path, _as(Csv, form), head)
    elif head.kind == "workbook" and isinstance(form, Grid):
        from lakeward.pipelines import workbook

        yield from workbook.read_rows(path, _as(Workbook, form), head)
    elif head.kind == "json" and isinstance(form, Json):
        from lakeward.pipelines import envelope

        yield from envelope.read_rows(path, form, head)
    elif head.kind == "json" and isinstance(form, TopoJson):
        from lakeward.pipelines import topojson

        yield from topojson.read_rows(path, form, head)
    else:
        raise _unlike(head.kind, form)


def _kind(path: str) -> Kind:
    with opened(path) as stream:
        start = read(stream, 512)
    if start.startswith((OLE2, ZIP)):
        return "workbook"
    for mark, _ in MARKS:
        start = start.removeprefix(mark)
    return "json" if JSON_START.match(start.replace(b"\0", b"")) else "text"  # UTF-16 has NULs


def _as(kind: type[Of], form: Grid) -> Of:
    """Give a declaration of rows for bytes of another kind."""
    if isinstance(form, kind):
        return form
    return kind(**{each.name: getattr(form, each.name) for each in fields(Grid)})


def _unlike(kind: Kind, form: Format) -> DeliveryRefused:
    declared: Kind = "json" if isinstance(form, Json | TopoJson) else "text"
    return DeliveryRefused(
        f"the file is {NAMES[kind]}, not {NAMES[declared]}",
        remedy="the download may have gone wrong: open the file; if the agency changed its format, declare that",
    )
