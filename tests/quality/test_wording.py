"""Every reason that the code can make has its Chinese."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakeward.lake.table import Column
from lakeward.pipelines import normalise, typed
from lakeward.pipelines.dataset import Csv, Dataset, ReplacePart, ReplacePeriod, Source
from lakeward.pipelines.delimited import read_rows
from lakeward.pipelines.head import Head
from lakeward.pipelines.typed import REPEATED
from lakeward.quality import expect
from lakeward.quality.compiler import reason as told
from lakeward.quality.compiler.rows import ROWS
from lakeward.quality.gate import Tally, delivery_verdict
from lakeward.quality.result import Result
from lakeward.quality.wording import about, in_chinese

NAMES = {"rain_mm": "雨量(mm)", "day": "日期"}
ENGLISH = re.compile(r"[A-Za-z]{2,}")


def _untold(reason: str) -> list[str]:
    """Give the English words that are left in the Chinese of a reason about `rain_mm`."""
    return ENGLISH.findall(in_chinese(reason, NAMES).replace("(mm)", ""))


@pytest.mark.parametrize("kind", sorted(ROWS))
@pytest.mark.parametrize("bounds", [(0, 3000), (None, 3000), (0, None), (None, None)])
def test_every_rule_on_rows_has_its_chinese(kind: str, bounds: tuple[int | None, int | None]) -> None:
    low, high = bounds
    arguments = {"column": "rain_mm", "regex": "^1: 2; 3$", "value_set": (1,), "min_value": low, "max_value": high}
    more = {"regex_list": ("1", "2"), "value": 3, "sum_total": 4, "strftime_format": "%Y"}
    reason = told(expect.Expectation(kind, {**arguments, **more}))

    assert reason.startswith("rain_mm: ")
    assert in_chinese(reason, NAMES).startswith("雨量(mm)：")
    assert not [word for word in _untold(reason) if word != "None"]
    assert about(reason) == ("rain_mm",)


@pytest.mark.parametrize("how", [*normalise._PARSERS, "decimal(9,2)"])
def test_every_text_that_cannot_be_read_has_its_chinese(how: str) -> None:
    for reason in (f"rain_mm: {normalise.unreadable(how)}", f"rain_mm: {normalise.unreadable(how)} in 雨量"):
        assert "：" in in_chinese(reason)
        assert not _untold(reason)


def test_every_reason_about_a_period_or_part_has_its_chinese(spark: SparkSession) -> None:
    source = Source("made/*.csv", "not stated", "never", period=r"^(\d{4}-\d\d)_")
    columns = (Column("rain_mm", "date", "made", cell="雨"),)
    combines = (ReplacePart("rain_mm"), ReplacePeriod("rain_mm", "month"))
    made = [Dataset("made.days", "Made", "虛構", "nobody", source, columns, combine=each) for each in combines]

    told = ["2021-03"]
    reasons = [reason for each in made for _, reason in typed._period_checks(each, told) if isinstance(reason, str)]
    reasons.append(typed.outside("rain_mm", "2021-03"))

    assert [in_chinese(reason, NAMES) for reason in reasons] == [
        "雨量(mm)：沒有值，無法得知屬於哪一部分",
        "雨量(mm)：沒有值，無法得知屬於哪個期間",
        "雨量(mm)：不在檔名所示的期間 2021-03 之內",
    ]


def test_reasons_about_whole_rows_have_their_chinese(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n1\n", "utf-8")
    (batch,) = read_rows(str(path), Csv(), Head("utf-8", ("a", "b"), True))
    fault = str(batch.column("_fault")[0].as_py())

    assert in_chinese(fault) == "這一列有 1 格，標題列有 2 格"
    assert not _untold(REPEATED)
    assert about(fault) == about(REPEATED) == ()


def test_verdicts_on_whole_deliveries_have_their_chinese() -> None:
    reasons = Counter({"rain_mm: does not match ^1: 2; 3$": 1_200, "day: not a date": 2, REPEATED: 1})
    count = expect.table_row_count_to_be_between
    share = delivery_verdict(Tally(0, 1_203, reasons), 0.05)
    few, many = (
        delivery_verdict(Tally(3, results=(Result(rule, False, {"observed_value": 3}),)), 1)
        for rule in (count(1_000), count(None, 2))
    )

    assert in_chinese(f"delivery refused: {share}", NAMES) == (
        "整份檔案退回：1,203 列中有 100.0 % 不合格，容許 5.0 %："
        "雨量(mm)：不符合格式 ^1: 2; 3$（1,200 列）；日期：不是日期（2 列）；鍵值與前面的列重複（1 列）"
    )
    assert in_chinese(f"delivery refused: {few}") == "整份檔案退回：只剩 3 列，規則容許 1000 到 不限 列"
    assert in_chinese(f"delivery refused: {many}") == "整份檔案退回：只剩 3 列，規則容許 不限 到 2 列"
    assert about(f"delivery refused: {share}") == ()


def test_a_reason_of_no_known_kind_is_shown_as_it_is() -> None:
    assert in_chinese("rain_mm: is wet", NAMES) == "rain_mm: is wet"
    assert in_chinese("delivery refused: it rained") == "整份檔案退回：it rained"
    assert in_chinese("") == ""


def test_several_columns_are_named_as_the_agency_does() -> None:
    assert about("day, rain_mm: no value") == ("day", "rain_mm")
    assert in_chinese("day, rain_mm: no value", NAMES) == "日期、雨量(mm)：沒有值"
