"""Words of the police's crash files that changed in 2024, as rules: each time has its own code list."""

from __future__ import annotations

from collections.abc import Sequence

from lakeward.quality import expect
from lakeward.quality.expect import Expectation

NEW_WORDS_ON = "2024-01-01"
LIGHT_BEFORE = ("日間自然光線", "夜間(或隧道、地下道、涵洞)有照明", "夜間(或隧道、地下道、涵洞)無照明", "晨或暮光")
LIGHT = ("有照明且開啟", "有照明未開啟或故障", "無照明")
SIGHT_BEFORE = ("良好", "不良")
SIGHT = ("無遮蔽物", "有遮蔽物")
VEHICLES = (
    "大客車", "大貨車", "小貨車(含客、貨兩用)", "全聯結車", "半聯結車", "曳引車", "特種車", "軍車", "機車", "慢車",
    "其他車", "人",
)  # fmt: skip
VEHICLES_BEFORE = (*VEHICLES, "小客車")
VEHICLES_SINCE = (*VEHICLES, "小客車(含客、貨兩用)", "小貨車")


def _words(column: str, before: Sequence[str], since: Sequence[str]) -> tuple[Expectation, Expectation]:
    return (
        expect.column_values_to_be_in_set(
            column, before, row_condition=f"crashed_on < '{NEW_WORDS_ON}'", severity="warning"
        ),
        expect.column_values_to_be_in_set(
            column, since, row_condition=f"crashed_on >= '{NEW_WORDS_ON}'", severity="warning"
        ),
    )


VOCABULARY = (
    *_words("light", LIGHT_BEFORE, LIGHT),
    *_words("sight_quality", SIGHT_BEFORE, SIGHT),
    *_words("vehicle_group", VEHICLES_BEFORE, VEHICLES_SINCE),
)
