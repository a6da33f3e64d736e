"""Rows as a workbook, where they are few: the data, what its columns mean, and where it is from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakeward.sharing.releases.as_csv import as_texts

MOST_ROWS = 100_000
MOST_CELLS = 500_000
LONGEST_TEXT = 32_767
EXACT = 2**53
FIRST_DAY = date(1900, 3, 1)
"""Excel believes in a 29 February 1900: days before are told as text."""
MADE = datetime(1980, 1, 1)
"""Said of every workbook, so that the same rows make the same bytes."""
COLUMN = ("name", "title_zh", "type", "unit", "key", "description")


def fits(rows: pa.Table) -> bool:
    """Say whether rows go into a workbook, whole and in a few seconds."""
    if rows.num_rows > MOST_ROWS or rows.num_rows * rows.num_columns > MOST_CELLS:
        return False
    texts = [column for column in rows.columns if pa.types.is_string(column.type)]
    return all((pc.max(pc.utf8_length(column)).as_py() or 0) <= LONGEST_TEXT for column in texts)


def write(path: Path, rows: pa.Table, schema: Sequence[Mapping[str, Any]], about: Mapping[str, str]) -> Path:
    """Write a workbook of three sheets: data, columns, about.

    Args:
        path: the file.
        rows: at most what `fits` allows.
        schema: what the manifest tells of the columns.
        about: facts of the release, in words.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    told = [as_texts(column) if pa.types.is_nested(column.type) else column for column in rows.columns]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "remove_timezone": True}) as book:
        book.set_properties({"created": MADE, "title": about.get("title", "")})
        bold = book.add_format({"bold": True})
        formats: dict[type, Any] = {date: book.add_format({"num_format": "yyyy-mm-dd"})}
        formats[datetime] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet("data")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, rows.num_columns - 1), 16)
        _row(sheet, 0, rows.column_names, {str: bold})
        for place, row in enumerate(zip(*(column.to_pylist() for column in told), strict=True), start=1):
            _row(sheet, place, row, formats)
        sheet.autofilter(0, 0, rows.num_rows, max(0, rows.num_columns - 1))
        columns = book.add_worksheet("columns")
        columns.set_column(0, len(COLUMN) - 1, 24)
        _row(columns, 0, COLUMN, {str: bold})
        for place, each in enumerate(schema, start=1):
            _row(columns, place, [str(each[name]) for name in COLUMN], {})
        sheet = book.add_worksheet("about")
        sheet.set_column(0, 1, 40)
        for place, pair in enumerate(about.items()):
            _row(sheet, place, pair, {})
    return path


def _row(sheet: Any, place: int, values: Iterable[object], formats: Mapping[type, Any]) -> None:
    for column, value in enumerate(values):
        match value:
            case None:
                pass
            case bool():
                sheet.write_boolean(place, column, value)
            case int() if abs(value) <= EXACT:
                sheet.write_number(place, column, value)
            case float() if math.isfinite(value):
                sheet.write_number(place, column, value)
            case date() if (value.date() if isinstance(value, datetime) else value) >= FIRST_DAY:
                sheet.write_datetime(place, column, value, formats[type(value)])
            case _:  # never as a formula or a link
                sheet.write_string(place, column, str(value), formats.get(str))
