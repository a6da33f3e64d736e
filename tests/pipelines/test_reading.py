"""Files of every kind with random damage: they are read, or refused in words, and never by halves."""

from __future__ import annotations

import gzip
import random
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from made_books import Sheets, ods, xls, xlsx, zipped

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.formats import Csv, Format, Json, Titles, Workbook
from lakeward.pipelines.head import column_names
from lakeward.pipelines.reading import read_head, read_rows

SHEETS: Sheets = {
    "一": [["標題"], ["區別", "里 別", "數\n量"], ["甲區", "一里", 3.0], [None, "二里", 4.25], ["總計", None, 7.25]],
    "二": [["區別", "里 別", "數\n量"], ["乙區", "三里", 5.0]],
}
ROWS = '標題,\n區別,里別,"數\n量"\n甲區,一里,3\n,"二,里",4.25\n總計,,7.25\n乙區,三里,5\n'
JSON = '{"Info":[{"c":"0"}],"Rows":[{"a":1.0,"b":"一"},{"a":2,"b":null}],"Columns":[{"n":"a","t":"甲"}]}'
CSV = Csv(("utf-8", "cp950", "utf-16"), (",", "\t"), header="^區別", fill_down=("^區別",), footers=("^總計",))
BOOK = Workbook(".", header="^區別", fill_down=("^區別",), footers=("^總計",), beside=("_sheet", "_title"))
ENVELOPE = Json("Rows", Titles("Columns", "n", "t"), beside=("Info.0.c",))
KINDS: dict[str, tuple[bytes, Format]] = {
    "utf-8": (ROWS.encode(), CSV),
    "cp950": (ROWS.encode("cp950"), CSV),
    "utf-16": (ROWS.replace(",", "\t").encode("utf-16"), CSV),
    "gzip": (gzip.compress(ROWS.encode(), mtime=0), CSV),
    "xls": (xls(SHEETS), BOOK),
    "xlsx": (xlsx(SHEETS), BOOK),
    "ods": (ods(SHEETS), BOOK),
    "json": (JSON.encode(), ENVELOPE),
}
CASES = 60


def _damaged(content: bytes, luck: random.Random) -> bytes:
    """Flip, cut, repeat or overwrite some bytes; in a zip sometimes those of a part, so that its checksum fits."""
    if content.startswith(b"PK") and luck.random() < 0.6:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        name = luck.choice([name for name in parts if parts[name]])
        return zipped(parts | {name: _damaged(parts[name], luck)})
    made = bytearray(content)
    for _ in range(luck.choice((1, 1, 2, 8))):
        at, end = sorted(luck.randrange(len(made) + 1) for _ in range(2))
        end = min(end, at + luck.choice((1, 2, 4, 64)))
        how = luck.randrange(5)
        if how == 0:
            made[at:end] = luck.randbytes(end - at)
        elif how == 1:
            del made[at:end]
        elif how == 2:
            made[at:at] = made[at:end]
        elif how == 3 and len(made) > 1:
            del made[luck.randrange(1, len(made)) :]
        else:
            made[at:at] = luck.choice([b"\0", b'"', b"\r", b",", b"\xff\xfe", b"{", b"<!--", b"\n" * 50, b"\x80"])
    return bytes(made)


def _rows(path: Path, form: Format) -> Iterator[int | None]:
    head = read_head(str(path), form)
    for batch in read_rows(str(path), form, head):
        assert batch.schema.names[5:] == list(column_names(head.header))
        yield from batch.column(0).to_pylist()


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_read_or_refused_in_words(tmp_path: Path, kind: str) -> None:
    content, form = KINDS[kind]
    whole = tmp_path / f"whole.{kind}"
    whole.write_bytes(content)
    assert len(list(_rows(whole, form))) >= 2
    luck, told = random.Random(f"2026 {kind}"), set()  # noqa: S311 - the same cases each time

    for number in range(CASES):
        path = tmp_path / f"{number}.{kind}"
        path.write_bytes(_damaged(content, luck))
        try:
            numbers = list(_rows(path, form))
        except DeliveryRefused as refusal:
            assert refusal.problem
            assert refusal.remedy
            told.add(refusal.problem)
        else:
            assert len(set(numbers)) == len(numbers)

    assert told


def test_text_and_a_workbook_of_the_same_rows_say_the_same(tmp_path: Path) -> None:
    text, book = tmp_path / "a.csv", tmp_path / "b.csv"
    text.write_text("區別,數\n甲,3\n乙,4.25\n", "utf-8")
    book.write_bytes(xlsx({"S": [["區別", "數"], ["甲", 3.0], ["乙", 4.25]]}))
    form = Csv("utf-8")

    heads = [read_head(str(path), form) for path in (text, book)]
    rows = [
        [list(row.values())[5:] for batch in read_rows(str(path), form, head) for row in batch.to_pylist()]
        for path, head in zip((text, book), heads, strict=True)
    ]

    assert heads[0].header == heads[1].header
    assert heads[0].first_rows == heads[1].first_rows
    assert rows[0] == rows[1] == [["甲", "3"], ["乙", "4.25"]]
