"""Workbooks made for tests, in three formats, from the same rows."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from xlsxwriter import Workbook  # type: ignore[import-untyped]

Cell = str | float | dt.date | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]


def xlsx(sheets: Sheets) -> bytes:
    """Write an XLSX; dates are numbers with the format of a date, as spreadsheets keep them."""
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, "default_date_format": "yyyy/mm/dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(at, place, cell)
                    elif cell is not None:
                        sheet.write(at, place, cell)
    return made.getvalue()


def ods(sheets: Sheets) -> bytes:
    """Write the part of an ODS that readers need."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {spaces}><office:body><office:spreadsheet>"
        f"{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content.encode()})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Write a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def xls(sheets: Sheets) -> bytes:
    """Write an XLS: BIFF8 records in an OLE2 file of one stream. Dates are not made."""
    bodies = [
        _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0x600))
        + b"".join(_xls_cell(at, place, cell) for at, row in enumerate(rows) for place, cell in enumerate(row))
        + _record(0x0A)
        for rows in sheets.values()
    ]
    names = [struct.pack("<BBB", 0, len(name), 1) + name.encode("utf-16-le") for name in sheets]
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 0, 0, 0x600)) + _record(0x42, struct.pack("<H", 1200))
    at = len(begin) + sum(9 + len(name) for name in names) + 4
    for name, body in zip(names, bodies, strict=True):
        begin += _record(0x85, struct.pack("<I", at) + name[:1] + b"\0" + name[1:])
        at += len(body)
    content = begin + _record(0x0A) + b"".join(bodies)
    return ole2({"Workbook": content + _record(0, bytes(-len(content) % 4))})  # so that filling it up makes records


def ole2(streams: Mapping[str, bytes]) -> bytes:
    """Write an OLE2 file; each stream is filled up with zeros to the size from which on they lie in sectors."""
    entries, data, fat = [_entry("Root Entry", 5, -2, 0, child=1)], b"", [-3, -2]
    for number, (name, content) in enumerate(streams.items(), start=1):
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        first, count = len(fat), len(padded) // 512
        right = number + 1 if number < len(streams) else -1
        entries.append(_entry(name, 2, first, len(padded), right=right))
        fat += [*range(first + 1, first + count), -2]
        data += padded
    assert len(fat) <= 128
    assert len(entries) <= 4
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<iiiIIiiii", 0, 1, 1, 0, 4096, -2, 0, -2, 0) + struct.pack("<i", 0) + b"\xff" * 432
    tables = struct.pack("<128i", *fat, *[-1] * (128 - len(fat)))
    return header + tables + b"".join(entries).ljust(512, b"\0") + data


def _ods_row(row: Sequence[Cell]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, dt.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, float | int):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def _xls_cell(at: int, place: int, cell: Cell) -> bytes:
    if cell is None or isinstance(cell, dt.date):
        return b""
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _record(0x204, struct.pack("<HHHHB", at, place, 0, len(text) // 2, 1) + text)
    return _record(0x203, struct.pack("<HHHd", at, place, 0, cell))


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _entry(name: str, kind: int, first: int, size: int, child: int = -1, right: int = -1) -> bytes:
    text = name.encode("utf-16-le")
    told = struct.pack("<HBBiii", len(text) + 2, kind, 1, -1, right, child)
    return text.ljust(64, b"\0") + told + bytes(36) + struct.pack("<iII", first, size, 0)
