"""Reads workbooks (XLS, XLSX, XLSB, ODS): the declared sheets, every cell as the text a person sees in it."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING

import python_calamine as calamine

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.container import ZIP, check_ole2, check_zip, damaged, encrypted, why_not
from lakeward.pipelines.decoding import opened, read
from lakeward.pipelines.formats import Workbook
from lakeward.pipelines.grid import Header, Parsed, Shaper, beside, find_header, is_remark
from lakeward.pipelines.head import FIRST_ROWS, Head, on_one_line
from lakeward.pipelines.shapes import BLANKS

if TYPE_CHECKING:
    import pyarrow as pa

MOST_BYTES = 256 << 20
SHEET_ROWS = 1 << 20
BATCH_ROWS = 8_192
Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Line = tuple[int, list[str]]


def read_head(path: str, form: Workbook) -> Head:
    """Give the header of the sheets that are read.

    Raises:
        DeliveryRefused: the file is damaged, encrypted or no workbook, no sheet is meant, or two have other headers.
    """
    headers: dict[str, Header] = {}
    first_rows: list[tuple[str, ...]] = []
    with _book(path) as book:
        for _, name in _meant(book, form):
            rows = _rows(book, name)
            header = find_header(rows, form)
            headers[name] = header
            data = (tuple(row) for _, row in filter(_is_filled, rows) if not is_remark(row, form))
            first_rows += islice(data, FIRST_ROWS - len(first_rows))
    widest = max(headers.values(), key=lambda header: len(header.texts))
    for name, header in headers.items():
        if _plain(header) != _plain(widest):
            odd = sorted(set(_plain(header)) ^ set(_plain(widest)))
            raise DeliveryRefused(
                f"the sheet {name} has another header than the others: {', '.join(odd) or 'in another order'}",
                remedy="say in `sheets` of the declaration which ones are meant",
            )
    return Head(
        "",
        (*widest.texts, *form.beside),
        bool(first_rows),
        (),
        widest.line,
        "workbook",
        "",
        widest.title,
        tuple(first_rows),
    )


def read_rows(path: str, form: Workbook, head: Head) -> Iterator[pa.RecordBatch]:
    """Give the rows of the sheets that are read, as `reading.read_rows` says; memory holds one sheet."""
    with _book(path) as book:
        for number, name in _meant(book, form):
            rows = _rows(book, name)
            title = find_header(rows, form).title
            told = beside(form, PurePath(path).name, name, title)
            shaper = Shaper(head.header, form, told)
            filled = filter(_is_filled, rows)
            while batch := list(islice(filled, BATCH_ROWS)):
                yield shaper.batch(_parsed(batch, number * SHEET_ROWS, shaper.width), is_padded=True)


def _plain(header: Header) -> tuple[str, ...]:
    texts = [on_one_line(text) for text in header.texts]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def place_of(row: int) -> tuple[int, int]:
    """Give the sheet's number, from 1, and the row in it of a `_row`."""
    sheet, place = divmod(row - 1, SHEET_ROWS)
    return sheet + 1, place + 1


def _parsed(rows: list[Line], before: int, width: int) -> Parsed:
    import pyarrow as pa

    overflow, faults = list[list[str] | None](), list[str | None]()
    for _, row in rows:
        beyond = [text for text in row[width:] if text.strip(BLANKS)]
        overflow.append(beyond or None)
        faults.append(f"cells beyond the {width} columns of the header" if beyond else None)
    padded = [[*row[:width], *[""] * (width - len(row))] for _, row in rows]
    cells = [pa.array([row[place] for row in padded], pa.string()) for place in range(width)]
    lines = pa.array([before + line for line, _ in rows], pa.int32())
    return Parsed(lines, cells, pa.array(faults, pa.string()), pa.array(overflow, pa.list_(pa.string())))


def _book(path: str) -> calamine.CalamineWorkbook:
    with opened(path) as stream:
        content = read(stream, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DeliveryRefused(
            f"the workbook is larger than {MOST_BYTES >> 20} MB", remedy="ask the agency for it as CSV, or split it"
        )
    if content.startswith(ZIP):
        check_zip(content)
    else:
        check_ole2(content)
    with _no_damage(content):
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))


@contextmanager
def _no_damage(content: bytes = b"") -> Iterator[None]:
    """Refuse a file for any fault that the library finds in it; some it meets as a panic, which is no `Exception`."""
    try:
        yield
    except calamine.PasswordError as cause:
        raise encrypted() from cause
    except BaseException as cause:
        if not isinstance(cause, Exception) and type(cause).__name__ != "PanicException":
            raise
        raise why_not(content) or damaged(cause) from cause


def _meant(book: calamine.CalamineWorkbook, form: Workbook) -> list[tuple[int, str]]:
    """List the number, from 0, and the name of the sheets that are read: none of them is empty."""
    filled = ((number, name) for number, name in enumerate(book.sheet_names) if any(map(_is_filled, _rows(book, name))))
    meant = [(number, name) for number, name in filled if re.search(form.sheets, name)]
    if not meant:
        raise DeliveryRefused(
            f"no sheet with anything in it is called like {form.sheets}" if form.sheets else "the workbook is empty",
            remedy="compare `sheets` in the declaration with the names of its sheets",
            sheets=book.sheet_names[:20],
        )
    return meant if form.sheets else meant[:1]


def _rows(book: calamine.CalamineWorkbook, name: str) -> Iterator[Line]:
    """Give the number and the texts of each row."""
    with _no_damage():
        for line, row in enumerate(book.get_sheet_by_name(name).iter_rows(), start=1):
            yield line, [_text(value) for value in row]


def _is_filled(line: Line) -> bool:
    return any(text.strip(BLANKS) for text in line[1])


def _text(value: Value) -> str:
    """Write a value as a person sees it in the sheet: 3.0 as 3, no more digits than the sheet has, ISO dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return str(value)
