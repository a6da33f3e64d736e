"""Offsets of rows: whatever is read there again is the very row, in every encoding and however a file is cut."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines import offsets, shapes
from lakeward.pipelines.dataset import Csv
from lakeward.pipelines.delimited import read_head, read_rows
from lakeward.pipelines.offsets import Places, locate

MARKS = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
DECLARED = {"utf-16-le": "utf-16", "utf-16-be": "utf-16", "utf-8-sig": "utf-8"}
ENCODINGS = ("utf-8", "utf-8-sig", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")
# 許功蓋 end in a backslash in Big5 and 珮 in a pipe; in UTF-16 the bytes of 〢 ਊ 上 hold those of a quote or a break.
LETTERS = {
    **dict.fromkeys(("utf-8", "utf-8-sig"), "a 1許功蓋珮〢ਊ上\u2028\u0085😀"),
    **dict.fromkeys(("utf-16-le", "utf-16-be"), "a 1許功蓋珮〢ਊ上ഊ\u2028\u0085😀\u0a0d\u0d0a"),
    "cp950": "a 1許功蓋珮上恒碁裏",
    "big5hkscs": (*"a 1許功蓋珮上𨋢堃", "Ê̄"),
}


@dataclass(frozen=True)
class Made:
    """A made file: its bytes, how to read it, and the bytes of each record below the header."""

    content: bytes
    encoding: str
    delimiter: str
    records: tuple[bytes, ...]


@st.composite
def made_files(draw: st.DrawFn) -> Made:
    encoding = draw(st.sampled_from(ENCODINGS))
    delimiter, end = draw(st.sampled_from(",\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    codec = encoding.removesuffix("-sig")
    letters = LETTERS[encoding]
    plain = st.lists(st.sampled_from(letters), max_size=6).map("".join)
    inked = st.lists(st.sampled_from([*letters, '"', "\n", "\r", "\r\n", delimiter]), max_size=8).map("".join)
    quoted = inked.map(lambda text: '"{}"'.format(text.replace('"', '""')))
    stray = plain.map(lambda text: f'a{text}"')
    cell = st.one_of(plain, quoted, stray) if draw(st.booleans()) else plain
    rows = draw(st.lists(st.lists(cell, min_size=1, max_size=4).map(delimiter.join), min_size=1, max_size=12))
    content = MARKS.get(encoding, b"") + f"甲{delimiter}乙{delimiter}丙{end}".encode(codec)
    is_cut = draw(st.booleans())
    for number, row in enumerate(rows):
        content += f"{row}{'' if is_cut and number == len(rows) - 1 else end}".encode(codec)
    return Made(
        content,
        DECLARED.get(encoding, encoding),
        delimiter,
        tuple(row.encode(codec) for row in rows if row),
    )


def _all_places(path: Path, form: Csv) -> tuple[Places, list[list[str | None]]]:
    head = read_head(str(path), form)
    rows = [row for batch in read_rows(str(path), form, head) for row in batch.to_pylist()]
    numbers = np.array([row["_row"] for row in rows], np.int64)
    cells = [
        [cell for name, cell in row.items() if not name.startswith("_")] + (row["_overflow"] or []) for row in rows
    ]
    return locate(str(path), head.encoding, head.delimiter, numbers), cells


def _cut_out(content: bytes, places: Places) -> tuple[bytes, ...]:
    return tuple(
        content[offset : offset + length] for offset, length in zip(places.offsets, places.lengths, strict=True)
    )


@settings(max_examples=400, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=made_files(), block=st.sampled_from([5, 16, 33, 1 << 20]), is_packed=st.booleans())
def test_every_row_that_the_reader_gives_is_found_again_byte_by_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Made, block: int, is_packed: bool
) -> None:
    monkeypatch.setattr(offsets, "BLOCK_BYTES", block)
    path = tmp_path / "made.csv"
    path.write_bytes(gzip.compress(made.content) if is_packed else made.content)

    try:
        places, cells = _all_places(path, Csv(made.encoding, made.delimiter))
    except DeliveryRefused:  # a stray quote may hide a record's end from the reader, which then takes no row of it
        reject()

    assert _cut_out(made.content, places) == made.records
    assert (places.is_packed, places.sha256) == (is_packed, hashlib.sha256(path.read_bytes()).hexdigest())
    codec = {"utf-16": "utf-16-le" if made.content.startswith(b"\xff\xfe") else "utf-16-be"}.get(
        made.encoding, made.encoding
    )
    for record, read in zip(made.records, cells, strict=True):
        text = io.StringIO(record.decode(codec), newline="")
        (parsed,) = csv.reader(text, delimiter=made.delimiter, strict=True)
        kept = [cell for cell in read if cell is not None]
        assert kept == parsed[: len(kept)]
        assert not any(cell.strip(shapes.BLANKS) for cell in parsed[len(kept) :])


def test_only_the_rows_asked_for_are_given_and_a_missing_one_has_no_place(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes('號,文\n1,a\n\n2,"b\nc"\n3,d'.encode())

    places = locate(str(path), "utf-8", ",", np.array([4, 6, 99]))

    assert [places.of(row) for row in (2, 4, 6, 99)] == [None, (13, 7), (21, 3), None]


@pytest.mark.parametrize("damage", ["cut", "turned into text", "emptied"])
def test_a_file_that_changed_gives_another_sha256_and_no_error(tmp_path: Path, damage: str) -> None:
    packed = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(9_999)))
    path = tmp_path / "some.csv.gz"
    content = {"cut": packed[:-20], "turned into text": b"\xff\x81,1\n\xff,2", "emptied": b""}[damage]
    path.write_bytes(content)

    places = locate(str(path), "cp950", ",", np.array([2, 9_999]))

    assert places.sha256 == hashlib.sha256(content).hexdigest()


def test_memory_holds_blocks_not_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    longest = 0

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            nonlocal longest
            longest = max(longest, -1 if size is None else size)
            assert size is not None
            assert size > 0
            return super().read(size)

    monkeypatch.setattr(offsets, "BLOCK_BYTES", 64)
    rows = b"".join(b"%d,%d\n" % (n, n) for n in range(1_000))
    found = list(offsets._records(Watched(b"a,b\n" + rows), "utf-8", ",", np.array([2, 1001])))

    assert found == [(4, 3), (4 + len(rows) - 8, 7)]
    assert longest == 64
