"""Fatal traffic crashes (A1: death at the scene or within 24 hours), one row a party."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Dataset, Layout, Publication, ReplacePeriod, Source
from lakeward.pipelines.police.crash_parties import (
    AGENCY,
    COUNTY,
    DEATHS,
    FORMAT,
    INJURED,
    PARTY_COLUMNS,
    PARTY_RULES,
)
from lakeward.quality import expect

FATAL_CRASHES = Dataset(
    name="police.fatal_crashes",
    title="Fatal traffic crashes (A1)",
    title_zh="A1類交通事故資料",
    agency=AGENCY,
    source=Source(
        files="police/npa_a1_annual/*.csv",
        licence="OGDL-TW-1.0",
        cadence="yearly, with later corrections",
        page="data.gov.tw/dataset/12818",
        format=FORMAT,
        period=r"^(\d{4})_",
        since="2018",
        layouts=(
            Layout(
                "four columns, until 2017",
                {
                    "crashed_on": Cell(("發生時間",), pick=r"^(\S+)"),
                    "crashed_at": "發生時間",
                    "place": "發生地點",
                    "county_name": COUNTY,
                    "deaths": DEATHS,
                    "injured": INJURED,
                    "vehicles": "車種",
                },
                until="2017",
            ),
        ),
    ),
    combine=ReplacePeriod("crashed_on", "year"),
    columns=(
        *PARTY_COLUMNS,
        Column("vehicles", "string", "vehicles of all parties, until 2017 only", title="車種"),
    ),
    suite=(
        *PARTY_RULES,
        expect.column_values_to_be_between("deaths", 1, 100, severity="warning"),
    ),
    limits=(
        "Only deaths at the scene or within 24 hours; 30-day deaths are counted elsewhere. The vocabulary of light, "
        "party and sight changed in 2024. Until 2017 a crash is one row without police unit, position or weather."
    ),
    limits_zh=(
        "只含當場或 24 小時內死亡，30 日內死亡另有統計。光線、當事者與視距的用語在 2024 年改變。"
        "2017 年以前一件事故一列，沒有處理單位、座標與天候。"
    ),
    publish=Publication(share="police"),
)
