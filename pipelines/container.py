"""What a workbook's bytes hold, looked at before a library unpacks it: no bomb, no key, no sheet of empty billions."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lakeward.lake.errors import DeliveryRefused

MOST_UNPACKED = 1 << 30
MOST_CELLS = 1 << 24
"""A sheet is held as a rectangle of 32 bytes a cell; this is the most that an XLS can have."""
CHUNK_BYTES = 1 << 20
HEADER_BYTES, FREE = 512, -1
IS_ENCRYPTED = 1
OLE2, ZIP = bytes.fromhex("d0cf11e0a1b11ae1"), b"PK\x03\x04"
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\sr="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
ROWS_REPEATED = re.compile(rb'^[^>]*number-rows-repeated="([0-9]+)"')
ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
COLUMNS_REPEATED = re.compile(rb'number-columns-repeated="([0-9]+)"')
SAVED_BY = {
    "xl/workbook.xml": "",
    "content.xml": "",
    "xl/workbook.bin": "a binary workbook (XLSB)",
    "word/document.xml": "a Word document (DOCX)",
    "ppt/presentation.xml": "a presentation (PPTX)",
}


def check_zip(content: bytes) -> None:
    """Look through a zipped workbook, each part once.

    Raises:
        DeliveryRefused: it is damaged, encrypted, no workbook, or would unpack to more than memory should hold.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            _check_parts(parts)
            for part in parts:
                with packed.open(part) as stream:
                    chunks = iter(lambda: stream.read(CHUNK_BYTES), b"")
                    _check_area(part.filename, _area(part.filename, chunks))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as cause:
        raise damaged(cause) from cause


def check_ole2(content: bytes) -> None:
    """Make sure that all the sectors of an OLE2 file are there, as far as its header lists where they are.

    Raises:
        DeliveryRefused: it is cut.
    """
    header = content[:HEADER_BYTES].ljust(HEADER_BYTES, b"\0")
    size = 1 << min(int.from_bytes(header[30:32], "little"), 16)
    used = 0
    for number, (at,) in enumerate(struct.iter_unpack("<i", header[76:])):
        table = content[(at + 1) * size : (at + 2) * size] if at >= 0 else b""
        entries = [free for (free,) in struct.iter_unpack("<i", table[: len(table) // 4 * 4])]
        last = max((place for place, free in enumerate(entries, start=1) if free != FREE), default=0)
        used = max(used, at + 1, number * (size // 4) + last if last else 0)
    if len(content) <= used * size:
        raise DeliveryRefused("the workbook is cut", remedy="download it again; the copy here is incomplete")


def why_not(content: bytes) -> DeliveryRefused | None:
    """Say what an OLE2 file is that no library reads as a workbook; None where that cannot be told."""
    if _named(content, "EncryptedPackage"):
        return encrypted()
    if _named(content, "WordDocument"):
        return DeliveryRefused(
            "the file is a Word document of the old kind (DOC), for which there is no well-kept reader",
            remedy="save its tables as CSV or XLSX; `soffice --headless --convert-to docx FILE` is a first step",
        )
    return None


def encrypted(what: str = "workbook") -> DeliveryRefused:
    """Say that a workbook, or what is packed, is encrypted."""
    return DeliveryRefused(f"the {what} is encrypted", remedy="ask the agency for it without a password")


def damaged(why: object) -> DeliveryRefused:
    """Say that a workbook cannot be read."""
    return DeliveryRefused(
        f"the workbook is damaged: {why}", remedy="open and save it again in a spreadsheet, or download it again"
    )


def _named(content: bytes, stream: str) -> bool:
    return stream.encode("utf-16-le") in content


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & IS_ENCRYPTED for part in parts):
        raise encrypted()
    names = {part.filename for part in parts}
    kind = next((saved for part, saved in SAVED_BY.items() if part in names), f"a zip of {len(parts)} files")
    if kind:
        raise DeliveryRefused(
            f"the file is {kind}, not a workbook that can be read",
            remedy="save its tables as XLSX or CSV; unpack a zip first",
        )
    size = sum(part.file_size for part in parts)
    if size > MOST_UNPACKED:
        raise DeliveryRefused(
            f"the workbook unpacks to {size >> 20:,} MB", remedy="ask the agency for it as CSV; it may be a zip bomb"
        )


def _check_area(part: str, cells: int) -> None:
    if cells > MOST_CELLS:
        raise DeliveryRefused(
            f"the sheet in {part} spans {cells:,} cells, more than {MOST_CELLS:,}",
            remedy="a cell far from the others is probably not empty: delete it, or ask for the sheet as CSV",
        )


def _area(part: str, chunks: Iterator[bytes]) -> int:
    """Use a part up, and count the cells of the rectangle that holds all cells of its sheet that are not empty."""
    if SHEET.fullmatch(part):
        return _area_xlsx(chunks)
    if part == "content.xml":
        return _area_ods(chunks)
    for _ in chunks:
        pass
    return 0


def _area_xlsx(chunks: Iterator[bytes]) -> int:
    columns, rows = set[bytes](), 0
    held = b""
    for chunk in chunks:
        held += chunk
        for column, row in CELL.findall(held):
            columns.add(column)
            rows = max(rows, int(row))
        held = held[held.rfind(b"<") :]
    return rows * max(map(_number, columns), default=0)


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _area_ods(chunks: Iterator[bytes]) -> int:
    area, rows, filled, width = 0, -1, 0, 0  # what stands before the first row is none
    held = b""
    for chunk in (*chunks, b"<table:table-row"):
        *done, held = (held + chunk).split(b"<table:table-row")
        for row in done:
            repeated = ROWS_REPEATED.match(row)
            rows += int(repeated[1]) if repeated else 1
            cells = ODS_CELL.findall(row)
            counts = [int(told[1]) if (told := COLUMNS_REPEATED.search(cell)) else 1 for cell in cells]
            last = max((n for n, cell in enumerate(cells, start=1) if b"office:value-type" in cell), default=0)
            if last:
                filled, width = rows, max(width, sum(counts[:last]))
            area = max(area, filled * width)
            if b"<table:table " in row:
                rows, filled, width = 0, 0, 0
    return area
