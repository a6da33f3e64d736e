"""Delimited text in every state in which agencies were seen to deliver it; every value here is made up."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines import decoding, delimited, shapes
from lakeward.pipelines.dataset import Csv
from lakeward.pipelines.delimited import read_head, read_rows
from lakeward.pipelines.head import Head, column_names

UTF8 = Csv(encoding="utf-8")


def _file(tmp_path: Path, content: bytes | str, name: str = "some.csv") -> str:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def _read(path: str, form: Csv = UTF8) -> tuple[Head, list[dict[str, Any]]]:
    head = read_head(path, form)
    return head, [row for batch in read_rows(path, form, head) for row in batch.to_pylist()]


def _cells(rows: list[dict[str, Any]]) -> list[list[str | None]]:
    return [[cell for name, cell in row.items() if not name.startswith("_")] for row in rows]


def _lines(rows: list[dict[str, Any]]) -> list[int]:
    return [row["_row"] for row in rows]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "cut"])
def test_any_line_end_gives_the_same_rows_and_line_numbers(tmp_path: Path, end: str, last: bool) -> None:
    text = end.join(["站,日", "甲,1", "", "乙,2"]) + (end if last else "")

    head, rows = _read(_file(tmp_path, text))

    assert head.header == ("站", "日")
    assert _cells(rows) == [["甲", "1"], ["乙", "2"]]
    assert _lines(rows) == [2, 4]
    assert {row["_kind"] for row in rows} == {"row"}


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("utf-8", Csv()),
        ("utf-8-sig", Csv()),
        ("utf-8-sig", UTF8),
        ("cp950", Csv(encoding="cp950")),
        ("cp950", Csv()),
        ("big5hkscs", Csv(encoding="big5hkscs")),
        ("utf-16", UTF8),
        ("utf-16-le", Csv(encoding="utf-16-le")),
        ("utf-16-le", Csv(encoding="utf-16")),
        ("utf-16-be", Csv(encoding=("utf-8", "utf-16"))),
    ],
)
def test_each_encoding_is_read_whether_declared_marked_or_found_out(tmp_path: Path, written: str, form: Csv) -> None:
    path = _file(tmp_path, "鄉鎮,路名\n示範鄉,假想路\n".encode(written))

    head, rows = _read(path, form)

    assert head.header == ("鄉鎮", "路名")
    assert _cells(rows) == [["示範鄉", "假想路"]]
    is_guess = not form.encoding and written == "cp950"
    assert bool(head.warnings) == is_guess
    assert not is_guess or "declare its encoding" in head.warnings[0]


def test_letters_that_only_hong_kong_has_are_found_out(tmp_path: Path) -> None:
    head, rows = _read(_file(tmp_path, "姓,路\n甲,𨋢\n".encode("big5hkscs")), Csv())

    assert head.encoding == "big5hkscs"
    assert _cells(rows) == [["甲", "𨋢"]]


def test_utf16_with_tabs_is_read_with_its_quotes(tmp_path: Path) -> None:
    text = '路口\t數\r\n"甲\t乙"\t1\r\n丙\t\r\n'
    path = _file(tmp_path, b"\xff\xfe" + text.encode("utf-16-le"))

    _, rows = _read(path, Csv(encoding="utf-16", delimiter="\t"))

    assert _cells(rows) == [["甲\t乙", "1"], ["丙", ""]]


def test_quoted_line_breaks_keep_the_numbers_of_the_lines_after_them(tmp_path: Path) -> None:
    head, rows = _read(_file(tmp_path, 'a,b\n"x\ny\nz",1\n"說""是"",",2\nw,3\n'))

    assert head.has_rows
    assert _cells(rows) == [["x\ny\nz", "1"], ['說"是",', "2"], ["w", "3"]]
    assert _lines(rows) == [2, 5, 6]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("size", [7, 16, 40, 1000])
def test_blocks_cut_anywhere_give_what_python_reads_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, size: int
) -> None:
    monkeypatch.setattr(decoding, "BLOCK_BYTES", size)
    plain = [f"第{n}列,{n}" for n in range(30)]
    quoted = [f'"引{end}號{n}",{n}' if n % 3 else f"無{n},{n}" for n in range(30)]
    text = end.join(["名,數", *plain, *quoted, *plain]) + end

    _, rows = _read(_file(tmp_path, text))

    assert _cells(rows) == list(csv.reader(io.StringIO(text, newline="")))[1:]
    starts = [2]
    for record in [*plain, *quoted, *plain][:-1]:
        starts.append(starts[-1] + 1 + record.count("\n"))
    assert _lines(rows) == starts


CELLS = st.text(alphabet='ab"\n ,，中\u3000', max_size=4)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8),
    how=st.sampled_from(["all", "needed", "mixed"]),
    delimiter=st.sampled_from([",", "\t", ";", "，"]),
    end=st.sampled_from(["\n", "\r\n"]),
    size=st.sampled_from([9, 40, 1000]),
)
def test_quoted_cells_are_what_python_reads(
    tmp_path: Path, rows: list[tuple[str, str]], how: str, delimiter: str, end: str, size: int
) -> None:
    text = f"a{delimiter}b{end}"
    lines, at = [], 2
    for number, row in enumerate(rows):
        kept = ["x" if cell == "" and how == "needed" else cell for cell in row]
        quoted = [
            f'"{cell.replace(chr(34), 2 * chr(34))}"'
            if how == "all" or (how == "mixed" and number % 2) or set(cell) & {'"', "\n", delimiter}
            else cell
            for cell in kept
        ]
        record = delimiter.join(quoted) + end
        text += record
        lines.append(at)
        at += record.count("\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "BLOCK_BYTES", size)
        _, read = _read(_file(tmp_path, text), Csv(encoding="utf-8", delimiter=delimiter))

    assert _cells(read) == list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1:]
    assert _lines(read) == lines


@pytest.mark.parametrize("row", ['5" 管,6" 管', '"a""b",""""', 'x"y"z,"1"', ' "a" ,"b"', '"","""\n"""'])
def test_quotes_within_cells_are_what_python_reads(tmp_path: Path, row: str) -> None:
    text = f'a,b\n{row}\n"c","d"\n'

    _, rows = _read(_file(tmp_path, text))

    assert _cells(rows) == list(csv.reader(io.StringIO(text, newline="")))[1:]


@pytest.mark.parametrize("row", ['"a"b,"1"', '"a" ,"1"', 'a","b'])
def test_text_behind_a_quote_is_not_guessed_at(tmp_path: Path, row: str) -> None:
    with pytest.raises(DeliveryRefused, match="stray text"):
        _read(_file(tmp_path, f'a,b\n"c","d"\n{row}\n"e","f"\n'))


def test_a_file_of_quoted_cells_takes_the_fast_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*_: object) -> None:
        raise AssertionError("the slow way")

    monkeypatch.setattr(delimited, "_parse_slowly", slowly)
    _, rows = _read(_file(tmp_path, '"a","b"\n"臺北, 市","1"\n"x\ny",2\n"","3"\n'))

    assert _cells(rows) == [["臺北, 市", "1"], ["x\ny", "2"], ["", "3"]]
    assert _lines(rows) == [2, 3, 5]


def test_bare_returns_between_line_feeds_leave_each_row_a_line_number_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "BLOCK_BYTES", 8)

    _, rows = _read(_file(tmp_path, "a,b\n1,2\r3,4\r5,6\n7,8\n9,0\n"))

    assert _cells(rows) == [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"], ["9", "0"]]
    assert _lines(rows) == [2, 3, 4, 5, 6]


def test_ragged_rows_say_what_is_wrong_and_keep_every_cell(tmp_path: Path) -> None:
    _, rows = _read(_file(tmp_path, "a,b\n1,2\n3\n4,5,6,七\n8,9,, \n"))

    assert [row["_kind"] for row in rows] == ["row", "ragged", "ragged", "row"]
    assert [row["_fault"] for row in rows] == [
        None,
        "1 cells where the header has 2",
        "4 cells where the header has 2",
        None,
    ]
    assert _cells(rows) == [["1", "2"], ["3", None], ["4", "5"], ["8", "9"]]
    assert rows[2]["_overflow"] == ["6", "七"]
    assert _lines(rows) == [2, 3, 4, 5]


def test_footers_are_set_apart_however_few_cells_they_have(tmp_path: Path) -> None:
    form = Csv(encoding="utf-8", footers=("^資料提供", "^備註："))

    head, rows = _read(_file(tmp_path, "a,b\n1,2\n資料提供日期：某日,\n　備註：無\n"), form)
    only_footers = read_head(_file(tmp_path, "a,b\n資料提供日期：某日,\n備註：無\n"), form)

    assert head.has_rows
    assert [row["_kind"] for row in rows] == ["row", "footer", "footer"]
    assert not only_footers.has_rows


@pytest.mark.parametrize(
    ("above", "skip"),
    [
        ("", 0),
        ("\n\n", 0),
        (",,\n", 0),
        ("某年統計表\n", 1),
        ("某年統計表\n\n", 2),
        ('"統計\n表",\n', 1),
        ("表,,\n\n,,\n", 1),
    ],
    ids=["none", "blank lines", "empty cells", "title", "title and blank", "title of two lines", "mess"],
)
def test_rows_begin_after_the_header_whatever_stands_above_it(tmp_path: Path, above: str, skip: int) -> None:
    form = Csv(encoding="utf-8", skip_rows=skip)

    head, rows = _read(_file(tmp_path, above + "a,b\n1,2\n3,4\n"), form)

    assert head.header == ("a", "b")
    assert _cells(rows) == [["1", "2"], ["3", "4"]]
    assert _lines(rows)[0] == above.count("\n") + 2


def test_a_header_over_two_lines_is_no_row(tmp_path: Path) -> None:
    head, rows = _read(_file(tmp_path, 'a,"b\n(公尺)"\n1,2\n'))

    assert head.header == ("a", "b\n(公尺)")
    assert _cells(rows) == [["1", "2"]]
    assert _lines(rows) == [3]


def test_headers_become_names_that_delta_takes_each_once() -> None:
    assert column_names(("a", "A", "a", "", " 數 量 ", "金額(元)", "ＡＢ", "_row", "a_2")) == (
        "a", "A_2", "a_3", "column_4", "數_量", "金額_元_", "AB", "_row_", "a_2_2",
    )  # fmt: skip


def test_repeated_headers_keep_each_its_own_cells(tmp_path: Path) -> None:
    _, rows = _read(_file(tmp_path, "名,值,值\n甲,1,2\n"))

    assert (rows[0]["名"], rows[0]["值"], rows[0]["值_2"]) == ("甲", "1", "2")


@pytest.mark.parametrize(
    ("content", "says", "remedy"),
    [
        (b"", "empty", "again"),
        (b"\n\r\n \n", "empty", "again"),
        (b"\xef\xbb\xbf", "empty", "again"),
        (b"\xef\xbb\xbf\r\n", "empty", "again"),
        (b"\0" * 4096, "empty", "again"),
        (b"<!DOCTYPE html><p>404", "web page", "download"),
        (b"\xef\xbb\xbf \n<HTML>", "web page", "download"),
        (b"\xef\xbb\xbfa,b\n\xff\xfe,1\n", "is not utf-8", "damaged"),
        (b"\xff\xfea\0,\0b\0\n\0x", "not utf-16", "damaged"),
        ("鄉,鎮\n甲,乙\n".encode("cp950"), "not utf-8", "cp950"),
        (gzip.compress(b"a,b\n1,2\n" * 500)[:-20], "cut or damaged", "download"),
        (gzip.compress(b"a,b\n1,2\n")[:2], "cut or damaged", "download"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "packed twice", "unpack"),
        (gzip.compress(b""), "empty", "again"),
        (b"PK\x03\x04" + bytes(range(256)), "not utf-8", "damaged"),
    ],
    ids=[
        "nothing", "blanks", "only a mark", "mark and break", "zeros", "page", "page with mark", "bad after mark",
        "odd utf-16", "big5", "cut gzip", "two bytes", "gzip of gzip", "gzip of nothing", "zip",
    ],
)  # fmt: skip
def test_what_is_no_delimited_text_is_refused_with_a_remedy(
    tmp_path: Path, content: bytes, says: str, remedy: str
) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_head(_file(tmp_path, content), UTF8)

    assert says in refused.value.problem
    assert remedy in refused.value.remedy
    assert refused.value.exit_code == 65


@pytest.mark.parametrize("content", ["a,b\n" + "1,2\n" * 9 + '3,"', 'a,"b\n'], ids=["row", "header"])
@pytest.mark.parametrize("size", [10, 300_000], ids=["short", "long"])
def test_a_quote_that_is_never_closed_is_refused(tmp_path: Path, content: str, size: int) -> None:
    path = _file(tmp_path, content + "x\n" * size)

    with pytest.raises(DeliveryRefused, match="quote"):
        _read(path)


def test_the_line_of_a_broken_quote_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="line 3"):
        _read(_file(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n'))


def test_bytes_far_into_a_file_are_decoded_strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "HEADER_BYTES", 64)
    monkeypatch.setattr(decoding, "BLOCK_BYTES", 256)
    good = "甲,1\n".encode() * 200
    path = _file(tmp_path, b"a,b\n" + good + b"\xb5\xff,2\n" + good)

    with pytest.raises(DeliveryRefused, match=f"byte {4 + len(good)} is not utf-8"):
        _read(path)


def test_a_gzip_stream_cut_behind_its_header_is_refused_when_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "HEADER_BYTES", 64)
    text = "a,b\n" + "".join(f"{n * 7919 % 10007},{n}\n" for n in range(9000))
    path = _file(tmp_path, gzip.compress(text.encode())[:-2000], "x.csv.gz")

    assert read_head(path, UTF8).has_rows
    with pytest.raises(DeliveryRefused, match="cut or damaged"):
        _read(path)


def test_gzip_is_known_by_its_bytes_not_its_name(tmp_path: Path) -> None:
    packed, plain = gzip.compress(b"a,b\n1,2\n"), b"a,b\n1,2\n"

    assert _cells(_read(_file(tmp_path, packed, "名 稱.csv"))[1]) == [["1", "2"]]
    assert _cells(_read(_file(tmp_path, plain, "x.csv.gz"))[1]) == [["1", "2"]]


@pytest.mark.parametrize("blank", sorted(set(shapes.BLANKS) - set("\r\n")), ids=lambda blank: f"U+{ord(blank):04X}")
def test_every_blank_that_tidying_strips_is_noticed(tmp_path: Path, blank: str) -> None:
    form = Csv(encoding="utf-8", delimiter=";")

    for row in (f"甲{blank};乙;丙", f"甲;{blank}乙;丙", f"甲;乙;丙{blank}"):
        _, rows = _read(_file(tmp_path, f"a;b;c\n{row}\n"), form)
        assert [each["_padded"] for each in rows] == [True]
    assert not _read(_file(tmp_path, "a;b;c\n甲;乙 乙;丙\n"), form)[1][0]["_padded"]


def test_a_header_of_thousands_of_columns_points_to_the_delimiter(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="columns") as refused:
        read_head(_file(tmp_path, ";".join(map(str, range(6000))) + "\n1\n"), Csv(encoding="utf-8", delimiter=";"))

    assert "delimiter" in refused.value.remedy


def test_text_with_zero_bytes_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_head(_file(tmp_path, "鄉,b\n1,2\n".encode("utf-16-le")), UTF8)

    assert "utf-8" in refused.value.problem
    assert "reads as utf-16-le" in refused.value.remedy


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_zero_byte_among_letters_is_named(tmp_path: Path, mark: bytes) -> None:
    with pytest.raises(DeliveryRefused, match="NUL"):
        read_head(_file(tmp_path, mark + "鄉,b\n1,2\n".encode() * 50 + b"\0,1\n"), UTF8)


def test_a_zip_whose_directory_points_nowhere_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    content = bytearray(packed.getvalue())
    content[content.rindex(b"PK\x01\x02") + 42] = 0xF0  # where the member begins

    with pytest.raises(DeliveryRefused, match="cut or damaged"):
        read_head(_file(tmp_path, bytes(content), "x.csv"), UTF8)


def test_a_zip_of_a_later_kind_is_refused_as_it_is(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    content = bytearray(packed.getvalue())
    content[content.rindex(b"PK\x01\x02") + 6] = 99  # the version that it takes to unpack

    with pytest.raises(DeliveryRefused):
        read_head(_file(tmp_path, bytes(content), "x.csv"), UTF8)


def test_rows_of_nothing_but_delimiters_are_no_rows(tmp_path: Path) -> None:
    path = _file(tmp_path, "a,b\n1,2\n,3\n,\n \u3000,\n,,4\n,\n".encode())

    _, rows = _read(path)

    assert [row["_kind"] for row in rows] == ["row", "row", "footer", "footer", "ragged", "footer"]


def test_what_a_mac_packs_beside_a_file_makes_it_no_zip_of_many(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("some.csv", "a,b\n1,2\n")
        packed.writestr("__MACOSX/._some.csv", b"\0\5\26\7")

    _, rows = _read(_file(tmp_path, made.getvalue()))

    assert _cells(rows) == [["1", "2"]]


@pytest.mark.parametrize(
    ("code", "letter"),
    [(b"\xfa\x40", "\ue000"), (b"\xfe\xfe", "\ue310"), (b"\x8e\x40", "\ue311"), (b"\x81\xa1", "\ueef7")],
)
@pytest.mark.parametrize("rows", [3, 200_000], ids=["short", "long"])
def test_a_letter_of_the_agencys_own_font_costs_no_file(tmp_path: Path, code: bytes, letter: str, rows: int) -> None:
    text = "鄉鎮,里名\n" + "示範鄉,假想里\n" * rows
    path = _file(tmp_path, text.encode("cp950") + "示範鄉,".encode("cp950") + code + "里\n".encode("cp950"))

    head, found = _read(path, Csv(encoding=("utf-8", "cp950")))

    assert _cells(found)[-1] == ["示範鄉", f"{letter}里"]
    assert "own font" in head.warnings[0]


def test_damaged_text_is_not_taken_for_letters_of_an_own_font(tmp_path: Path) -> None:
    text = "鄉鎮,里名\n示範鄉,假想里\n".encode()

    with pytest.raises(DeliveryRefused, match="not utf-8 or cp950"):
        read_head(_file(tmp_path, text + "丙鄉,里\n".encode("cp950")), Csv(encoding=("utf-8", "cp950")))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("cell", ["甲{}", "{}甲", "{}", '甲""{}', '{}""甲'], ids=repr)
def test_line_breaks_at_the_ends_of_a_quoted_cell_are_noticed(tmp_path: Path, cell: str, end: str) -> None:
    for row in (f'"{cell.format(end)}",1', f'1,"{cell.format(end)}"'):
        _, rows = _read(_file(tmp_path, f"a,b\n{row}\n"))
        assert [each["_padded"] for each in rows] == [True]
    _, (inner, plain) = _read(_file(tmp_path, f'"a","b"\n"甲{end}乙",""\n"1","2"\n'))
    assert not inner["_padded"] and not plain["_padded"]


@pytest.mark.parametrize("size", range(1, 40))
def test_a_mark_within_a_file_stays_wherever_blocks_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(decoding, "BLOCK_BYTES", size)
    _, rows = _read(_file(tmp_path, "a,b\n1,2\n\ufeffa,b\n3,4\n"))

    assert _cells(rows) == [["1", "2"], ["\ufeffa", "b"], ["3", "4"]]
