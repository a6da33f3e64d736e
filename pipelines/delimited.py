"""Reads delimited text as agencies write it: strictly decoded, matched by its own header, every cell as delivered.

Blocks of bytes are cut at record ends and handed to Arrow's parser; a block whose quoting Arrow and the line count
disagree about is parsed again by Python's `csv`, so that every record keeps the true number of its first line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import IO, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.decoding import GZIP, MARKS, encoding_of, opened, read, utf8_blocks
from lakeward.pipelines.formats import Csv
from lakeward.pipelines.grid import Array, Parsed, Shaper, beside, find_header, is_remark
from lakeward.pipelines.head import FIRST_ROWS, Head
from lakeward.pipelines.shapes import BLANKS

HEADER_BYTES = 1 << 20
RECORD_BYTES = 64 << 20
RARE_BLANKS = [blank.encode() for blank in BLANKS if blank not in " \n\r"]
RARE_STARTS = {blank[:2] for blank in RARE_BLANKS}  # few, so most blocks are looked over a few times only


def read_head(path: str, form: Csv) -> Head:
    """Decode a file's first rows and give its header.

    Raises:
        DeliveryRefused: the file is empty, cut, not text, not of a declared encoding, or has no header.
    """
    with opened(path) as stream:
        start = read(stream, HEADER_BYTES)
        is_all = len(start) < HEADER_BYTES
    if not start.strip(b"\0 \r\n\t" + b"".join(mark for mark, _ in MARKS)):
        raise DeliveryRefused("the file is empty", remedy="ask the agency for the file again, or download it again")
    if start.startswith(GZIP):
        raise DeliveryRefused("the file is packed twice with gzip", remedy="unpack it once, then deliver it again")
    if re.match(rb"\s*(<!doctype|<html|<\?xml)", start[:200].lower().removeprefix(codecs.BOM_UTF8)):
        raise DeliveryRefused(
            "the file is a web page or XML, not delimited text",
            remedy="the download probably met an error page: open the file, then download it again",
        )
    encoding, warnings = encoding_of(path, start, is_all, form)
    text = codecs.getincrementaldecoder(encoding)("strict").decode(start, is_all)
    heads, faults = list[Head](), list[DeliveryRefused]()
    for mark in form.delimiter:
        try:
            heads.append(_head(text, form, mark, encoding, is_all))
        except DeliveryRefused as fault:
            faults.append(fault)
    if not heads:
        raise faults[0]
    return replace(max(heads, key=lambda head: len(head.header)), warnings=warnings)


def _head(text: str, form: Csv, delimiter: str, encoding: str, is_all: bool) -> Head:
    csv.field_size_limit(RECORD_BYTES)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        found = find_header(((rows.line_num, row) for row in rows), form)
        first_rows = tuple(_first(rows, form))
    except csv.Error as cause:
        raise DeliveryRefused(
            "in its first rows a quoted cell is never closed or is followed by stray text",
            remedy="check the delimiter of the declaration, or ask the agency to mend the quotes",
        ) from cause
    header = (*found.texts, *form.beside)
    has_rows = not is_all or bool(first_rows)
    return Head(encoding, header, has_rows, (), found.line, "text", delimiter, found.title, first_rows)


def _first(rows: Iterator[list[str]], form: Csv) -> Iterator[tuple[str, ...]]:
    """Give some rows below the header, up to the first whose quotes are wrong, unless no row stands before it."""
    found = 0
    try:
        for row in rows:
            if any(row) and not is_remark(row, form):
                found += 1
                yield tuple(row)
            if found == FIRST_ROWS:
                return
    except csv.Error:
        if not found:
            raise


def read_rows(path: str, form: Csv, head: Head) -> Iterator[pa.RecordBatch]:
    """Give a file's rows in batches, as `reading.read_rows` says."""
    shaper = Shaper(head.header, form, beside(form, PurePath(path).name, "", head.title))
    for first_line, block in _record_blocks(utf8_blocks(path, head.encoding), head.delimiter):
        is_padded = _may_be_padded(block, head.delimiter)
        for parsed in _parse(block, first_line, (shaper.width, shaper.width - form.may_lack), head.delimiter):
            below = _below(head.header_line, parsed)
            if len(below.lines):
                yield shaper.batch(below, is_padded)


def _below(line: int, parsed: Parsed) -> Parsed:
    """Leave out what stands down to a line: titles and the header."""
    lines = parsed.lines
    gone = int((lines.to_numpy() <= line).sum()) if len(lines) and lines[0].as_py() <= line else 0
    cells = [column[gone:] for column in parsed.cells]
    return Parsed(lines[gone:], cells, parsed.faults[gone:], parsed.overflow[gone:])


def _may_be_padded(block: bytes, delimiter: str) -> bool:
    """Look over a whole block for blanks beside a delimiter, a quote or a line break, and for the rarer blanks."""
    starts = {start for start in RARE_STARTS if start in block}
    rare = any(blank in block for blank in RARE_BLANKS if blank[:2] in starts)
    mark = delimiter.encode()
    beside = (mark + b" ", b" " + mark, b" \n", b"\n ", b" \r", b'" ', b' "')
    return rare or block[:1] == b" " or block[-1:] == b" " or any(pair in block for pair in beside)


def _parse(block: bytes, first_line: int, widths: tuple[int, int], delimiter: str) -> Iterator[Parsed]:
    """Parse a block whose rows have so many cells, and at least so many."""
    starts = _line_starts(block)
    if b'"' not in block and b"\r" not in block.replace(b"\r\n", b"\n"):
        fast = _parse_fast(block, widths[0], delimiter)
        if fast is not None and len(fast[0]) == len(starts):
            lines = pa.array(first_line + starts, type=pa.int32())
            count = len(starts)
            yield Parsed(lines, fast, pa.nulls(count, pa.string()), pa.nulls(count, pa.list_(pa.string())))
            return
    yield from _parse_slowly(block.decode("utf-8"), first_line, widths, delimiter)


def _line_starts(block: bytes) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Count lines from 0 and give the numbers of those that are not blank."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == 0x0A)
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts
    is_return = np.zeros(len(ends), bool)
    held = lengths > 0
    is_return[held] = np.frombuffer(block, np.uint8)[ends[held] - 1] == 0x0D
    return np.flatnonzero(lengths - is_return > 0)


def _parse_fast(block: bytes, width: int, delimiter: str) -> list[Array] | None:
    names = [str(position) for position in range(width)]
    try:
        table = pacsv.read_csv(
            cast("IO[Any]", pa.BufferReader(block)),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=True),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:  # a ragged row: the slow way says which
        return None
    return [column.combine_chunks() for column in table.columns]


def _parse_slowly(text: str, first_line: int, widths: tuple[int, int], delimiter: str) -> Iterator[Parsed]:
    width, least = widths
    lines: list[int] = []
    rows: list[list[str | None]] = []
    faults: list[str | None] = []
    overflow: list[list[str] | None] = []
    csv.field_size_limit(RECORD_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first_line
    try:
        for row in reader:
            if row:
                beyond = row[width:]
                is_ragged = len(row) < least or any(cell.strip(BLANKS) for cell in beyond)
                lines.append(line)
                faults.append(f"{len(row)} cells where the header has {width}" if is_ragged else None)
                overflow.append(beyond if is_ragged and beyond else None)
                rows.append([*row[:width], *[None] * (width - len(row))])
            line = first_line + reader.line_num
    except csv.Error as cause:
        raise DeliveryRefused(
            f"line {line}: a quoted cell is never closed or is followed by stray text",
            remedy="ask the agency to mend the quotes of that line",
        ) from cause
    cells = [pa.array([row[position] for row in rows], pa.string()) for position in range(width)]
    yield Parsed(
        pa.array(lines, pa.int32()),
        cells,
        pa.array(faults, pa.string()),
        pa.array(overflow, pa.list_(pa.string())),
    )


def _record_blocks(blocks: Iterator[bytes], delimiter: str) -> Iterator[tuple[int, bytes]]:
    """Cut a stream of UTF-8 into blocks that end where a record ends; give each with its first line's number."""
    held, line = b"", 1
    for block in blocks:
        held += block
        end = _last_record_end(held)
        if end:
            yield line, held[:end]
            line += held.count(b"\n", 0, end) + held.count(b"\r", 0, end) - held.count(b"\r\n", 0, end)
            held = held[end:]
        elif len(held) > RECORD_BYTES:
            raise DeliveryRefused(
                f"line {line}: a record is longer than {RECORD_BYTES >> 20} MB",
                remedy="a quote is probably never closed: ask the agency to mend that line",
            )
    if held:
        yield line, held


def _last_record_end(held: bytes) -> int:
    """Find the end of the last line break outside quotes; 0 when there is none."""
    if b'"' not in held:
        return held.rfind(b"\n") + 1
    octets = np.frombuffer(held, np.uint8)
    breaks = np.flatnonzero(octets == 0x0A)
    quotes = np.cumsum(octets == 0x22, dtype=np.int64)
    outside = breaks[quotes[breaks] % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0
