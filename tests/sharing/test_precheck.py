"""The six flags of data.gov.tw on files as agencies make them."""

from __future__ import annotations

import gzip
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakeward.jobs.cli import main
from lakeward.sharing.precheck import tables
from lakeward.sharing.precheck.finding import FLAGS, Described, Finding, of_all
from lakeward.sharing.precheck.online import precheck_online
from lakeward.sharing.precheck.precheck import precheck

GOOD = "站碼,日期,雨量\r\nA1,2024-01-02,1.5\r\nA1,2024-01-03,\r\n"
SAID = Described("UTF-8", ("站碼", "日期", "雨量"), "https://data.example.gov.tw/rain.csv")


def _flags(file: Path, said: Described = SAID) -> dict[str, bool | None]:
    return {each.flag: each.is_met for each in precheck(file, said)}


def _finding(file: Path, flag: str, said: Described = SAID) -> Finding:
    return next(each for each in precheck(file, said) if each.flag == flag)


def _write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8-sig") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return file


def test_a_good_file_meets_all_six(tmp_path: Path) -> None:
    found = precheck(_write(tmp_path, "rain.csv", GOOD), SAID)

    assert [each.flag for each in found] == list(FLAGS)
    assert all(each.is_met for each in found) and all(each.mend is None for each in found)


@pytest.mark.parametrize(("name", "content", "encoding", "broken", "told"), [
    ("big5.csv", GOOD, "cp950", {"encoding_match"}, "檔案是 BIG5，表單寫 UTF-8"),
    ("utf16.csv", GOOD, "utf-16", {"encoding_match"}, "檔案是 UTF-16，表單寫 UTF-8"),
    ("tab.csv", GOOD.replace(",", "\t"), "utf-8-sig", {"csv"}, "欄位以 '\\t' 分隔，不是逗號"),
    ("title.csv", "某市雨量一覽表\r\n" + GOOD, "utf-8-sig", {"csv", "desc_match"}, "第一列是標題文字，不是欄位名稱"),
    ("ragged.csv", GOOD + "A1,2024-01-04\r\n", "utf-8-sig", {"csv"}, "1 列的欄數不是 3（第 4 行）"),
    ("twice.csv", GOOD.replace("日期,雨量", "日期,雨量,雨量").replace("\r\nA1", "\r\nA1,"), "utf-8-sig", {"csv"}, "欄位名稱重複：雨量"),
    ("unnamed.csv", GOOD.replace("雨量", ""), "utf-8-sig", {"csv", "desc_match"}, "第 3 欄沒有名稱"),
    ("blank.csv", GOOD + ",,\r\n", "utf-8-sig", {"csv"}, "有 1 個空白列"),
    ("norows.csv", "站碼,日期,雨量\r\n", "utf-8-sig", {"csv"}, "沒有任何資料列"),
    ("quotes.csv", GOOD + 'A1,"2024\r\n', "utf-8-sig", {"csv", "downloadable", "structure"}, "第 3 行之後的引號沒有成對"),
    ("empty.csv", "", "utf-8", {"csv", "desc_match", "downloadable", "structure"}, "檔案是空的"),
    ("page.csv", "<!DOCTYPE html><html>請先登入</html>", "utf-8", {"csv", "desc_match", "downloadable", "structure"}, "內容是網頁，不是資料檔"),
    ("rain.json", GOOD, "utf-8-sig", {"downloadable"}, "副檔名是 .json，內容卻是 csv"),
    ("other.csv", GOOD.replace("雨量", "氣溫"), "utf-8-sig", {"desc_match"}, "檔案沒有：雨量"),
])  # fmt: skip
def test_what_is_wrong_is_found_and_nothing_else(
    tmp_path: Path, name: str, content: str, encoding: str, broken: set[str], told: str
) -> None:
    found = precheck(_write(tmp_path, name, content, encoding), SAID)

    assert {each.flag for each in found if each.is_met is False} == broken
    assert told in [part for each in found if each.is_met is False for part in each.told.zh.split("；")]
    assert all(each.mend for each in found if each.is_met is False)


def test_bytes_that_turn_wrong_far_down_are_found(tmp_path: Path) -> None:
    rows = GOOD.splitlines()[1] + "\r\n"
    content = GOOD.encode("utf-8") + rows.encode() * 100_000 + "雨量站".encode("cp950")

    told = _finding(_write(tmp_path, "rain.csv", content), "structure").told.en

    line = re.fullmatch(r"what follows line (\d+) is not utf-8", told)
    assert line and 99_000 < int(line[1]) <= 100_003


def test_utf_8_without_a_mark_is_met_with_advice_for_excel(tmp_path: Path) -> None:
    found = _finding(_write(tmp_path, "rain.csv", GOOD, "utf-8"), "encoding_match")

    assert found.is_met and found.mend is not None and "BOM" in found.mend.zh


def test_big5_said_to_be_big5_is_met(tmp_path: Path) -> None:
    file = _write(tmp_path, "rain.csv", GOOD, "cp950")

    assert _finding(file, "encoding_match", Described("BIG5")).is_met
    assert _finding(file, "encoding_match", Described("no such code")).is_met is False


def test_ascii_is_any_of_them(tmp_path: Path) -> None:
    file = _write(tmp_path, "rain.csv", "id,mm\r\n1,2\r\n", "ascii")

    assert _finding(file, "encoding_match").is_met


def test_columns_are_the_same_whatever_their_width_and_blanks(tmp_path: Path) -> None:
    file = _write(tmp_path, "rain.csv", GOOD.replace("雨量", "雨量 (mm)"))

    assert _finding(file, "desc_match", Described(fields=("站碼", "雨量（ＭＭ）"))).is_met


def test_without_a_form_the_columns_to_describe_are_told(tmp_path: Path) -> None:
    found = _finding(_write(tmp_path, "rain.csv", GOOD), "desc_match", Described())

    assert found.is_met is None and found.mend is not None and found.mend.zh == "主要欄位說明請填：站碼、日期、雨量"


@pytest.mark.parametrize(("url", "is_met"), [
    ("", None), ("https://data.example/rain.csv", None), ("https://data.example.tw/a.csv", True), ("https://x.gov.tw/a.csv?id=1", True), ("rain.csv", False),
    ("ftp://x.gov.tw/a.csv", False), ("https://me:pw@x.gov.tw/a.csv", False), ("https://x.gov.tw/雨量 1.csv", False),
    ("https://x.gov.tw/%E9%9B%A8.csv", True),
])  # fmt: skip
def test_an_address_that_no_one_can_follow_is_told(tmp_path: Path, url: str, is_met: bool | None) -> None:
    assert _flags(_write(tmp_path, "rain.csv", GOOD), Described(url=url))["linkable"] is is_met


@pytest.mark.parametrize(("name", "content", "told"), [
    ("a.json", '[{"站碼": "A", "日期": "x", "雨量": 1}]', {"structure": True, "desc_match": True, "csv": True}),
    ("a.json", '{"ok": true, "rows": [{"站碼": "A", "日期": 1, "雨量": 1}]}', {"structure": True, "desc_match": True, "csv": True}),
    ("a.json", '[{"站碼": {"id": 1}, "日期": 1, "雨量": 1}]', {"structure": True, "desc_match": True, "csv": False}),
    ("a.json", '{"站碼": "A"}', {"structure": True, "desc_match": False, "csv": False}),
    ("a.json", "[1, 2", {"structure": False, "csv": False}),
    ("a.json", "[" * 100_000, {"structure": False, "csv": False}),
    ("a.xml", "<r><s><站碼>A</站碼><日期>1</日期><雨量/></s></r>", {"structure": True, "desc_match": True, "csv": True}),
    ("a.xml", "<r><s><站碼><id>A</id></站碼><日期/><雨量/></s></r>", {"structure": True, "csv": False}),
    ("a.xml", "<r><s>", {"structure": False, "csv": False}),
])  # fmt: skip
def test_json_and_xml_are_looked_through(tmp_path: Path, name: str, content: str, told: dict[str, bool]) -> None:
    flags = _flags(_write(tmp_path, name, content, "utf-8"))

    assert {flag: flags[flag] for flag in told} == told


def test_xml_that_unfolds_to_more_than_it_is_ends_soon(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 10}">' for n in range(12))
    bomb = f"<?xml version='1.0'?><!DOCTYPE r [{entities}]><r><s><c>&a11;</c></s></r>"

    assert _flags(_write(tmp_path, "a.xml", bomb, "utf-8"))["structure"] is False


def _book(file: Path, rows: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file


def test_a_workbook_is_one_table_where_its_header_stands_first(tmp_path: Path) -> None:
    plain = _book(tmp_path / "a.xlsx", [["站碼", "日期", "雨量"], ["A", "2024-01-02", 1.5]])
    merged = _book(tmp_path / "b.xlsx", [["雨量一覽", None, None], ["站碼", "日期", "雨量"], ["A", "x", 1]])

    assert _flags(plain) == {**dict.fromkeys(FLAGS, True), "encoding_match": None}
    assert _flags(merged)["csv"] is False


def test_files_of_word_and_archives_are_no_tables(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.csv", GOOD)
        packed.writestr("b.csv", GOOD)
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as packed:
        packed.writestr("word/document.xml", "<x/>")
        packed.writestr("[Content_Types].xml", "<x/>")
    pdf = _write(tmp_path, "a.pdf", b"%PDF-1.7 ...")

    for file in (tmp_path / "a.zip", tmp_path / "a.docx", pdf):
        assert {flag: _flags(file)[flag] for flag in ("downloadable", "structure", "csv")} == {
            "downloadable": True, "structure": False, "csv": False,
        }  # fmt: skip


def test_what_one_gzip_or_zip_holds_is_looked_at(tmp_path: Path) -> None:
    packed = _write(tmp_path, "rain.csv.gz", gzip.compress(GOOD.encode("utf-8-sig")))
    cut = _write(tmp_path, "cut.csv.gz", gzip.compress(GOOD.encode("utf-8-sig"))[:-12])

    assert all(_flags(packed).values())
    assert _flags(cut)["structure"] is False


@pytest.mark.parametrize("ending", ["csv", "json", "xml"])
def test_a_gzip_that_ends_far_down_is_told_as_damaged(tmp_path: Path, ending: str) -> None:
    rows = "".join(f"A,{number},{number * 7919 % 10007}\n" for number in range(80_000))
    content = {"csv": GOOD + rows, "json": json.dumps([{"a": rows}]), "xml": f"<r><s><a>{rows}</a></s></r>"}[ending]
    whole = gzip.compress(content.encode())

    assert _finding(_write(tmp_path, f"whole.{ending}.gz", whole), "structure").is_met
    assert "cut or damaged" in _finding(_write(tmp_path, f"cut.{ending}.gz", whole[:-99]), "structure").told.en


def test_a_line_that_never_ends_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "RECORD_BYTES", 1_000)

    assert _flags(_write(tmp_path, "a.csv", GOOD + "x" * 2_000))["structure"] is False


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [
            b"PK\x03\x04",
            b"[1,",
            b'{"a":[',
            b"<r><a>",
            b"\xff\xfe",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"PAR1",
            b"\x1f\x8b",
            b"",
        ]
    ),
    rest=st.binary(max_size=80),
    ending=st.sampled_from(["csv", "json", "xml", "xlsx", "zip", "csv.gz", "parquet", "txt"]),
)
def test_whatever_the_bytes_are_six_flags_come_out(tmp_path: Path, start: bytes, rest: bytes, ending: str) -> None:
    found = precheck(_write(tmp_path, f"x.{ending}", start + rest), SAID)

    assert [each.flag for each in found] == list(FLAGS)


def test_parquet_of_a_release_is_one_table_unless_columns_nest(tmp_path: Path) -> None:
    pq.write_table(pa.table({"站碼": ["A"], "日期": ["x"], "雨量": [[1.0]]}), tmp_path / "a.parquet")

    assert _flags(tmp_path / "a.parquet") == {**dict.fromkeys(FLAGS, True), "encoding_match": None, "csv": False}
    assert _flags(_write(tmp_path, "b.parquet", b"PAR1 no more"))["structure"] is False


def test_a_data_set_is_as_good_as_its_worst_file(tmp_path: Path) -> None:
    good, bad = _write(tmp_path, "a.csv", GOOD), _write(tmp_path, "b.csv", GOOD, "cp950")

    flags = of_all(precheck(file, Described("UTF-8", SAID.fields)) for file in (bad, good))

    assert flags == {**dict.fromkeys(FLAGS, True), "linkable": None, "encoding_match": False}


def test_a_form_tells_what_is_said_and_options_go_before_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _write(tmp_path, "rain.csv", GOOD, "cp950")
    resource = {
        "resourceCharacterEncoding": "BIG5",
        "resourceField": [{"name": "雨量"}],
        "resourceDownloadUrl": SAID.url,
    }
    form = _write(tmp_path, "form.json", json.dumps({"distribution": [resource]}), "utf-8")

    assert main(["precheck", str(file), "--form", str(form), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["flags"] == dict.fromkeys(FLAGS, "1")
    assert main(["precheck", str(file), "--form", str(form), "--encoding", "UTF-8", "--fields", "站碼、氣溫"]) == 65
    assert "檔案沒有：氣溫" in capsys.readouterr().out


def test_of_a_form_that_tells_of_several_files_the_one_alike_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _write(tmp_path, "rain.csv", GOOD)
    told = [
        {"resourceFormat": kind, "resourceField": [{"name": name}]} for kind, name in (("XML", "氣溫"), ("CSV", "雨量"))
    ]
    form = _write(tmp_path, "form.json", json.dumps({"distribution": told}), "utf-8")

    assert main(["precheck", str(file), "--form", str(form)]) == 0
    assert "1 個欄位都在" in capsys.readouterr().out


class _Desk(BaseHTTPRequestHandler):
    """Gives out a file at one address, a page at another, nothing elsewhere."""

    def do_GET(self) -> None:
        kind, body = {
            "/api/rain?id=1": ("text/csv", GOOD.encode("utf-8-sig")), "/login.csv": ("text/html", b"<html>login</html>"),
        }.get(self.path, ("", b""))  # fmt: skip
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def desk() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Desk) as server:
        threading.Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_file_that_is_on_the_web_is_asked_for_as_the_portal_does(desk: str) -> None:
    found = precheck_online(f"{desk}/api/rain?id=1", Described("UTF-8", SAID.fields), allow_private=True)

    assert all(each.is_met for each in found)
    assert found[0].told.en == f"it answers, with {len(GOOD.encode('utf-8-sig'))} bytes"


@pytest.mark.parametrize(("path", "told"), [("/gone.csv", "answered 404"), ("/login.csv", "an HTML page")])
def test_an_address_that_gives_no_file_loses_both_flags_and_leaves_the_others_open(
    desk: str, path: str, told: str
) -> None:
    found = precheck_online(f"{desk}{path}", Described(), allow_private=True)

    assert [each.is_met for each in found] == [False, False, None, None, None, None]
    assert told in found[0].told.en


def test_addresses_of_ones_own_network_are_asked_only_when_allowed(
    desk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{desk}/api/rain?id=1"

    assert main(["precheck", address, "--fields", "雨量", "--allow-private"]) == 0
    assert main(["precheck", address]) == 2 and "not a public address" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "problem"), [
    (("https://",), "not http or https with a host"),
    (("absent.csv",), "there is no file absent.csv"),
    (("gold.towns",), "gold.towns has no release"),
    (("gold.tonws",), "nothing is called gold.tonws"),
])  # fmt: skip
def test_what_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], problem: str
) -> None:
    assert main(["precheck", *arguments, "--lake", str(tmp_path / "lake")]) == 2
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize("form", ["{", "[]", "{}", '{"distribution": []}', '{"distribution": [{"resourceField": 1}]}'])
def test_a_form_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    file = _write(tmp_path, "rain.csv", GOOD)

    assert main(["precheck", str(file), "--form", str(_write(tmp_path, "form.json", form, "utf-8"))]) == 2
    assert "no form of data.gov.tw" in capsys.readouterr().err
