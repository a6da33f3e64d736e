"""Clinics and hospitals by county, one row a place of care."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePart, Source
from lakeward.pipelines.places.listed import ENCODINGS, county_of, other_layouts, position, rules
from lakeward.quality import expect

COLUMNS = (
    Column("clinic_name", "string", "name as registered", cell="name", key=True),
    Column("address", "string", "address, digits half-width", cell="address", tidy=("halfwidth", "squeeze"), key=True),
    county_of("address"),
    *position("lng"),
)

CLINICS = Dataset(
    name="health.clinics",
    title="Clinics and hospitals",
    title_zh="醫療機構基本資料",
    agency="衛生福利部 Ministry of Health and Welfare",
    source=Source(
        files="health/moh_clinics/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0 (data.gov.tw default); positions added by the compiler",
        cadence="not stated",
        page="data.gov.tw/node/15393",
        format=Csv(encoding=ENCODINGS),
        layouts=other_layouts(COLUMNS, "long"),
    ),
    combine=ReplacePart("county_name"),
    columns=COLUMNS,
    suite=(
        expect.column_values_to_not_be_null("clinic_name"),
        expect.column_values_to_not_be_null("address"),
        expect.column_values_to_not_match_regex("address", "[０-９Ａ-Ｚ－]", severity="warning"),
        expect.column_values_to_match_regex("address", r"^\d*.{2}[縣市].{1,3}[鄉鎮市區]", severity="warning"),
        *rules("clinic_name", "address"),
    ),
    limits=(
        "Names of places, not their size: nothing tells doctors, beds or opening hours. Numbers of houses are written "
        "in digits or in words (一七七之十四號). Positions are a compiler's guess from the address. A clinic that "
        "closed after the list's day is still here."
    ),
    limits_zh=(
        "只有名稱，沒有規模：不知道醫師數、床數與看診時間。門牌有數字與國字兩種寫法（一七七之十四號）。"
        "座標是彙整者依地址推估。名單日期之後歇業的診所仍在內。"
    ),
    publish=Publication(share="health"),
)
