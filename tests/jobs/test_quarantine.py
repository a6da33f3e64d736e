"""What refused rows tell: groups, samples, and repair packs whose offsets lead back to the very bytes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql import SparkSession

from lakeward.jobs import pack
from lakeward.jobs.cli import main
from lakeward.jobs.refused import Asked
from lakeward.jobs.run import run
from lakeward.lake import quarantine, sheet
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake

DECLARATIONS = """
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Csv, Curated, Dataset, Source
from lakeward.quality import expect


def rain(noun, encoding, delimiter=",", max_refused=1.0):
    return Dataset(
        name=f"aside.{noun}", title="Made rain", title_zh="虛構雨量", agency="虛構局",
        source=Source(
            f"aside/{noun}/*.csv", "not stated", "never", Csv(encoding, delimiter, footers=("^資料提供",)),
        ),
        columns=(
            Open("station", "string", "made station", cell="站", key=True),
            Open("day", "date", "day", cell="日期", key=True),
            Open("rain_mm", "double", "rain", unit="mm", cell="雨量(mm)"),
            Open("hours", "int", "hours of rain", cell="時數", optional=True),
        ),
        suite=(
            expect.column_values_to_be_between("rain_mm", 0, 3000),
            expect.column_values_to_be_between("hours", 0, 24),
        ),
        max_refused=max_refused,
    )


UTF8 = rain("utf8", "utf-8")
BIG5 = rain("big5", "cp950", "|")
HKSCS = rain("hkscs", "big5hkscs")
WIDE = rain("wide", "utf-16", "\\t")
WHOLE = rain("whole", "utf-8", max_refused=0.1)
CLEAN = rain("clean", "utf-8")
TABLE = Curated("gold.aside", "Made", "虛構", (CLEAN,), "a row", CLEAN.columns, lambda rows: rows)
"""
HEAD = "站,日期,雨量(mm),(備註),站\n"
GOOD = "甲,2021-01-01,1.5,,\n"
BAD = (
    '甲,"某\n日",1,"說""是"",",x\n'  # row 3, over two lines
    "乙,2021-01-02,-1,=1+1,\n"  # 5
    ",某日,八,<r>功</r>,\n"  # 6, three reasons
    "甲,2021-01-03\n"  # 7, ragged
    "甲,2021-01-04,1,,,多,出\n"  # 8, ragged
    "甲,2021-01-01,9,@功,\n"  # 9, repeats
    "丙,2021-02-30,3,+,"  # 10, and no line break
)
SIX = "站,日期,時數,雨量(mm)\n甲,2021-01-09,25,1\n資料提供：某局\n"
FILES = {
    "utf8/a b.csv": ("\ufeff" + HEAD + GOOD + BAD).replace("\n", "\r\n").encode(),
    "utf8/c.csv": SIX.encode(),
    "utf8/d.csv.gz": gzip.compress((HEAD + BAD.replace("2021", "2022")).encode(), mtime=0),
    "big5/a.csv": (HEAD + GOOD + BAD).replace('"說""是"","', "珮功").replace(",", "|").replace("\n", "\r").encode("cp950"),
    "hkscs/a.csv": (HEAD + GOOD + BAD).replace("某", "𨋢").encode("big5hkscs"),
    "wide/a.csv": b"\xff\xfe" + (HEAD + GOOD + BAD).replace(",", "\t").encode("utf-16-le"),
    "whole/a.csv": (HEAD + GOOD + "乙,2021-01-02,-1,,\n").encode(),
    "clean/a.csv": (HEAD + GOOD).encode(),
}  # fmt: skip
CODECS = {"utf8": "utf-8", "big5": "cp950", "hkscs": "big5hkscs", "wide": "utf-16-le", "whole": "utf-8"}
DELIMITERS = {"big5": "|", "wide": "\t"}
TYPES: dict[str, pa.DataType] = {
    "file": pa.string(),
    "row_number": pa.int32(),
    "reasons": pa.list_(pa.string()),
    "delivered": pa.map_(pa.string(), pa.string()),
    "overflow": pa.list_(pa.string()),
    "_sha256": pa.string(),
}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Made:
    """A lake, made once, with refused rows of every kind."""

    lake: Lake
    landing: Path
    own: str

    def asked(self, *words: str, landing: Path | None = None) -> list[str]:
        where = ["--lake", str(self.lake.root), "--landing", str(landing or self.landing), "--pipelines", self.own]
        return ["quarantine", *words, *where]


@pytest.fixture(scope="module")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Made:
    root = tmp_path_factory.mktemp("quarantine")
    (root / "own").mkdir()
    (root / "own" / "aside.py").write_text(DECLARATIONS, "utf-8")
    for name, content in FILES.items():
        path = root / "landing" / "aside" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    told = Made(Lake.at(str(root / "a lake 湖")), root / "landing", str(root / "own"))
    run(str(told.lake.root), str(told.landing), ["aside.*"], own=told.own)
    return told


def _document(made: Made, capsys: pytest.CaptureFixture[str], *words: str, landing: Path | None = None) -> Any:
    assert main([*made.asked(*words, landing=landing), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def _rows_of_csv(path: Path) -> list[dict[str, str]]:
    header, *rows = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    return [_by_name(header, row) for row in rows]


def _rows_of_xlsx(path: Path) -> list[dict[str, str]]:
    with ZipFile(path) as book:
        content = book.read("xl/worksheets/sheet1.xml")
    assert f"{SHEET[1:-1]}".encode() in content
    assert b"<f>" not in content
    rows = []
    for row in ET.fromstring(content).iter(f"{SHEET}row"):  # noqa: S314 - our own file
        cells: dict[str, str] = {}
        for cell in row:
            assert cell.get("t") == "inlineStr"
            text = "".join(part.text or "" for part in cell.iter(f"{SHEET}t"))
            cells[re.sub(r"\d", "", cell.get("r", ""))] = re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text)
        rows.append(cells)
    letters = list(rows[0])
    return [_by_name(list(rows[0].values()), [row.get(letter, "") for letter in letters]) for row in rows[1:]]


def _by_name(header: list[str], row: list[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, cell in zip(header, row, strict=True):
        short = name.split(" ")[0] if name.startswith(("file ", "line ", "place ", "sha256", "columns ")) else name
        named[f"{short} again" if short in named else short] = cell
    return named


def test_without_a_name_every_data_set_with_refused_rows_is_listed(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = _document(made, capsys)["tables"]
    assert main(made.asked()) == 0

    assert [(each["table"], each["rows"], each["deliveries"]) for each in listed] == [
        ("aside.big5", 7, 1), ("aside.hkscs", 7, 1), ("aside.utf8", 14, 3), ("aside.whole", 2, 1), ("aside.wide", 7, 1),
    ]  # fmt: skip
    assert "aside.utf8   虛構雨量            14              3" in capsys.readouterr().out


def test_rows_are_grouped_by_reason_and_counted_once_in_their_sum(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _document(made, capsys, "aside.utf8", "--limit", "1")
    groups = {each["reason"]: (each["rows"], each["reason_zh"]) for each in told["reasons"]}

    assert groups == {
        "day: not a date": (6, "日期：不是日期"),
        "2 cells where the header has 5": (2, "這一列有 2 格，標題列有 5 格"),
        "7 cells where the header has 5": (2, "這一列有 7 格，標題列有 5 格"),
        "rain_mm: not a number": (2, "雨量(mm)：不是數字"),
        "rain_mm: not between 0 and 3000": (2, "雨量(mm)：不在 0 到 3000 之間"),
        "station: no value": (2, "站：沒有值"),
        "hours: not between 0 and 24": (1, "時數：不在 0 到 24 之間"),
        "repeats the key of an earlier row": (1, "鍵值與前面的列重複"),
    }
    assert told["rows"] == told["rows_in_quarantine"] == sum(told["files"].values()) == 14
    assert told["files"] == {"aside/utf8/a b.csv": 7, "aside/utf8/c.csv": 1, "aside/utf8/d.csv.gz": 6}
    assert told["counting"] == "a row with several reasons counts under each"


def test_samples_show_the_cells_that_the_reason_speaks_of(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    told = _document(made, capsys, "aside.utf8", "--limit", "2")
    samples = {each["reason"]: [(s["file"], s["row"], s["cells"]) for s in each["samples"]] for each in told["reasons"]}

    assert samples["day: not a date"] == [
        ("aside/utf8/a b.csv", 3, {"日期": "某\r\n日"}),
        ("aside/utf8/a b.csv", 6, {"日期": "某日"}),
    ]
    assert samples["repeats the key of an earlier row"] == [
        ("aside/utf8/a b.csv", 9, {"站": "甲", "日期": "2021-01-01"})
    ]
    assert samples["7 cells where the header has 5"][0][2] == {
        "站": "甲", "日期": "2021-01-04", "雨量(mm)": "1", "(備註)": ""
    }  # fmt: skip
    assert main(made.asked("aside.utf8")) == 0
    assert "\n  aside/utf8/a b.csv row 3: 日期=某\\r\\n日\n" in capsys.readouterr().out


def test_rows_can_be_asked_for_by_reason_in_both_languages_and_by_file(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    english = _document(made, capsys, "aside.utf8", "--reason", "NOT A DATE")
    chinese = _document(made, capsys, "aside.utf8", "--reason", "不是日期", "--file", "*.gz")

    assert (english["rows"], [each["reason"] for each in english["reasons"]]) == (6, ["day: not a date"])
    assert (chinese["rows"], list(chinese["files"])) == (3, ["aside/utf8/d.csv.gz"])
    assert main(made.asked("aside.utf8", "--file", "a b.csv", "--limit", "0")) == 0
    assert "7 of 14 rows are meant" in capsys.readouterr().out


def test_a_delivery_refused_whole_says_so_in_both_languages(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    (whole, own) = _document(made, capsys, "aside.whole")["reasons"]

    assert whole["reason"].startswith("delivery refused: 50.0 % of 2 rows were refused, 10.0 % is allowed: rain_mm")
    assert whole["reason_zh"] == (
        "整份檔案退回：2 列中有 50.0 % 不合格，容許 10.0 %：雨量(mm)：不在 0 到 3000 之間（1 列）"
    )
    assert own["reason"] == "rain_mm: not between 0 and 3000"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("aside.clean",), 0, "aside.clean: no row is in quarantine"),
        (("aside.clean", "--pack", "x.csv"), 0, "no pack was written"),
        (("aside.utf8", "--reason", "nobody said so"), 0, "none of the 14 rows in quarantine is meant"),
        (("aside.utf8", "--reason", "nobody said so", "--pack", "x.csv"), 0, "none of the 14 rows"),
        (("aside.utf",), 2, "did you mean aside.utf8"),
        (("gold.aside",), 2, "ask for what it rests on: aside.clean"),
        (("--reason", "x"), 2, "name it before them"),
        (("aside.utf8", "--pack", "x.ods"), 2, "use .xlsx or .csv"),
        (("aside.utf8", "--pack", "no such folder/x.csv"), 2, "in a folder that exists"),
        (("aside.utf8", "--pack", "x.csv", "--landing", "no such folder"), 2, "there is no landing folder"),
    ],
)
def test_what_cannot_be_shown_is_told_with_the_next_thing_to_do(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...], code: int, says: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    asked = made.asked()

    assert main([asked[0], *asked[1:], *words]) == code

    told = capsys.readouterr()
    assert says in (told.err if code else told.out)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_lake_has_no_refused_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quarantine", "--lake", str(tmp_path / "none")]) == 0
    assert "no row is in quarantine in" in capsys.readouterr().out


@pytest.mark.parametrize("noun", CODECS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_reading_a_packs_offsets_gives_the_very_rows(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path, noun: str, kind: str
) -> None:
    to = tmp_path / f"給機關 {noun}.{kind}"

    told = _document(made, capsys, f"aside.{noun}", "--pack", str(to))

    rows = _rows_of_csv(to) if kind == "csv" else _rows_of_xlsx(to)
    assert told["rows"] == len(rows) == sum(each["located"] for each in told["files"]) > 1
    assert [path.name for path in tmp_path.iterdir()] == [to.name]
    for row in rows:
        content = (made.landing / row["file"]).read_bytes()
        assert row["sha256"] == sha256(content).hexdigest()
        assert row["bytes of 位元組所屬"] == (pack.UNPACKED if row["file"].endswith(".gz") else pack.PLAIN)
        plain = gzip.decompress(content) if row["file"].endswith(".gz") else content
        begin = int(row["byte offset 起始位元組"])
        cut = plain[begin : begin + int(row["byte length 位元組長度"])].decode(CODECS[noun])
        before = plain[:begin].decode(CODECS[noun]).replace("\r\n", "\n").replace("\r", "\n")
        assert before.count("\n") + 1 == int(row["line"])
        (cells,) = csv.reader(io.StringIO(cut, newline=""), delimiter=DELIMITERS.get(noun, ","), strict=True)
        shown = [row["站"], row["日期"], row["雨量(mm)"], row.get("(備註)", ""), row.get("站 again", "")]
        if row.get("時數"):
            shown = [row["站"], row["日期"], row["時數"], row["雨量(mm)"]]
        shown = [cell.removeprefix("'") for cell in shown]
        assert shown == (cells + [""] * 5)[: len(shown)]
        assert row[pack.BEYOND].split(DELIMITERS.get(noun, ",")) == (cells[5:] or [""])


def test_a_pack_tells_every_reason_in_both_languages_and_the_columns_they_speak_of(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    to = tmp_path / "pack.xlsx"
    _document(made, capsys, "aside.utf8", "--file", "a b.csv", "--pack", str(to))
    row = _rows_of_xlsx(to)[2]

    assert row["line"] == "6"
    assert row["reasons"].split("\n") == ["day: not a date", "rain_mm: not a number", "station: no value"]
    assert row["原因"].split("\n") == ["日期：不是日期", "雨量(mm)：不是數字", "站：沒有值"]
    assert row["columns"].split("\n") == ["日期", "雨量(mm)", "站"]
    assert row["(備註)"] == "<r>功</r>"


def test_cells_that_look_like_formulas_are_made_harmless_in_csv(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    to = tmp_path / "pack.csv"
    _document(made, capsys, "aside.utf8", "--file", "a b.csv", "--pack", str(to))

    assert to.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row["(備註)"] for row in _rows_of_csv(to)] == ['說"是",', "'=1+1", "<r>功</r>", "", "", "'@功", "'+"]
    starts = ["=a", "+a", "-a", "@a", "\ta", "\ra", "\na", "＝a", "－a"]
    assert [sheet.unlike_formula(cell) for cell in [*starts, "a=", ""]] == [*(f"'{cell}" for cell in starts), "a=", ""]


def test_a_file_that_is_gone_or_changed_keeps_its_rows_with_a_remark(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    landing = tmp_path / "landing"
    (landing / "aside" / "utf8").mkdir(parents=True)
    (landing / "aside" / "utf8" / "a b.csv").write_bytes(FILES["utf8/a b.csv"] + b" ")
    (landing / "aside" / "utf8" / "c.csv").symlink_to(made.landing / "aside" / "utf8" / "c.csv")
    to = tmp_path / "pack.csv"

    told = _document(made, capsys, "aside.utf8", "--pack", str(to), landing=landing)

    rows = _rows_of_csv(to)
    assert len(rows) == 14
    assert {
        row["byte offset 起始位元組"] + row["byte length 位元組長度"] + row["bytes of 位元組所屬"] for row in rows
    } == {""}
    remarks = {row["file"].rpartition("/")[2]: row["remark 備註"] for row in rows}
    assert remarks["a b.csv"] == pack.CHANGED
    assert remarks["c.csv"].startswith(pack.GONE)
    assert "leads out of the landing root" in remarks["c.csv"]
    assert remarks["d.csv.gz"] == pack.GONE
    assert [each["located"] for each in told["files"]] == [0, 0, 0]


def test_more_rows_than_a_sheet_holds_are_refused_with_the_way_out(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "MAX_ROWS", 14)

    assert main(made.asked("aside.utf8", "--pack", str(tmp_path / "pack.xlsx"))) == 2
    assert "write pack.csv instead" in capsys.readouterr().err
    assert main(made.asked("aside.utf8", "--pack", str(tmp_path / "pack.csv"))) == 0
    assert main(made.asked("aside.utf8", "--file", "c.csv", "--pack", str(tmp_path / "pack.xlsx"))) == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_pack_that_fails_leaves_the_one_before_it(tmp_path: Path, kind: str) -> None:
    to = tmp_path / f"pack.{kind}"
    to.write_bytes(b"before")

    with pytest.raises(ZeroDivisionError), sheet.new_sheet(to) as add:
        add(["a"])
        raise ZeroDivisionError

    assert to.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == [to.name]


def test_equal_rows_make_equal_packs_and_odd_text_survives_a_sheet(tmp_path: Path) -> None:
    odd = ["\x01\x1f", "a\r\nb", "_x0041_", "<r><t>&</t></r>", "=1", "{=1}", "https://a.b", "１", " x ", "a" * 40_000]
    for name in ("one.xlsx", "two.xlsx"):
        with sheet.new_sheet(tmp_path / name) as add:
            add([str(number) for number, _ in enumerate(odd)])
            add(odd)

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    with ZipFile(tmp_path / "one.xlsx") as book:
        assert b">2000-01-01T" in book.read("docProps/core.xml")
    read = [re.sub("_x005F_", "_", cell) for cell in _rows_of_xlsx(tmp_path / "one.xlsx")[0].values()]
    assert read[:-1] == odd[:-1]
    assert read[-1] == f"{'a' * 32_766}…"
    with pytest.raises(UsageError, match="a sheet holds"), sheet.new_sheet(tmp_path / "wide.xlsx") as add:
        add(["x"] * 16_385)


def test_rows_come_in_order_however_they_lie_and_however_few_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake.at(str(tmp_path))
    for numbers in ([9, 2, 7], [3, 8, 4]):
        rows = [
            {"file": "a.csv", "row_number": n, "reasons": ["day: not a date"] if n != 4 else ["x", "y"], "delivered": [],
             "overflow": None, "_sha256": "00"}
            for n in numbers
        ]  # fmt: skip
        table = pa.Table.from_pylist(rows, pa.schema(TYPES))
        write_deltalake(str(lake.table("quarantine.a.b")), table, mode="append", partition_by=["_sha256"])
    (aside,) = quarantine.asides(lake, "a.b")

    for size in (1, 2, 20_000):
        monkeypatch.setattr(pack, "SLICE", size)
        found = list(pack._rows(aside, pack._numbers(aside, Asked())))
        assert [row["row_number"] for row in found] == [2, 3, 4, 7, 8, 9]
    assert pack._numbers(aside, Asked("not a")).tolist() == [2, 3, 7, 8, 9]
    assert quarantine.counts(lake, "a.b") == (6, 1)
    assert (aside.rows, len(aside.parts)) == (6, 2)


def test_it_starts_no_jvm_and_ends_quietly_in_a_pipe_that_closes(made: Made) -> None:
    code = (
        "import sys; from lakeward.jobs.cli import main; code = main(sys.argv[1:]);"
        "print([m for m in ('pyspark', 'pandas', 'great_expectations', 'xlsxwriter') if m in sys.modules],"
        "file=sys.stderr); sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *made.asked("aside.utf8")], capture_output=True, text=True, check=True
    )
    cut = subprocess.run(
        ["bash", "-c", '"$0" -m lakeward.jobs.cli "$@" | head -c 1; exit ${PIPESTATUS[0]}', sys.executable,
         *made.asked("aside.utf8")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.stderr.strip() == "[]"
    assert (cut.returncode, cut.stderr) == (0, "")
