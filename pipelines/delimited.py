"""Reads delimited text as agencies write it: strictly decoded, matched by its own header, every cell as delivered.

Blocks of bytes are cut at record ends and handed to Arrow's parser; a block in which a quote stands within a cell, or
whose rows Arrow and the line count disagree about, is parsed by Python's `csv`, so that every record keeps the true
number of its first line.
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
SPACE, QUOTE, FEED, RETURN = 0x20, 0x22, 0x0A, 0x0D
Places = np.ndarray[Any, np.dtype[np.int64]]
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
        quotes = _at(block, QUOTE)
        is_padded = _may_be_padded(block, quotes, head.delimiter)
        for parsed in _parse(block, quotes, first_line, (shaper.width, shaper.width - form.may_lack), head.delimiter):
            below = _below(head.header_line, parsed)
            if len(below.lines):
                yield shaper.batch(below, is_padded)


def _below(line: int, parsed: Parsed) -> Parsed:
    """Leave out what stands down to a line: titles and the header."""
    lines = parsed.lines
    gone = int((lines.to_numpy() <= line).sum()) if len(lines) and lines[0].as_py() <= line else 0
    cells = [column[gone:] for column in parsed.cells]
    return Parsed(lines[gone:], cells, parsed.faults[gone:], parsed.overflow[gone:])


def _may_be_padded(block: bytes, quotes: Places, delimiter: str) -> bool:
    """Look over a whole block for blanks beside a delimiter, a quote or a line break, and for the rarer blanks.

    A line break is a blank too, where it stands at an end of a quoted cell.
    """
    starts = {start for start in RARE_STARTS if start[0] in block and start in block}  # one byte is found far sooner
    if not delimiter.isascii() or any(blank in block for blank in RARE_BLANKS if blank[:2] in starts):
        return True
    octets, last = np.frombuffer(block, np.uint8), len(block) - 1
    begin, end = quotes[::2], quotes[1::2]
    if any(np.isin(each, (FEED, RETURN)).any() for each in (octets[begin[begin < last] + 1], octets[end - 1])):
        return True
    spaces = _at(block, SPACE)
    if not len(spaces):
        return False
    is_end = np.zeros(256, bool)
    is_end[[ord(delimiter), QUOTE, FEED, RETURN]] = True
    beside = octets[spaces[spaces > 0] - 1], octets[spaces[spaces < last] + 1]
    return spaces[0] == 0 or spaces[-1] == last or any(bool(is_end[each].any()) for each in beside)


def _parse(
    block: bytes, quotes: Places, first_line: int, widths: tuple[int, int], delimiter: str
) -> Iterator[Parsed]:  # fmt: skip
    """Parse a block whose rows have so many cells, and at least so many."""
    is_plain = delimiter.isascii() and not block.startswith(codecs.BOM_UTF8)  # Arrow takes a mark away anywhere
    if is_plain and _are_at_ends(quotes, block, delimiter) and not _has_bare_returns(block):
        starts = _line_starts(block, quotes)
        fast = _parse_fast(block, widths[0], delimiter, is_quoted=len(quotes) > 0)
        if fast is not None and len(fast[0]) == len(starts):
            lines = pa.array(first_line + starts, type=pa.int32())
            count = len(starts)
            yield Parsed(lines, fast, pa.nulls(count, pa.string()), pa.nulls(count, pa.list_(pa.string())))
            return
    yield from _parse_slowly(block.decode("utf-8"), first_line, widths, delimiter)


def _has_bare_returns(block: bytes) -> bool:
    return b"\r" in block and b"\r" in block.replace(b"\r\n", b"\n")


def _at(block: bytes, octet: int) -> Places:
    """Give the places of a byte."""
    return np.flatnonzero(np.frombuffer(block, np.uint8) == octet) if octet in block else np.array([], np.int64)


def _outside(quotes: Places, places: Places) -> Places:
    """Give those places that lie outside quotes."""
    return places[np.searchsorted(quotes, places) % 2 == 0] if len(quotes) else places


def _are_at_ends(quotes: Places, block: bytes, delimiter: str) -> bool:
    """Say whether each quote begins a cell or ends one, so that no parser takes it for anything else."""
    if len(quotes) % 2:
        return False
    octets = np.frombuffer(block, np.uint8)
    begin, end = quotes[::2], quotes[1::2]
    before, after = octets[begin[begin > 0] - 1], octets[end[end < len(block) - 1] + 1]
    mark = ord(delimiter)
    return bool(np.isin(before, [mark, FEED]).all() and np.isin(after, [mark, FEED, RETURN]).all())


def _line_starts(block: bytes, quotes: Places) -> Places:
    """Count lines from 0 and give the numbers of those in which a record begins; blank ones are none."""
    feeds = _at(block, FEED)
    ends = _outside(quotes, feeds)
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts
    is_return = np.zeros(len(ends), bool)
    held = lengths > 0
    is_return[held] = np.frombuffer(block, np.uint8)[ends[held] - 1] == RETURN
    return np.searchsorted(feeds, starts[lengths - is_return > 0])


def _parse_fast(block: bytes, width: int, delimiter: str, *, is_quoted: bool) -> list[Array] | None:
    names = [str(position) for position in range(width)]
    try:
        table = pacsv.read_csv(
            cast("IO[Any]", pa.BufferReader(block)),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, quote_char='"' if is_quoted else False, newlines_in_values=is_quoted
            ),
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
            line += held.count(b"\n", 0, end)
            if returns := held.count(b"\r", 0, end):
                line += returns - held.count(b"\r\n", 0, end)
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
    quotes = _at(held, QUOTE)
    if not len(quotes):
        return held.rfind(b"\n") + 1
    outside = _outside(quotes, _at(held, FEED))
    return int(outside[-1]) + 1 if len(outside) else 0
