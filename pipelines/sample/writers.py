"""How the bytes of a made file are written, one writer for each format that a declaration can name."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.csv as pacsv

from lakeward.pipelines.dataset import Csv


def write_csv(
    path: Path, form: Csv, headers: Sequence[str], blocks: Iterable[pa.Table], footers: Sequence[str], *, is_odd: bool
) -> None:
    """Write delimited text, block by block; odd files have CR LF and, in UTF-8, a byte order mark.

    Args:
        path: the file; packed where it ends in `.gz`.
        form: its encoding, delimiter, title rows.
        headers: the header row.
        blocks: the rows, all text.
        footers: the first cells of remarks below the rows.
        is_odd: which of the two ways that agencies write files.
    """
    encoding = form.encoding or ("cp950" if is_odd else "utf-8")
    end = "\r\n" if is_odd else "\n"
    with path.open("wb") as raw:
        out = cast("IO[bytes]", gzip.GzipFile("", "wb", 6, raw, mtime=0) if path.suffix == ".gz" else raw)
        if is_odd and encoding == "utf-8":
            out.write(b"\xef\xbb\xbf")
        encoder = _Encoder(encoding)
        titles = [["虛構資料 made by lakeward sample"]] * form.skip_rows
        out.write(encoder.rows([*titles, headers], form.delimiter, end))
        for block in blocks:
            out.write(encoder.block(block, form.delimiter, end))
        out.write(encoder.rows([[first, *[""] * (len(headers) - 1)] for first in footers], form.delimiter, end))
        if out is not raw:
            out.close()


class _Encoder:
    """Turns rows into bytes of one encoding; marks go out once."""

    def __init__(self, encoding: str) -> None:
        self._encoder = codecs.getincrementalencoder(encoding)("strict")
        self._is_utf8 = encoding.replace("-", "").lower() == "utf8"

    def rows(self, rows: Iterable[Sequence[str]], delimiter: str, end: str) -> bytes:
        """Write few rows, quoted where they must be."""
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
        return self._encoder.encode(text.getvalue())

    def block(self, block: pa.Table, delimiter: str, end: str) -> bytes:
        """Write many rows; Arrow writes those that need no quotes."""
        sink = pa.BufferOutputStream()
        options = pacsv.WriteOptions(include_header=False, delimiter=delimiter, quoting_style="none")
        try:
            pacsv.write_csv(block, sink, options)
        except pa.ArrowInvalid:  # a cell needs quotes
            columns = [["" if text is None else text for text in column.to_pylist()] for column in block.columns]
            return self.rows(zip(*columns, strict=True), delimiter, end)
        octets = sink.getvalue().to_pybytes()
        if end != "\n":
            octets = octets.replace(b"\n", end.encode())
        return octets if self._is_utf8 else self._encoder.encode(octets.decode())
