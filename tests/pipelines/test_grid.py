"""Headers, remarks and merged cells as agencies write them, in text; every value here is made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.formats import Csv
from lakeward.pipelines.head import Head
from lakeward.pipelines.reading import read_head, read_rows


def _read(tmp_path: Path, content: bytes | str, form: Csv) -> tuple[Head, list[dict[str, Any]]]:
    path = tmp_path / "some.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    head = read_head(str(path), form)
    return head, [row for batch in read_rows(str(path), form, head) for row in batch.to_pylist()]


def _cells(rows: list[dict[str, Any]]) -> list[list[str | None]]:
    return [[cell for name, cell in row.items() if name[0] != "_"] for row in rows]


@pytest.mark.parametrize("above", ["", "month,village\n", "某年統計表,\n\nmonth,village\n"])
def test_the_header_is_found_whatever_stands_above_it(tmp_path: Path, above: str) -> None:
    head, rows = _read(tmp_path, f"{above}統計年月,村里\n10912,甲里\n", Csv("utf-8", header="^統計年月$"))

    assert head.header == ("統計年月", "村里")
    assert _cells(rows) == [["10912", "甲里"]]
    assert rows[0]["_row"] == above.count("\n") + 2
    assert [list(row) for row in head.first_rows] == [["10912", "甲里"]]


def test_a_file_without_the_declared_header_is_refused_and_shows_its_first_rows(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match=r"none of its first 2 rows has a cell like \^年月") as told:
        _read(tmp_path, "甲,乙\n1,2\n", Csv("utf-8", header="^年月"))

    assert "甲 乙" in str(told.value)


def test_a_header_over_two_rows_is_joined_and_runs_to_the_right(tmp_path: Path) -> None:
    head, rows = _read(tmp_path, "區別,人數,,備註\n,男,女,\n甲區,1,2,無\n", Csv("utf-8", header_rows=2))

    assert [text.strip() for text in head.header] == ["區別", "人數 男", "人數 女", "備註"]
    assert _cells(rows) == [["甲區", "1", "2", "無"]]


DESTROYED = "\ufffd\ufffdN\ufffdX,\ufffdq(mm),\ufffdQ10\ufffdq(mm)\n"
NAMES = ("站碼", "雨量(mm)", "十分鐘10雨量(mm)")


def test_a_destroyed_header_takes_the_declared_names_and_ragged_rows_stay_ragged(tmp_path: Path) -> None:
    form = Csv("utf-8", by_position=NAMES)

    head, rows = _read(tmp_path, DESTROYED + "甲1,0.5,0.1\n甲1,,,\n甲1,1,2,3\n", form)

    assert head.header == NAMES
    assert [row["_kind"] for row in rows] == ["row", "row", "ragged"]
    assert rows[0]["雨量_mm_"] == "0.5"


def test_an_intact_header_is_read_by_name_even_where_positions_are_declared(tmp_path: Path) -> None:
    head, rows = _read(tmp_path, "雨量(mm),站碼\n0.5,甲1\n", Csv("utf-8", by_position=NAMES))

    assert head.header == ("雨量(mm)", "站碼")
    assert rows[0]["站碼"] == "甲1"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (DESTROYED.replace("N\ufffdX,", "N\ufffdX,\ufffd,"), "has 4 columns where 3 are declared"),
        ("\ufffdN,\ufffdQ10\ufffdq(mm),\ufffdq(mm)\n", "what is left of column 2"),
    ],
    ids=["a column more", "columns swapped"],
)
def test_a_destroyed_header_that_cannot_be_the_declared_one_is_refused(tmp_path: Path, header: str, why: str) -> None:
    with pytest.raises(DeliveryRefused, match=why):
        _read(tmp_path, f"{header}1,2,3\n", Csv("utf-8", by_position=NAMES))


def test_headers_with_a_date_in_them_are_read_under_one_name(tmp_path: Path) -> None:
    form = Csv("utf-8", renames={r"^\d+/\d+ ?新增$": "新增"})

    for text in ("8/21\n新增", "10/01　新增"):
        assert _read(tmp_path, f'區,"{text}"\n甲,1\n', form)[0].header == ("區", "新增")


def test_blank_cells_repeat_the_one_above_within_what_the_columns_before_them_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lakeward.pipelines.decoding.BLOCK_BYTES", 16)  # so that it goes on from batch to batch
    form = Csv("utf-8", fill_down=("^區$", "計$"), footers=("^總計",))

    _, rows = _read(tmp_path, "區,區計,里\n甲區,3,一里\n,,二里\n總計,9,\n,,三里\n乙區,,四里\n　,,五里\n", form)

    assert _cells(rows) == [
        ["甲區", "3", "一里"], ["甲區", "3", "二里"], ["總計", "9", ""], ["甲區", "3", "三里"], ["乙區", "", "四里"],
        ["乙區", "", "五里"],
    ]  # fmt: skip
    assert [row["_kind"] for row in rows] == ["row", "row", "footer", "row", "row", "row"]


def test_a_remark_is_known_by_its_first_cell_that_is_not_blank(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, "a,b,c\n1,2,3\n,　,小　計\n", Csv("utf-8", footers=("^小\\s*計",)))

    assert [row["_kind"] for row in rows] == ["row", "footer"]


def test_only_as_many_cells_may_be_missing_at_the_end_of_a_row_as_declared(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, "a,b,c\n1,2,3\n4,5\n6\n", Csv("utf-8", may_lack=1))

    assert [row["_kind"] for row in rows] == ["row", "row", "ragged"]
    assert _cells(rows)[1] == ["4", "5", None]


def test_the_name_of_the_file_and_the_title_stand_beside_each_row(tmp_path: Path) -> None:
    form = Csv("utf-8", skip_rows=2, beside=("_title", "_file"))

    head, rows = _read(tmp_path, "某市統計,\n至104/08/21,\na,b\n1,2\n3\n", form)

    assert head.header == ("a", "b", "_title", "_file")
    assert [(row["_title_"], row["_file_"], row["_kind"]) for row in rows] == [
        ("某市統計\n至104/08/21", "some.csv", "row"),
        ("某市統計\n至104/08/21", "some.csv", "ragged"),
    ]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("路,數\n甲,1\n".encode(), "utf-8", ","),
        ("路,數\n許功蓋,1\n".encode("cp950"), "cp950", ","),
        ("路,數\n𨋢,1\n".encode("big5hkscs"), "big5hkscs", ","),
        ("路\t數\n甲,乙\t1\n".encode("utf-16-le"), "utf-16-le", "\t"),
        (b"\xff\xfe" + "路\t數\n甲\t1\n".encode("utf-16-le"), "utf-16", "\t"),
        ("\ufeff路,數\n甲,1\n".encode(), "utf-8-sig", ","),
    ],
)
def test_the_first_declared_encoding_and_the_fitting_delimiter_are_taken(
    tmp_path: Path, content: bytes, encoding: str, delimiter: str
) -> None:
    form = Csv(encoding=("utf-8", "cp950", "big5hkscs", "utf-16-le"), delimiter=(",", "\t"))

    head, rows = _read(tmp_path, content, form)

    assert (head.encoding, head.delimiter, head.header, head.warnings) == (encoding, delimiter, ("路", "數"), ())
    assert rows[0]["數"] == "1"


def test_of_several_encodings_the_one_that_reads_the_whole_file_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lakeward.pipelines.delimited.HEADER_BYTES", 32)
    content = ("路,數\n" + "許功蓋,1\n" * 9 + "𨋢,1\n").encode("big5hkscs")

    head, rows = _read(tmp_path, content, Csv(encoding=("utf-8", "cp950", "big5hkscs")))

    assert head.encoding == "big5hkscs"
    assert rows[-1]["路"] == "𨋢"


def test_letters_for_private_use_are_kept(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, "村里\n\U000f0002\ue000里\n", Csv("utf-8"))

    assert rows[0]["村里"] == "\U000f0002\ue000里"
