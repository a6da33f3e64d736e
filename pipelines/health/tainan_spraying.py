"""Spraying against dengue in Tainan, one row a place and time."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePeriod, Source
from lakeward.quality import expect

SPRAYED_ON = Cell(("_file", "日期"), pick=r"(\d{4})\d\d.* (\d+月\d+日)", put="$1年$2", made="%m月%d日")
SPRAYED_AT = Cell(
    ("_file", "日期", "集合時間"),
    pick=r"(\d{4})\d\d.* (\d+月\d+日) (\d+:\d+)",
    put="$1年$2 $3",
    made="%H:%M",
)
FILE_MONTH = Cell(("_file",), pick=r"(\d{6})")

TAINAN_SPRAYING = Dataset(
    name="health.tainan_spraying",
    title="Spraying against dengue in Tainan",
    title_zh="臺南市登革熱噴藥行程",
    agency="臺南市政府衛生局 Tainan City Health Bureau",
    source=Source(
        files="health/tainan_spraying/*.csv",
        licence="not stated",
        cadence="monthly in a season",
        format=Csv(encoding=("utf-8", "cp950"), beside=("_file",), may_lack=1),
    ),
    combine=ReplacePeriod("planned_month", "month"),
    columns=(
        Column(
            "planned_month", "date", "month of the plan, from the file's name", cell=FILE_MONTH, parse="month", key=True
        ),
        Column("plan_no", "int", "number in the plan", cell="序號", key=True),
        Column("sprayed_on", "date", "day; its year is that in the file's name", cell=SPRAYED_ON),
        Column("gathering_at", "timestamp", "when the team gathers, UTC", cell=SPRAYED_AT),
        Column("work", "string", "噴藥 or 孳清", cell=Cell(("孳清/噴藥",), made=("噴藥", "孳清"))),
        Column("town_name", "string", "district as written; 區 is left out at times", cell="區域", tidy=("squeeze",)),
        Column(
            "village_name", "string", "village as written; several stand in one cell", cell="里別", tidy=("squeeze",)
        ),
        Column("gathering_place", "string", "where the team gathers", cell="集合地點"),
        Column("lon_deg", "double", "longitude of that place, WGS84", unit="degrees", cell="經度"),
        Column("lat_deg", "double", "latitude of that place, WGS84", unit="degrees", cell="緯度"),
        Column("locksmiths", "string", "locksmiths", unit="people", cell="鎖匠"),
        Column("police", "string", "police officers", unit="people", cell="警員 (安全維護)"),
        Column("detectives", "string", "detectives with a camera", unit="people", cell="刑警(V8)"),
        Column("sprayers", "string", "sprayers and whose they are, as written (15/國軍)", cell="噴工數"),
        Column("support", "string", "helpers", unit="people", cell="支援人力"),
        Column("rest_place", "string", "where the team rests, since October 2015", cell="中午休息地點", optional=True),
    ),
    suite=(
        expect.column_values_to_not_be_null("planned_month"),
        expect.column_values_to_not_be_null("sprayed_on"),
        expect.column_values_to_match_regex("town_name", "區$", severity="warning"),
        expect.column_values_to_be_between("lon_deg", 119.9, 120.7, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 22.8, 23.5, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Plans, not work done. Dates have no year: it is that of the file's name, wrong where a plan runs into "
        "January. Positions have three decimals since October 2015, about 100 m."
    ),
    limits_zh=(
        "是預定行程，不是完成的工作。日期沒有年份，取檔名的年份，行程跨到一月時會錯。2015 年 10 月起座標只有"
        "三位小數，約 100 公尺。"
    ),
    publish=Publication(share="health"),
)
