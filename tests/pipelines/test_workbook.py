"""Workbooks, made cell by cell: what a person sees in a sheet is what is read."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from made_books import Sheets, ods, ole2, xls, xlsx, zipped
from xlsxwriter import Workbook as Writer  # type: ignore[import-untyped]

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines import container
from lakeward.pipelines.formats import Csv, Format, Json, Workbook
from lakeward.pipelines.head import Head
from lakeward.pipelines.reading import read_head, read_rows
from lakeward.pipelines.workbook import SHEET_ROWS, place_of


def _read(tmp_path: Path, content: bytes, form: Format, name: str = "some.xls") -> tuple[Head, list[dict[str, Any]]]:
    path = tmp_path / name
    path.write_bytes(content)
    head = read_head(str(path), form)
    return head, [row for batch in read_rows(str(path), form, head) for row in batch.to_pylist()]


def _cells(rows: list[dict[str, Any]]) -> list[list[str | None]]:
    return [[cell for name, cell in row.items() if name[0] != "_"] for row in rows]


BULLETIN: Sheets = {
    "空白": [],
    "總表": [
        [None, "統計至104/8/21"],
        [None, None],
        ["解除", "區別\n", "全年\n個案數", "里別 ", "8/21\n新增", None],
        [None, "甲區", 3.0, "一里", 1.0],
        ["◎", None, None, "二里", 0.5],
        [None, "總　計", 9.0],
    ],
}
FORM = Workbook(
    header="^區別", renames={r"^\d+/\d+ 新增$": "新增"}, fill_down=("^區別", "個案數$"), footers=(r"^總\s*計",),
    beside=("_sheet", "_title"),
)  # fmt: skip


@pytest.mark.parametrize("write", [xls, xlsx, ods])
def test_a_bulletin_is_read_the_same_from_each_kind_of_workbook(
    tmp_path: Path, write: Callable[[Sheets], bytes]
) -> None:
    head, rows = _read(tmp_path, write(BULLETIN), FORM)

    assert head.header[:5] == ("解除", "區別\n", "全年\n個案數", "里別 ", "新增")
    assert head.header[-2:] == ("_sheet", "_title")
    assert (head.kind, head.title) == ("workbook", "統計至104/8/21")
    picked = [[row[name] for name in ("解除", "區別", "全年_個案數", "里別", "新增", "_sheet_")] for row in rows]
    assert picked == [
        ["", "甲區", "3", "一里", "1", "總表"],
        ["◎", "甲區", "3", "二里", "0.5", "總表"],
        ["", "總　計", "9", "", "", "總表"],
    ]
    assert [row["_kind"] for row in rows] == ["row", "row", "footer"]
    assert [place_of(row["_row"]) for row in rows] == [(2, 4), (2, 5), (2, 6)]


@pytest.mark.parametrize("write", [xls, xlsx, ods])
def test_a_workbook_in_place_of_a_csv_is_read_by_the_same_declaration(
    tmp_path: Path, write: Callable[[Sheets], bytes]
) -> None:
    form = Csv("utf-8", skip_rows=2, footers=("^備註",))

    _, from_text = _read(tmp_path, "標題,\n,\n站,數\n甲,1\n備註,\n".encode(), form, "some.csv")
    _, from_book = _read(tmp_path, write({"S": [["標題"], [], ["站", "數"], ["甲", 1], ["備註"]]}), form, "some.csv")

    assert _cells(from_book) == _cells(from_text) == [["甲", "1"], ["備註", ""]]
    assert [row["_kind"] for row in from_book] == [row["_kind"] for row in from_text] == ["row", "footer"]


def test_a_text_file_that_is_named_xls_is_read_as_text(tmp_path: Path) -> None:
    head, rows = _read(tmp_path, "站\t數\n甲\t1\n".encode(), Workbook(), "some.xls")

    assert head.kind == "text"
    assert [row["站_數"] for row in rows] == ["甲\t1"]


@pytest.mark.parametrize(("sheets", "wanted"), [("", ["甲1"]), ("^一", ["甲1"]), (".", ["甲1", "乙2"])])
def test_the_sheets_that_are_meant_are_read_each_row_with_a_number_of_its_own(
    tmp_path: Path, sheets: str, wanted: list[str]
) -> None:
    book = xlsx({"空": [], "一月": [["站", "數"], ["甲", 1]], "二月": [["站", "數", None], ["乙", 2]]})

    _, rows = _read(tmp_path, book, Workbook(sheets=sheets))

    assert [row["站"] + row["數"] for row in rows] == wanted
    assert [row["_row"] for row in rows] == [SHEET_ROWS + 2, 2 * SHEET_ROWS + 2][: len(wanted)]


@pytest.mark.parametrize("other", [["站", "量"], ["數", "站"]], ids=["another name", "another order"])
def test_sheets_with_different_headers_are_not_read_as_one(tmp_path: Path, other: list[str]) -> None:
    book = xlsx({"一": [["站", "數"], ["甲", 1]], "二": [other, ["乙", 2]]})

    with pytest.raises(DeliveryRefused, match="another header than the others"):
        _read(tmp_path, book, Workbook(sheets="."))


def test_cells_are_the_text_that_a_person_sees(tmp_path: Path) -> None:
    book = xlsx(
        {"S": [["值"], *([each] for each in (3.0, -0.5, 0.1 + 0.2, 1e15, 34.878560492669, dt.date(2015, 8, 21)))]}
    )
    made = BytesIO()
    with Writer(made) as other:
        sheet = other.add_worksheet()
        sheet.write_row(0, 0, ["時", "真", "算", "錯", "長"])
        sheet.write_datetime(
            1, 0, dt.datetime(2015, 8, 21, 13, 5), other.add_format({"num_format": "yyyy/mm/dd hh:mm"})
        )
        sheet.write_boolean(1, 1, True)
        sheet.write_formula(1, 2, "=1+1", None, 2)
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        sheet.write_string(1, 4, "007")

    _, rows = _read(tmp_path, book, Workbook())
    _, others = _read(tmp_path, made.getvalue(), Workbook())

    assert [row["值"] for row in rows] == ["3", "-0.5", "0.3", "1000000000000000", "34.878560492669", "2015-08-21"]
    assert _cells(others) == [["2015-08-21 13:05:00", "TRUE", "2", "", "007"]]


def test_cells_without_a_header_keep_their_place_and_cells_beyond_it_are_told(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, xlsx({"S": [["a", "b"], [1, 2, 3]]}), Workbook())

    assert (rows[0]["column_3"], rows[0]["_kind"]) == ("3", "row")
    _, rows = _read(
        tmp_path, xlsx({"一": [["a"], [1]], "二": [["a"], [1, 2]], "三": [["a"]]}), Workbook(sheets="一|三")
    )
    assert _cells(rows) == [["1"]]


def test_a_million_formatted_empty_rows_are_no_rows_and_one_cell_far_away_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MOST_CELLS", 100_000)
    made = []
    for far in (None, "x"):
        content = BytesIO()
        with Writer(content) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["站", "數"])
            sheet.write_row(1, 0, ["甲", 1])
            for row in (2, 5_000, 1_048_575):
                sheet.write_blank(row, 16_383, None, book.add_format({"bold": True}))
            if far:
                sheet.write(90_000, 5, far)
        made.append(content.getvalue())

    assert _cells(_read(tmp_path, made[0], Workbook())[1]) == [["甲", "1"]]
    with pytest.raises(DeliveryRefused, match="spans 540,006 cells"):
        _read(tmp_path, made[1], Workbook())


def test_repeated_empty_rows_of_an_ods_are_no_rows_and_repeated_cells_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MOST_CELLS", 1_000)
    plain = ods({"S": [["站"], ["甲"]]})
    with zipfile.ZipFile(BytesIO(plain)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    end = b"</table:table>"
    empty = b'<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    cell = b'<table:table-cell table:number-columns-repeated="2000" office:value-type="float" office:value="1"/>'

    harmless = zipped(parts | {"content.xml": parts["content.xml"].replace(end, empty + end)})
    bomb = parts["content.xml"].replace(end, b"<table:table-row>" + cell + b"</table:table-row>" + end)

    assert _cells(_read(tmp_path, harmless, Workbook())[1]) == [["甲"]]
    with pytest.raises(DeliveryRefused, match="spans 6,000 cells"):
        _read(tmp_path, zipped(parts | {"content.xml": bomb}), Workbook())


def _encrypted_zip() -> bytes:
    content = bytearray(xlsx({"S": [["a"]]}))
    with zipfile.ZipFile(BytesIO(content)) as packed:
        start = packed.start_dir
    content[start + 8] |= 1
    return bytes(content)


def _lying_zip() -> bytes:
    return xlsx({"S": [["a"], ["b"]]}).replace(b"PK\x01\x02", b"PK\x01\x03", 1)


@pytest.mark.parametrize(
    ("content", "why", "remedy"),
    [
        (ole2({"WordDocument": b"x"}), r"Word document of the old kind \(DOC\)", "soffice"),
        (ole2({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "encrypted", "without a password"),
        (_encrypted_zip(), "encrypted", "without a password"),
        (ole2({"Other": b"x"}), "damaged", "save it again"),
        (zipped({"word/document.xml": b"<w/>"}), r"a Word document \(DOCX\)", "XLSX or CSV"),
        (zipped({"a.csv": b"a\n1\n", "b.csv": b"a\n1\n"}), "a zip of 2 files", "unpack"),
        (zipped({"../../a.csv": b"a\n1\n"}), "a zip of 1 files", "unpack"),
        (zipped({"xl/workbook.bin": b""}), "XLSB", "XLSX or CSV"),
        (_lying_zip(), "damaged", "download it again"),
        (xlsx({"S": [["a"]]})[:-300], "damaged", "download it again"),
        (xlsx({"S": []}), "the workbook is empty", "sheets"),
        (xls({"S": [["a"]]})[:1_500], "cut", "download it again"),
    ],
    ids=[
        "doc",
        "locked",
        "locked zip",
        "ole2",
        "docx",
        "two csv",
        "leaves",
        "xlsb",
        "lying",
        "cut",
        "empty",
        "cut xls",
    ],
)
def test_what_is_no_workbook_that_can_be_read_is_refused_with_a_remedy(
    tmp_path: Path, content: bytes, why: str, remedy: str
) -> None:
    with pytest.raises(DeliveryRefused, match=why) as told:
        _read(tmp_path, content, Csv("utf-8"))

    assert remedy in told.value.remedy


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_UNPACKED", 1 << 20)
    bomb = zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(2 << 20)})

    with pytest.raises(DeliveryRefused, match="unpacks to 2 MB"):
        _read(tmp_path, bomb, Workbook())


def test_a_sheet_that_nobody_meant_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="no sheet with anything in it is called like 總表") as told:
        _read(tmp_path, xlsx({"明細": [["a"]], "總表": []}), Workbook(sheets="總表"))

    assert "明細" in str(told.value)


def test_a_workbook_in_place_of_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="the file is a workbook, not JSON"):
        _read(tmp_path, xlsx({"S": [["a"]]}), Json())


def test_a_hidden_sheet_before_the_table_is_not_taken_for_it(tmp_path: Path) -> None:
    made = BytesIO()
    with Writer(made, {"in_memory": True}) as book:
        hidden, seen = book.add_worksheet("代碼"), book.add_worksheet("資料")
        hidden.write_row(0, 0, ["內部使用"])
        seen.write_row(0, 0, ["區別", "人數"])
        seen.write_row(1, 0, ["甲區", 3])
        seen.activate()
        seen.set_first_sheet()
        hidden.hide()

    head, rows = _read(tmp_path, made.getvalue(), Workbook())

    assert head.header == ("區別", "人數")
    assert _cells(rows) == [["甲區", "3"]]
