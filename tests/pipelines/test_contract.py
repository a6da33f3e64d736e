"""A delivery held against its declaration and against the last good one, from its header and first rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lakeward.lake.ledger import Entry
from lakeward.lake.table import Column
from lakeward.pipelines.contract import Delivered, examine, last_good
from lakeward.pipelines.dataset import Csv, Dataset, Layout, Source
from lakeward.pipelines.head import Head
from lakeward.pipelines.layout import ColumnsMissing
from lakeward.pipelines.police.fatal_crashes import FATAL_CRASHES

HEADER = ("測站", "日期", "雨量(mm)", "備註", "風速")
COLUMNS = (
    Column("station", "string", "made station", cell="測站", key=True, codes={"甲": "one", "乙": "two"}),
    Column("day", "date", "day", cell="日期", key=True),
    Column("rain_mm", "double", "rain", cell="雨量(mm)", nulls=("X",), reads={"T": "0"}),
    Column("note", "string", "remark", cell="備註", optional=True),
)
RAIN = Dataset(
    name="made.rain",
    title="Rain",
    title_zh="雨量",
    agency="nobody",
    source=Source(
        "made/rain/*.csv",
        licence="not stated",
        cadence="never",
        format=Csv(encoding="utf-8"),
        since="2018",
        period=r"^(\d{4}(?:-\d\d)?)",
        layouts=(Layout("old", {"station": "站", "rain_mm": "雨"}, until="2017-06"),),
    ),
    columns=COLUMNS,
)
LAST = {"current": Delivered("made/rain/2020.csv", HEADER)}
ROW = ("甲", "109/01/02", "1.5", "", "3")


def said(
    header: tuple[str, ...], *rows: tuple[str, ...], file: str = "2021.csv", last: dict[str, Delivered] = LAST
) -> tuple[str, ...]:
    return examine(RAIN, f"made/rain/{file}", Head("utf-8", header, True, first_rows=rows or (ROW,)), last)[1]


def refusal(header: tuple[str, ...], *rows: tuple[str, ...]) -> ColumnsMissing:
    with pytest.raises(ColumnsMissing) as refused:
        said(header, *rows)
    return refused.value


def test_a_delivery_like_the_last_one_says_nothing_new() -> None:
    assert said(HEADER) == ("columns that nothing declares: 風速",)


def test_a_new_column_is_told_with_its_place() -> None:
    assert "columns that nothing declares: 氣溫, 風速; new since made/rain/2020.csv: 氣溫 (after 日期)" in said(
        ("測站", "日期", "氣溫", "雨量(mm)", "備註", "風速"), ("甲", "109/01/02", "20", "1.5", "", "3")
    )


def test_the_fewest_columns_that_explain_another_order_are_told() -> None:
    moved = ("風速", "測站", "日期", "雨量(mm)", "備註")

    assert "columns in another place than in made/rain/2020.csv: 風速; they are read by name" in said(
        moved, ("3", "甲", "109/01/02", "1.5", "")
    )


def test_a_missing_optional_column_is_told_once_with_its_likely_new_name() -> None:
    without = ("測站", "日期", "雨量(mm)", "備註欄", "風速")

    assert "the optional column 備註 is missing; it is perhaps 備註欄 now: if so, declare it as a layout" in said(
        without
    )
    assert not any("missing" in text for text in said(without, last={"current": Delivered("b.csv", without)}))


def test_a_column_that_nothing_declares_and_is_gone_is_told() -> None:
    assert said(HEADER[:4]) == ("columns gone since made/rain/2020.csv, which nothing declares: 風速",)


@pytest.mark.parametrize(
    ("header", "row", "old", "new"),
    [
        (("測站", "日期", "降雨量(mm)", "備註", "風速"), ROW, "雨量(mm)", "降雨量(mm)"),
        (("測站", "日期", "Precp", "備註", "風速"), ROW, "雨量(mm)", "Precp"),
        (("測站", "日期", "雨 量(MM)", "備註", "風速"), ROW, "雨量(mm)", "雨 量(MM)"),
        (("備註", "測站名稱", "風速", "日期", "雨量(mm)"), ("", "甲", "3", "109/01/02", "1.5"), "測站", "測站名稱"),
    ],
    ids=["a longer name", "another language at the same place", "blanks and case", "elsewhere"],
)
def test_a_renamed_column_is_refused_with_its_likely_new_name(
    header: tuple[str, ...], row: tuple[str, ...], old: str, new: str
) -> None:
    told = refusal(header, row)

    assert told.missing == (old,)
    assert f"the declaration of made.rain; {old} is perhaps {new} now" in told.remedy


def test_values_decide_between_two_likely_new_names() -> None:
    header = ("測站", "日期", "雨級", "雨值", "備註")
    wordy = ("甲", "109/01/02", "大雨", "55.5", "")
    numeric = ("甲", "109/01/02", "55.5", "大雨", "")

    assert "雨量(mm) is perhaps 雨值 now" in refusal(header, wordy).remedy
    assert "雨量(mm) is perhaps 雨級 now" in refusal(header, numeric).remedy


def test_a_column_that_was_there_before_is_nobodys_new_name() -> None:
    assert "perhaps" not in refusal(("測站", "日期", "風速", "備註"), ("甲", "109/01/02", "1.5", "")).remedy


def test_values_of_another_kind_are_told_and_slips_are_not() -> None:
    strong = [("甲", "109/01/02", text, "", "3") for text in ("大", "小", "1.5", "X")]
    weak = [("甲", "109/01/02", text, "", "3") for text in ("大", "1,000.5", "T", "X")]

    assert any(
        "rain_mm: declared double, but 2 of the first 4 values of 雨量(mm) are not, as '大'" in t
        for t in said(HEADER, *strong)
    )
    assert not any("declared double" in text for text in said(HEADER, *weak))


def test_headers_that_stand_twice_are_told() -> None:
    assert "風速 stands 2 times in the header; the later ones are called 風速_2" in said((*HEADER, "風速"), (*ROW, "4"))
    assert not any(
        "stands" in text for text in said((*HEADER, "風速"), last={"current": Delivered("b", (*HEADER, "風速"))})
    )


@pytest.mark.parametrize(
    ("file", "header", "told"),
    [
        ("2017-07.csv", ("站", "雨"), 'it claims 2017-07, but has the layout "old", in use until 2017-06'),
        ("2021.csv", ("站", "雨"), 'it claims 2021, but has the layout "old", in use until 2017-06'),
        ("2017.csv", HEADER, 'it claims 2017, but has the layout "current", in use since 2018'),
        ("2017-06.csv", ("站", "雨"), ""),
        ("2018.csv", HEADER, ""),
        ("x.csv", ("站", "雨"), ""),
    ],
)
def test_a_layout_outside_its_declared_time_is_told(file: str, header: tuple[str, ...], told: str) -> None:
    claims = [text for text in said(header, ROW, file=file) if text.startswith("it claims")]

    assert claims == ([told] if told else [])


def test_the_last_good_delivery_is_the_newest_that_was_not_refused_in_each_layout() -> None:
    entry = Entry("made.rain", "a.csv", "a", 1, "", "received", "", "", 0, "", "utf-8", HEADER, False)
    told = [
        entry,
        replace(entry, file="b.csv", sha256="b"),
        replace(entry, file="c.csv", sha256="c", header=(*HEADER, "x")),
        replace(entry, file="c.csv", sha256="c", status="refused"),
        replace(entry, file="d.csv", sha256="d", header=("站", "雨")),
        replace(entry, file="e.csv", sha256="e", header=("甲",)),
    ]

    assert last_good(RAIN, told) == {"current": Delivered("b.csv", HEADER), "old": Delivered("d.csv", ("站", "雨"))}


def test_a_crash_file_in_the_shape_of_2015_that_claims_2021_is_told() -> None:
    header = ("發生時間", "發生地點", "死亡受傷人數", "車種")
    head = Head("utf-8", header, True, first_rows=(("104年01月01日 04時30分00秒", "臺北市", "死亡1;受傷0", "小客車"),))

    assert examine(FATAL_CRASHES, "police/npa_a1_annual/2015_x.csv", head, {})[1] == ()
    assert examine(FATAL_CRASHES, "police/npa_a1_annual/2021_x.csv", head, {})[1] == (
        'it claims 2021, but has the layout "four columns, until 2017", in use until 2017',
    )
