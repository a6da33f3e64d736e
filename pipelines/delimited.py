"""Reads delimited text as agencies write it: strictly decoded, matched by its own header, every cell as delivered.

Blocks of bytes are cut at record ends and handed to Arrow's parser; a block whose quoting Arrow and the line count
disagree about is parsed again by Python's `csv`, so that every record keeps the true number of its first line.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, cast
from unicodedata import normalize

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.dataset import Csv
from lakeward.pipelines.shapes import BLANKS

BLOCK_BYTES = 8 << 20
RECORD_BYTES = 64 << 20
HEADER_BYTES = 1 << 20
MAX_COLUMNS = 5_000
FIRST_ROWS = 200
GUESSES = ("utf-8", "cp950", "big5hkscs", "utf-16")
GZIP = b"\x1f\x8b"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
RARE_BLANKS = [blank.encode() for blank in BLANKS if blank not in " \n\r"]
RARE_STARTS = {blank[:2] for blank in RARE_BLANKS}  # few, so most blocks are looked over a few times only

KIND_ROW, KIND_FOOTER, KIND_RAGGED = "row", "footer", "ragged"


@dataclass(frozen=True, slots=True)
class Head:
    """What the first bytes tell: how to decode the file, its header and its last line, its first rows if it has any."""

    encoding: str
    header: tuple[str, ...]
    has_rows: bool
    warnings: tuple[str, ...] = ()
    header_line: int = 1
    first_rows: tuple[tuple[str, ...], ...] = ()


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Name bronze columns after a header: what Delta forbids becomes `_`, repeats get a number, blanks a position."""
    names: list[str] = []
    taken: set[str] = set()
    for position, text in enumerate(header, start=1):
        plain = re.sub(r"[\s,;{}()=`]+", "_", normalize("NFKC", text).strip(BLANKS)) or f"column_{position}"
        plain = f"{plain}_" if plain.startswith("_") else plain
        name, again = plain, 1
        while name.casefold() in taken:
            again += 1
            name = f"{plain}_{again}"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def column_name(header: str) -> str:
    """Name the bronze column of one header, the first of its name."""
    return column_names((header,))[0]


def read_head(path: str, form: Csv) -> Head:
    """Decode a file's first rows and give its header.

    Raises:
        DeliveryRefused: the file is empty, cut, not text, not of the declared encoding, or has no header.
    """
    with _opened(path) as stream:
        start = _read(stream, HEADER_BYTES, path)
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
    encoding, warnings = _encoding(start, form, is_all)
    text = codecs.getincrementaldecoder(encoding)("strict").decode(start, is_all)
    csv.field_size_limit(RECORD_BYTES)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True)
    try:
        for _ in range(form.skip_rows):
            next(rows, None)
        header = next((row for row in rows if any(cell.strip(BLANKS) for cell in row)), [])
        header_line = rows.line_num
        first_rows = tuple(_first(rows, form))
        has_rows = not is_all or bool(first_rows)
    except csv.Error as cause:
        raise DeliveryRefused(
            "in its first rows a quoted cell is never closed or is followed by stray text",
            remedy="check the delimiter of the declaration, or ask the agency to mend the quotes",
        ) from cause
    if len(header) > MAX_COLUMNS:
        raise DeliveryRefused(f"the header has {len(header)} columns", remedy="check the delimiter of the declaration")
    return Head(encoding, tuple(header), has_rows, warnings, header_line, first_rows)


def _first(rows: Iterator[list[str]], form: Csv) -> Iterator[tuple[str, ...]]:
    """Give some rows below the header, up to the first whose quotes are wrong, unless no row stands before it."""
    found = 0
    try:
        for row in rows:
            if any(row) and not _is_footer(row[0], form):
                found += 1
                yield tuple(row)
            if found == FIRST_ROWS:
                return
    except csv.Error:
        if not found:
            raise


def read_rows(path: str, form: Csv, head: Head) -> Iterator[pa.RecordBatch]:
    """Give a file's rows in batches.

    Returns:
        Batches of text columns named by `column_names(header)` after `_row` (int32, the first line of the record,
        1-based), `_kind` (row, footer or ragged), `_fault` (why a ragged row is one), `_overflow` (list of cells
        beyond the header) and `_padded` (a cell may begin or end with a blank).

    Raises:
        DeliveryRefused: bytes that the encoding does not know, a cut gzip stream, a quote that is never closed.
    """
    names = column_names(head.header)
    for first_line, block in _record_blocks(_utf8_blocks(path, head.encoding), form.delimiter):
        is_padded = _may_be_padded(block, form.delimiter)
        for parsed in _parse(block, first_line, len(names), form.delimiter):
            lines, cells, faults, overflow = _below(head.header_line, parsed)
            if len(lines):
                yield _batch(names, form, lines, cells, faults, overflow, is_padded)


def _below(line: int, parsed: Parsed) -> Parsed:
    """Leave out what stands down to a line: titles and the header."""
    lines, cells, faults, overflow = parsed
    gone = int((lines.to_numpy() <= line).sum()) if len(lines) and lines[0].as_py() <= line else 0
    return lines[gone:], [column[gone:] for column in cells], faults[gone:], overflow[gone:]


def _batch(
    names: tuple[str, ...], form: Csv, lines: Array, cells: list[Array], faults: Array, overflow: Array,
    is_padded: bool,
) -> pa.RecordBatch:  # fmt: skip
    kinds = pc.if_else(pc.is_null(faults), KIND_ROW, KIND_RAGGED)
    if form.footers:
        first = pc.utf8_trim(pc.fill_null(cells[0], ""), BLANKS)
        is_footer = pc.match_substring_regex(first, "|".join(f"(?:{pattern})" for pattern in form.footers))
        kinds = pc.if_else(is_footer, KIND_FOOTER, kinds)
    columns = [lines, kinds, faults, overflow, pa.repeat(pa.scalar(is_padded), len(lines)), *cells]
    return pa.RecordBatch.from_arrays(columns, names=["_row", "_kind", "_fault", "_overflow", "_padded", *names])


def _may_be_padded(block: bytes, delimiter: str) -> bool:
    """Look over a whole block for blanks beside a delimiter, a quote or a line break, and for the rarer blanks."""
    starts = {start for start in RARE_STARTS if start in block}
    rare = any(blank in block for blank in RARE_BLANKS if blank[:2] in starts)
    mark = delimiter.encode()
    beside = (mark + b" ", b" " + mark, b" \n", b"\n ", b" \r", b'" ', b' "')
    return rare or block[:1] == b" " or block[-1:] == b" " or any(pair in block for pair in beside)


Array = Any  # the stubs of pyarrow tell its array types apart more finely than its functions do
Parsed = tuple[Array, list[Array], Array, Array]


def _parse(block: bytes, first_line: int, width: int, delimiter: str) -> Iterator[Parsed]:
    starts = _line_starts(block)
    if b'"' not in block and b"\r" not in block.replace(b"\r\n", b"\n"):
        fast = _parse_fast(block, width, delimiter)
        if fast is not None and len(fast[0]) == len(starts):
            lines = pa.array(first_line + starts, type=pa.int32())
            count = len(starts)
            yield lines, fast, pa.nulls(count, pa.string()), pa.nulls(count, pa.list_(pa.string()))
            return
    yield from _parse_slowly(block.decode("utf-8"), first_line, width, delimiter)


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


def _parse_slowly(text: str, first_line: int, width: int, delimiter: str) -> Iterator[Parsed]:
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
                is_ragged = len(row) < width or any(cell.strip(BLANKS) for cell in beyond)
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
    yield (
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


def _utf8_blocks(path: str, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = 0
    with _opened(path) as stream:
        while True:
            block = _read(stream, BLOCK_BYTES, path)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as cause:
                raise DeliveryRefused(
                    f"byte {position + cause.start} is not {encoding}",
                    remedy="the declared encoding is wrong or the file is damaged: set `encoding` in the declaration",
                ) from cause
            if "\0" in text:
                raise DeliveryRefused(
                    "the file holds NUL characters", remedy="it is probably UTF-16: set `encoding` in the declaration"
                )
            if text:
                yield text.encode("utf-8")
            if not block:
                return
            position += len(block)


def _encoding(start: bytes, form: Csv, is_all: bool) -> tuple[str, tuple[str, ...]]:
    marked = next((name for mark, name in MARKS if start.startswith(mark)), "")
    if marked and _decodes(start, marked, is_all):
        return marked, ()
    if marked:
        raise DeliveryRefused(
            f"the file is marked as {marked} and is not {marked}", remedy="it is damaged: download it again"
        )
    if form.encoding:
        if _decodes(start, form.encoding, is_all):
            return form.encoding, ()
        others = [name for name in GUESSES if _decodes(start, name, is_all)]
        raise DeliveryRefused(
            f"the file is not {form.encoding}",
            remedy=f"it reads as {' or '.join(others)}: set `encoding` in the declaration, or ask the agency"
            if others
            else "it is damaged or not text: download it again",
        )
    for name in GUESSES:
        if _decodes(start, name, is_all):
            warning = () if name == "utf-8" else (f"read as {name}, a guess: declare its encoding",)
            return name, warning
    raise DeliveryRefused("no encoding we know reads the file", remedy="set `encoding` in the declaration")


def _decodes(start: bytes, encoding: str, is_all: bool) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(start, is_all)
    except (UnicodeDecodeError, LookupError, UnicodeError):
        return False
    return "\0" not in text


def _is_footer(first: str, form: Csv) -> bool:
    return any(re.search(pattern, first.strip(BLANKS)) for pattern in form.footers)


def _opened(path: str) -> IO[bytes] | gzip.GzipFile:
    stream: IO[bytes] = fsspec.open(path, "rb").open()
    magic = stream.read(2)
    stream.seek(0)
    return gzip.GzipFile(fileobj=stream) if magic == GZIP else stream


def _read(stream: IO[bytes] | gzip.GzipFile, size: int, path: str) -> bytes:
    try:
        return stream.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as cause:
        raise DeliveryRefused(
            "the gzip stream is cut or damaged", remedy="download the file again; the copy here is incomplete"
        ) from cause
