"""Rows as CSV that Excel opens rightly and safely: UTF-8 with a byte-order mark, no cell that is a formula.

A text that begins with `'` or with what a spreadsheet takes for a formula gets one `'` in front. A reader takes one `'`
away from each text that begins with it, and has the rows as they were: `unguarded`, or the lines in docs/releases.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

FORMULA = "^['=+\\-@\t\r\n＝＋－＠]"
MARK = "﻿".encode()


def write(path: Path, rows: pa.Table) -> Path:
    """Write rows as CSV; a missing value is an empty cell, an empty text a quoted one."""
    with path.open("wb") as out:
        out.write(MARK)
        pa.csv.write_csv(pa.table([_told(column) for column in rows.columns], rows.column_names), out)
    return path


def guarded(texts: Any) -> Any:
    """Put a `'` before each text that a spreadsheet could run."""
    return pc.if_else(pc.match_substring_regex(texts, FORMULA), pc.binary_join_element_wise("'", texts, ""), texts)


def unguarded(texts: Any) -> Any:
    """Take it away again."""
    return pc.replace_substring_regex(texts, "^'", "")


def as_texts(column: Any) -> Any:
    """Give a column of lists, structures or maps as JSON."""
    told = [
        None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in column.to_pylist()
    ]
    return pa.chunked_array([pa.array(told, pa.string())])


def _told(column: Any) -> Any:
    if pa.types.is_nested(column.type):
        return as_texts(column)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return guarded(column)
    if pa.types.is_timestamp(column.type):
        utc: Any = column.cast(pa.timestamp("us", "UTC"))
        return pc.strftime(utc, "%Y-%m-%dT%H:%M:%SZ")
    return column
