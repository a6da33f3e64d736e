"""Where rows stand in a file as delivered: the first byte and the number of bytes of each.

A row is known by the number of its first line, as `delimited.read_rows` counts: lines end with LF, CRLF or CR, also
inside quotes. So a row's first byte follows from the count of line breaks alone, and only the rows that are asked for
are looked at any closer.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from lakeward.lake import store
from lakeward.pipelines.decoding import BLOCK_BYTES, GZIP, MARKS

Stream = gzip.GzipFile | io.BufferedIOBase
Numbers = np.ndarray[Any, np.dtype[np.int64]]
UNMARKED = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
REST_OF_QUOTED = re.compile(r'[^"]*+(?:""[^"]*+)*+"')


@dataclass(frozen=True, slots=True)
class Places:
    """Where rows of a file stand.

    Args:
        sha256: of the file's bytes as delivered.
        is_packed: the file is packed by gzip, and offsets count in the bytes that it unpacks to.
        rows: the numbers of the rows that were found, ascending.
        offsets: the first byte of each, from 0.
        lengths: the bytes of each, without the line break that ends it.
    """

    sha256: str
    is_packed: bool
    rows: Numbers
    offsets: Numbers
    lengths: Numbers

    def of(self, row: int) -> tuple[int, int] | None:
        """Give a row's offset and length; None when the file has no such row."""
        at = int(np.searchsorted(self.rows, row))
        if at == len(self.rows) or self.rows[at] != row:
            return None
        return int(self.offsets[at]), int(self.lengths[at])


def locate(path: str, encoding: str, delimiter: str, rows: Numbers) -> Places:
    """Find rows of a file in one pass.

    Memory holds a block, the longest record that is asked for, and 24 bytes a row.

    Args:
        path: a path or URI.
        encoding: as `Head` tells it.
        delimiter: of the declaration.
        rows: their numbers, ascending, each once.

    Returns:
        Their places. A file that is cut or damaged gives those of the rows before the damage, and its sha256 all the
        same: compare it before you trust them.
    """
    offsets, lengths = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    found = 0
    with store.opened(path) as stream:
        hashed = _Hashed(stream)
        raw = io.BufferedReader(hashed, BLOCK_BYTES)
        is_packed = raw.peek(len(GZIP)).startswith(GZIP)
        unpacked: Stream = gzip.GzipFile(fileobj=raw) if is_packed else raw
        try:
            for offset, length in _records(unpacked, encoding, delimiter, rows):
                offsets[found], lengths[found] = offset, length
                found += 1
        except (EOFError, zlib.error, gzip.BadGzipFile):
            pass  # not the file that was read; its sha256 says so
        while raw.read(BLOCK_BYTES):
            pass
    return Places(hashed.digest.hexdigest(), is_packed, rows[:found], offsets[:found], lengths[:found])


class _Hashed(io.RawIOBase):
    """A stream whose bytes are hashed as they are read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.digest = stream, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.stream.read(len(buffer))
        self.digest.update(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)


@dataclass(frozen=True, slots=True)
class _Units:
    """How an encoding writes line breaks: in units of one, two or four bytes."""

    codec: str
    kind: np.dtype[Any]
    line_feed: int
    carriage_return: int

    @classmethod
    def of(cls, encoding: str, start: bytes) -> _Units:
        codec = codecs.lookup(encoding).name
        if codec == "utf-16" and start.startswith(codecs.BOM_UTF16_BE):
            codec = "utf-16-be"
        if codec == "utf-32" and start.startswith(codecs.BOM_UTF32_BE):
            codec = "utf-32-be"
        codec = UNMARKED.get(codec, codec)
        feed, back = "\n".encode(codec), "\r".encode(codec)
        kind = np.dtype(f"{'<' if feed[0] else '>'}u{len(feed)}")
        return cls(codec, kind, int(np.frombuffer(feed, kind)[0]), int(np.frombuffer(back, kind)[0]))

    def line_ends(self, held: bytes, is_last: bool) -> Numbers:
        """Give the byte after each line break; a CR that an LF may follow is left for the next block."""
        units = np.frombuffer(held, self.kind, len(held) // self.kind.itemsize)
        is_feed, is_return = units == self.line_feed, units == self.carriage_return
        is_return[:-1] &= ~is_feed[1:]
        if len(units) and not is_last:
            is_return[-1] = False
        ends: Numbers = (np.flatnonzero(is_feed | is_return) + 1) * self.kind.itemsize
        return np.append(ends, len(held)) if is_last and (not len(ends) or ends[-1] < len(held)) else ends


def _records(stream: Stream, encoding: str, delimiter: str, rows: Numbers) -> Iterator[tuple[int, int]]:
    """Give offset and length of each row in turn."""
    held, begin, line, found = b"", 0, 1, 0
    units: _Units | None = None
    is_last = False
    while not is_last and found < len(rows):
        block = stream.read(BLOCK_BYTES)
        is_last = not block
        held += block
        if len(held) < max(len(mark) for mark, _ in MARKS) and not is_last:
            continue
        units = units or _Units.of(encoding, held)
        ends = units.line_ends(held, is_last)
        done = 0
        for row in rows[found : found + int(np.searchsorted(rows[found:], line + len(ends)))]:
            done = int(row) - line
            start = int(ends[done - 1]) if done else 0
            size, lines = _record(held, start, ends[done:], units.codec, delimiter)
            if not size:
                break
            yield begin + start, size
            found += 1
            done += lines
        else:
            done = max(done, len(ends))
        kept = int(ends[done - 1]) if done else 0
        held, begin, line = held[kept:], begin + kept, line + done


def _record(held: bytes, start: int, ends: Numbers, codec: str, delimiter: str) -> tuple[int, int]:
    """Give a record's length and its number of lines; zeros when its end is not in sight."""
    is_open, begin = False, start
    for lines, end in enumerate(ends, start=1):
        line = held[begin : int(end)]
        if b'"' in line:
            is_open = _stays_open(line.decode(codec, "replace"), delimiter, is_open)
        if not is_open:
            text_end = int(end)
            for mark in ("\n".encode(codec), "\r".encode(codec)):
                text_end -= len(mark) if line.endswith(mark, 0, text_end - begin) else 0
            return text_end - start, lines
        begin = int(end)
    return 0, 0


def _stays_open(line: str, delimiter: str, is_open: bool) -> bool:
    """Walk one line as Python's `csv` does; say whether a quoted cell goes on in the next."""
    at = 0
    while True:
        if is_open or line.startswith('"', at):
            closed = REST_OF_QUOTED.match(line, at if is_open else at + 1)
            if closed is None:
                return True
            is_open, at = False, closed.end()
        at = line.find(delimiter, at) + 1
        if not at:
            return False
