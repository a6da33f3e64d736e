"""Tainan's daily bulletins on dengue: running totals of each village, one row a bulletin and village."""

from __future__ import annotations

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Dataset, Publication, ReplacePeriod, Source, Workbook
from lakeward.quality import expect

COUNTED_ON = Cell(("_file",), pick=r"(\d{7})\.(?i:xls)")


def _cases(name: str, description: str, cell: str) -> Column:
    return Column(name, "int", description, unit="cases", cell=cell)


TAINAN_DENGUE_BULLETINS = Dataset(
    name="health.tainan_dengue_bulletins",
    title="Dengue bulletins of Tainan",
    title_zh="臺南市本土登革熱病例數日報",
    agency="臺南市政府衛生局 Tainan City Health Bureau",
    source=Source(
        files="health/tainan_dengue_bulletin/*.{xls,xlsx}",
        licence="not stated",
        cadence="daily in a season",
        page="health.tainan.gov.tw",
        format=Workbook(
            header=r"^區別$",
            renames={
                r"^\d+年 ?全年個案數$": "全年個案數",
                r"^\d+年 ?入夏個案數$": "入夏個案數",
                r"^里別 ?個案數$": "里別個案數",
                r"^\d+/\d+ ?新增個案數$": "新增個案數",
            },
            fill_down=(r"^區別$", r"^全年個案數$", r"^入夏個案數$"),
            footers=(r"^總計", r"^本日", r"^入夏截至"),
            beside=("_file",),
        ),
    ),
    combine=ReplacePeriod("counted_on", "day"),
    columns=(
        Column("counted_on", "date", "day of the bulletin, from the file's name", cell=COUNTED_ON, key=True),
        Column("town_name", "string", "district", cell="區別", tidy=("squeeze",), key=True),
        Column("village_name", "string", "village", cell="里別", tidy=("squeeze",), key=True),
        _cases("town_cases", "cases of the district since 1 January", "全年個案數"),
        _cases("town_cases_since_summer", "cases of the district since summer began", "入夏個案數"),
        _cases("village_cases", "cases of the village since 1 January", "里別個案數"),
        _cases("new_cases", "new cases of the day; blank means none or not told", "新增個案數"),
        Column("is_over", "string", "◎ where the district was released", cell="己解除區別", optional=True),
        Column(
            "last_onsets",
            "string",
            "days of the last onset and release",
            cell="最後1例發病日期/解除列管日",
            optional=True,
        ),
    ),
    suite=(
        expect.column_values_to_not_be_null("town_name"),
        expect.column_values_to_not_be_null("village_name"),
        expect.column_values_to_be_between("village_cases", 0, 10_000),
        expect.column_values_to_match_regex("town_name", "區$", severity="warning"),
        expect.column_pair_values_a_to_be_greater_than_b(
            "town_cases", "village_cases", or_equal=True, severity="warning"
        ),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Only the first sheet of each workbook is read: totals by village. Totals run and are corrected downwards: "
        "the difference of two bulletins is no count of new cases. Only local cases, by day of the verdict."
    ),
    limits_zh=(
        "只讀每個活頁簿的第一張工作表：各里合計。合計為累計且會向下修正，兩期相減不是新增病例數。"
        "只含本土病例，依確診日。"
    ),
    publish=Publication(share="health"),
)
