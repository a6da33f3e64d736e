"""Reads workbooks (XLS, XLSX, ODS): the declared sheets, every cell as the text a person sees in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, groupby, islice
from pathlib import PurePath
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines import sheets
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
Line = tuple[int, list[str]]


def read_head(path: str, form: Workbook) -> Head:
    """Give the header of the sheets that are read.

    Raises:
        DeliveryRefused: the file is damaged, encrypted or no workbook, no sheet is meant, or two have other headers.
    """
    headers: dict[str, Header] = {}
    first_rows: list[tuple[str, ...]] = []
    for _, name, rows in _sheets(path, form):
        headers[name] = find_header(rows, form)
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
        "workbook",
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
    for number, name, rows in _sheets(path, form):
        title = find_header(rows, form).title
        shaper = Shaper(head.header, form, beside(form, PurePath(path).name, name, title))
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


def _sheets(path: str, form: Workbook) -> Iterator[tuple[int, str, Iterator[Line]]]:
    """Give the number, from 0, the name and the rows of each sheet that is read; none of them is empty."""
    names: list[str] = []
    is_found = False

    def sheet(line: str | Line) -> int:
        names.extend([line] if isinstance(line, str) else [])
        return len(names) - 1

    for number, lines in groupby(_lines(_content(path), form.sheets), sheet):
        rows = islice(lines, 1, None)
        if first := next(rows, None):
            is_found = True
            yield number, names[-1], _with_blanks(chain([first], rows))
            if not form.sheets:
                return
    if not is_found:
        raise DeliveryRefused(
            f"no sheet with anything in it is called like {form.sheets}" if form.sheets else "the workbook is empty",
            remedy="compare `sheets` in the declaration with the names of its sheets",
            sheets=names[:20],
        )


def _content(path: str) -> bytes:
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
    return content


def _lines(content: bytes, pattern: str) -> Iterator[Any]:
    """Give what `sheets` writes of a workbook, in a process of its own."""
    command = [sys.executable, "-m", sheets.__name__, pattern]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with (
        TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=env) as process,
    ):
        assert process.stdin  # noqa: S101 - mypy
        assert process.stdout  # noqa: S101
        try:
            with suppress(BrokenPipeError), process.stdin as stdin:
                stdin.write(content)
            for line in process.stdout:
                if line.endswith(b"\n"):
                    yield json.loads(line)
            code = process.wait()
        finally:
            process.kill()
        if code:
            said.seek(0)
            raise _fault(code, said.read().decode(errors="replace"), content)


def _fault(code: int, said: str, content: bytes) -> DeliveryRefused:
    if code == sheets.ENCRYPTED:
        return encrypted()
    why = said.strip() if code == sheets.DAMAGED else "its parts contradict each other"
    return why_not(content) or damaged(why)


def _with_blanks(rows: Iterable[Line]) -> Iterator[Line]:
    """Put the blank rows back that stand between others."""
    at = 0
    for line, texts in rows:
        yield from ((blank, []) for blank in range(at + 1, line))
        yield line, texts
        at = line


def _is_filled(line: Line) -> bool:
    return any(text.strip(BLANKS) for text in line[1])
