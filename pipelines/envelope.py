"""Reads JSON files with a list of objects in them, object by object: memory holds a block and one batch of rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.formats import Json, Titles
from lakeward.pipelines.grid import MAX_COLUMNS, PROVENANCE, Array
from lakeward.pipelines.head import FIRST_ROWS, KIND_RAGGED, KIND_ROW, Head, column_names
from lakeward.pipelines.json_text import JsonText, Value

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 8_192
Envelope = dict[str, Value]
Cells = Mapping[str, str | None]


def read_head(path: str, form: Json) -> Head:
    """Read a file once and give the keys of its rows, under their titles.

    Raises:
        DeliveryRefused: it is no JSON, or lacks what the declaration names.
    """
    around, keys, first = _survey(path, form)
    titles = _titles(around, form.titles) if form.titles else {}
    for each in form.beside:
        _beside(around, each, path)
    header = (*(titles.get(key, key) for key in keys), *form.beside)
    rows = tuple(tuple(row.get(key) or "" for key in keys) for row in first)
    return Head("json", header, bool(rows), header_line=0, kind="json", first_rows=rows)


def read_rows(path: str, form: Json, head: Head) -> Iterator[pa.RecordBatch]:
    """Give the rows of the list, as `reading.read_rows` says."""
    around, keys, _ = _survey(path, form)
    constant = [_beside(around, each, path) for each in form.beside]
    numbered = enumerate(_rows(JsonText(path), form.rows, {}), start=1)
    while batch := list(islice(numbered, BATCH_ROWS)):
        yield _batch(batch, keys, constant, column_names(head.header))


def _survey(path: str, form: Json) -> tuple[Envelope, list[str], list[Cells]]:
    """Read a file once: what stands around its rows, their keys in the order in which they first stand, some rows."""
    around: Envelope = {}
    keys: dict[str, None] = {}
    first: list[Cells] = []
    for row in _rows(JsonText(path), form.rows, around):
        cells = _flat(row)
        keys |= dict.fromkeys(cells)
        if len(first) < FIRST_ROWS:
            first.append(cells)
        if len(keys) > MAX_COLUMNS:
            raise DeliveryRefused(f"its rows have more than {MAX_COLUMNS:,} keys", remedy="check `rows`")
    return around, list(keys), first


def _rows(text: JsonText, at: str, around: Envelope) -> Iterator[Value]:
    """Give each row; what stands beside the list on the way to it goes into `around`."""
    yield from _under(text, at.split(".") if at else [], around, at)
    text.end()


def _under(text: JsonText, steps: Sequence[str], around: Envelope, at: str) -> Iterator[Value]:
    if not steps:
        if text.peek() != "[":
            text.fail(f"{at or 'the file'} is no list, where the declaration says that rows stand")
        for _ in text.items():
            yield text.value()
        return
    if text.peek() != "{":
        text.fail(f"{steps[0]} of {at} is missing")
    is_found = False
    for key in text.keys():  # noqa: SIM118 - it is no mapping
        if not is_found and steps[0] in (key, "*"):
            is_found = True
            inner: Envelope = {}
            around[key] = inner
            yield from _under(text, steps[1:], inner, at)
        else:
            around[key] = text.value()
    if not is_found:
        text.fail(f"{steps[0]} of {at} is missing, where the declaration says that rows stand")


def _titles(around: Envelope, titles: Titles) -> dict[str, str]:
    """Give the title of each key that has one."""
    listed = _found(around, titles.at)
    if not isinstance(listed, list) or not all(isinstance(each, dict) and titles.key in each for each in listed):
        raise DeliveryRefused(
            f"{titles.at} is no list of objects with {titles.key}",
            remedy="compare the file with `titles` in the declaration",
        )
    told = [(each[titles.key], each.get(titles.title)) for each in listed if isinstance(each, dict)]
    return {str(key): title for key, title in told if isinstance(title, str) and title.strip()}


def _beside(around: Envelope, at: str, path: str) -> str | None:
    if at == "_file":
        return PurePath(path).name
    return _text(_found(around, at))


def _found(around: Envelope, at: str) -> Value:
    """Follow a path into what stands around the rows."""

    def step(value: Value, name: str) -> Value:
        if isinstance(value, dict) and name in value:
            return value[name]
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            return value[int(name)]
        raise DeliveryRefused(f"the file has no {at}", remedy="compare the file with its declaration")

    value: Value = around
    for name in at.split("."):
        value = step(value, name)
    return value


def _batch(
    rows: list[tuple[int, Value]], keys: list[str], constant: list[str | None], names: Sequence[str]
) -> pa.RecordBatch:
    import pyarrow as pa

    flat = [_flat(row) for _, row in rows]
    faults = [None if isinstance(row, dict) else "not an object" for _, row in rows]
    odd = [None if fault is None else [_text(row)] for fault, (_, row) in zip(faults, rows, strict=True)]
    told: list[Array] = [
        pa.array([number for number, _ in rows], pa.int32()),
        pa.array([KIND_RAGGED if fault else KIND_ROW for fault in faults], pa.string()),
        pa.array(faults, pa.string()),
        pa.array(odd, pa.list_(pa.string())),
        pa.repeat(pa.scalar(True), len(rows)),
    ]
    try:
        cells = [pa.array([row.get(key) for row in flat], pa.string()) for key in keys]
        beside = [pa.repeat(pa.scalar(text, pa.string()), len(rows)) for text in constant]
    except UnicodeEncodeError as cause:
        raise DeliveryRefused(
            f"rows {rows[0][0]:,} to {rows[-1][0]:,} hold half a letter (a lone surrogate)",
            remedy="ask the agency to mend its text",
        ) from cause
    return pa.RecordBatch.from_arrays([*told, *cells, *beside], names=[*PROVENANCE, *names])


def _flat(row: Value, before: str = "") -> Cells:
    """Give the cells of a row: those of an inner object under `outer.inner`."""
    if not isinstance(row, dict):
        return {}
    cells: dict[str, str | None] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            cells |= _flat(value, f"{before}{key}.")
        else:
            cells[before + key] = _text(value)
    return cells


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=float)
    return str(value)
