"""Wide rows, workbooks and JSON from landing to silver and quarantine, in one lake that is made once."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from made_books import Sheets, ole2, xls, xlsx
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main
from lakeward.jobs.run import Report, run
from lakeward.lake.errors import EXIT_DATA
from lakeward.lake.storage import Lake

DECLARATIONS = r"""
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Json, Source, Unpivot
from lakeward.quality import expect

PEOPLE = Dataset(
    name="long.people", title="Made people", title_zh="虛構人口", agency="虛構局",
    source=Source(
        "long/people/*.csv", "not stated", "never", Csv("utf-8", footers=("^備註",)),
        unpivot=Unpivot(r"^(?P<age>\d+)歲(?:以上)?-(?P<sex>男|女)$", "people"),
    ),
    columns=(
        Column("village_name", "string", "village", cell="村里", key=True),
        Column("age_years", "int", "age", cell="age", key=True),
        Column("sex", "string", "sex", cell="sex", key=True, reads={"男": "male", "女": "female"}),
        Column("people", "int", "people", cell="people"),
    ),
    suite=(expect.column_values_to_be_between("people", 0, LIMIT),),
    max_refused=1.0,
)
ROOMS = Dataset(
    name="long.rooms", title="Made rooms", title_zh="虛構房間", agency="虛構局",
    source=Source(
        "long/rooms/*.{csv,xls,xlsx,doc}", "not stated", "never",
        Csv("utf-8", header="^房間$", fill_down=("^樓$",), footers=("^總計",)),
    ),
    columns=(
        Column("floor_no", "int", "floor", cell="樓", key=True),
        Column("room_name", "string", "room", cell="房間", key=True),
        Column("area_m2", "double", "area", unit="m²", cell="面積"),
    ),
    max_refused=1.0,
)
AREAS = Dataset(
    name="long.areas", title="Made areas", title_zh="虛構統計區", agency="虛構局",
    source=Source("long/areas/*.json", "not stated", "never", Json("Rows")),
    columns=(Column("area_code", "string", "code", cell="CODE", key=True), Column("people", "int", "people", cell="P")),
    max_refused=1.0,
)
"""
PEOPLE = {
    "a.csv": "村里,人數,0歲-男,0歲-女,1歲以上-男,1歲以上-女,\n"
    "甲里,9,1,2,3,3,\n"  # row 2
    "乙里,0,x,99,0,0,\n"  # 3: one cell is no number, one too large
    "丙里,1\n"  # 4: ragged, one row whatever it might have held
    "甲里,9,1,2,3,3,\n"  # 5: repeats every key of row 2
    "備註：虛構,,,,,,\n",
    "b.csv": "村里,0歲-男\n丁里,7\n",  # has none of the other columns, and so none of their rows
}
BOOK: Sheets = {
    "空": [],
    "一": [
        ["標題"],
        [None, "樓", "房間", "面積"],
        [None, 1.0, "甲", 9.5],
        [None, None, "乙", "大"],
        [None, "總計", None, 9.5],
    ],
}
JSON = '{"Rows": [{"CODE": "A1", "P": 3.0}, {"CODE": "A2", "P": "多"}, 7]}'


@dataclass(frozen=True)
class Made:
    """A lake, made once, and what its run said."""

    lake: Lake
    landing: Path
    own: Path
    report: Report

    def told(self, table: str) -> dict[str, Any]:
        (step,) = (step for step in self.report.steps if step.table_name == table)
        return {
            "read": step.rows_read,
            "written": step.rows_written,
            "refused": step.rows_quarantined,
            "reasons": step.reasons,
        }

    def asked(self, *words: str) -> list[str]:
        return [*words, "--lake", str(self.lake.root), "--landing", str(self.landing), "--pipelines", str(self.own)]

    def rows(self, table: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = DeltaTable(str(self.lake.table(table))).to_pyarrow_table().to_pylist()
        return rows


@pytest.fixture(scope="module")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Made:
    root = tmp_path_factory.mktemp("readers")
    (root / "own").mkdir()
    (root / "own" / "long.py").write_text(DECLARATIONS.replace("LIMIT", "50"), "utf-8")
    files: dict[str, bytes] = {
        **{f"people/{name}": text.encode() for name, text in PEOPLE.items()},
        "rooms/a.csv": "樓,房間,面積\n7,庚,1\n".encode(),
        "rooms/b.xls": xls(BOOK),
        "rooms/c.xlsx": xlsx({"二月": [["樓", "房間", "面積"], [2.0, "丙", 0.25]]}),
        "rooms/d.doc": ole2({"WordDocument": "房間".encode()}),
        "rooms/e.xlsx": xlsx({"S": [["樓", "房間", "面積"], [3.0, "丁", 1.0]]})[:-40],
        "areas/a.json": JSON.encode(),
    }
    for name, content in files.items():
        path = root / "landing" / "long" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    report = run(str(root / "lake"), str(root / "landing"), ["long.*"], own=str(root / "own"))
    return Made(Lake.at(str(root / "lake")), root / "landing", root / "own", report)


def test_wide_columns_become_rows_that_know_their_header(made: Made) -> None:
    rows = {(row["village_name"], row["age_years"], row["sex"]): row for row in made.rows("silver.long.people")}

    assert {key: row["people"] for key, row in rows.items()} == {
        ("甲里", 0, "male"): 1, ("甲里", 0, "female"): 2, ("甲里", 1, "male"): 3, ("甲里", 1, "female"): 3,
        ("乙里", 1, "male"): 0, ("乙里", 1, "female"): 0, ("丁里", 0, "male"): 7,
    }  # fmt: skip
    first = rows["甲里", 1, "male"]
    assert (first["_file"], first["_row"], first["_header"]) == ("long/people/a.csv", 2, "1歲以上-男")


def test_bronze_keeps_the_wide_row_of_the_agency(made: Made) -> None:
    rows = [row for row in made.rows("bronze.long.people") if row["_row"] == 2 and row["_file"].endswith("a.csv")]

    assert [[row[name] for name in ("村里", "0歲-男", "1歲以上-女")] for row in rows] == [["甲里", "1", "3"]]


def test_long_rows_read_are_those_written_and_those_refused(made: Made) -> None:
    told = made.told("silver.long.people")

    assert (told["read"], told["written"], told["refused"]) == (14, 7, 7)
    assert told["reasons"] == {
        "repeats the key of an earlier row": 4, "people: not a whole number": 1, "people: not between 0 and 50": 1,
        "2 cells where the header has 7": 1,
    }  # fmt: skip


def test_a_refused_long_row_is_kept_as_delivered_with_its_header(made: Made) -> None:
    rows = made.rows("quarantine.long.people")
    told = {(row["row_number"], row["header"]): (dict(row["delivered"]), row["reasons"]) for row in rows}

    assert told[3, "0歲-男"] == (
        {"村里": "乙里", "人數": "0", "0歲-男": "x", "column_7": ""},
        ["people: not a whole number"],
    )
    assert told[4, ""] == ({"村里": "丙里", "人數": "1"}, ["2 cells where the header has 7"])
    assert sorted(header for row, header in told if row == 5) == ["0歲-女", "0歲-男", "1歲以上-女", "1歲以上-男"]


def test_a_pack_of_long_rows_names_the_column_and_leads_to_the_wide_row(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    to = tmp_path / "pack.csv"
    assert main([*made.asked("quarantine", "long.people", "--pack", str(to)), "--json"]) == 0
    packed = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(to.read_text("utf-8-sig").splitlines()))

    assert packed["rows"] == len(rows) == 7
    assert packed["files"][0]["located"] == 7
    (one,) = (row for row in rows if row["reasons"] == "people: not a whole number")
    assert (one["line 行號"], one["columns 欄位"], one["0歲-男"], one["0歲-女"]) == ("3", "0歲-男", "x", "")
    content = (made.landing / "long/people/a.csv").read_bytes()
    begin = int(one["byte offset 起始位元組"])
    assert content[begin : begin + int(one["byte length 位元組長度"])].decode() == "乙里,0,x,99,0,0,"


def test_samples_of_long_rows_show_the_cell_that_is_wrong(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(made.asked("quarantine", "long.people")) == 0

    told = capsys.readouterr().out
    assert "long/people/a.csv row 3: 0歲-男=x\n" in told
    assert "long/people/a.csv row 3: 0歲-女=99\n" in told


def test_text_and_workbooks_of_one_data_set_come_together_and_the_others_are_refused(made: Made) -> None:
    rows = made.rows("silver.long.rooms")
    (step,) = (step for step in made.report.steps if step.table_name == "silver.long.rooms")

    assert sorted((row["floor_no"], row["room_name"], row["area_m2"]) for row in rows) == [
        (1, "甲", 9.5), (2, "丙", 0.25), (7, "庚", 1.0),
    ]  # fmt: skip
    assert (step.rows_footer, step.rows_read, step.rows_quarantined) == (1, 4, 1)
    assert made.report.exit_code == EXIT_DATA
    assert "d.doc: the file is a Word document of the old kind (DOC)" in step.error
    assert "e.xlsx: the workbook is damaged" in step.error


def test_rows_of_workbooks_and_json_are_told_by_sheet_and_item(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found, told = [], ""
    for table in ("long.rooms", "long.areas"):
        to = tmp_path / f"{table}.csv"
        assert main([*made.asked("quarantine", table, "--pack", str(to)), "--json"]) == 0
        packed = json.loads(capsys.readouterr().out)
        assert packed["rows"] == sum(each["located"] for each in packed["files"])
        found += list(csv.DictReader(to.read_text("utf-8-sig").splitlines()))
        assert main(made.asked("quarantine", table)) == 0
        told += capsys.readouterr().out

    assert [(row["place 位置"], row["byte offset 起始位元組"], row["remark 備註"]) for row in found] == [
        ("sheet 2 row 4 第 2 個工作表第 4 列", "", ""), ("item 2 第 2 筆", "", ""), ("item 3 第 3 筆", "", ""),
    ]  # fmt: skip
    assert found[0]["樓"] == "1"
    assert found[2]["cells beyond the header 超出標題列的內容"] == "7"
    assert "long/rooms/b.xls sheet 2 row 4: 面積=大\n" in told
    assert "long/areas/a.json item 2: P=多\n" in told


def test_a_milder_rule_brings_the_long_row_into_silver_by_replay(made: Made, tmp_path: Path) -> None:
    (tmp_path / "milder").mkdir()
    (tmp_path / "milder" / "long.py").write_text(DECLARATIONS.replace("LIMIT", "100"), "utf-8")

    assert main(["replay", "long.people", "--lake", str(made.lake.root), "--pipelines", str(tmp_path / "milder")]) == 0

    people = [row["people"] for row in made.rows("silver.long.people") if row["_header"] == "0歲-女"]
    assert sorted(people) == [2, 99]
    assert len(made.rows("quarantine.long.people")) == 6
