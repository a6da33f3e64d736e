"""Households and people of every smallest statistic area (最小統計區), of some 450 people each."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Dataset, Json, Publication, ReplacePart, Source, Titles
from lakeward.pipelines.places.counties import COUNTY_CODES
from lakeward.quality import expect, sums

STATISTIC_AREAS = Dataset(
    name="maps.statistic_areas",
    title="Population by smallest statistic area",
    title_zh="統計區人口統計（最小統計區）",
    agency="內政部統計處 Department of Statistics, Ministry of the Interior (SEGIS)",
    source=Source(
        files="maps/segis_basecode/*.json",
        licence="not stated; OGDL-TW-1.0 to be checked",
        cadence="quarterly",
        page="segis.moi.gov.tw 3A1FA_A1C2",
        format=Json(
            rows="RowDataList",
            titles=Titles("ColumnList", key="COLUMN_NAME", title="COLUMN_DESC"),
            beside=("Info.0.InCountyId",),
        ),
    ),
    combine=ReplacePart("county_code", also=("counted_on",)),
    columns=(
        Column("counted_on", "date", "last day of the month", cell="資料時間", parse="month_end", key=True),
        Column("area_code", "string", "smallest statistic area: A0907-0190-00", cell="最小統計區代碼", key=True),
        Column("county_code", "string", "five digits of the county", cell="Info.0.InCountyId"),
        Column("level1_code", "string", "first-level publication area", cell="一級發布區代碼"),
        Column("level2_code", "string", "second-level publication area", cell="二級發布區代碼"),
        Column("households", "int", "households", unit="households", cell="戶數"),
        Column("population", "int", "registered residents", unit="people", cell="人口數"),
        Column("men", "int", "registered men", unit="people", cell="男性人口數"),
        Column("women", "int", "registered women", unit="people", cell="女性人口數"),
    ),
    suite=(
        expect.column_values_to_match_regex("area_code", r"^A\d{4}-\d{4}-\d{2}$"),
        expect.column_values_to_be_in_set("county_code", tuple(COUNTY_CODES), severity="warning"),
        expect.column_values_to_not_be_null("population", severity="warning"),
        expect.column_values_to_be_between("population", 0, 20_000, severity="warning"),
        sums.column_values_to_be_sum_of("population", ("men", "women"), severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits="Areas without people may have no count. Areas are redrawn as people move: codes of two years may differ.",
    limits_zh="沒有人口的統計區可能沒有統計。統計區隨人口移動重劃，兩個年度的代碼可能不同。",
    publish=Publication(share="maps"),
)
