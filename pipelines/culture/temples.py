"""Temples, churches and other registered places of worship, one row each."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePart, Source
from lakeward.pipelines.places.listed import ENCODINGS, other_layouts, position, rules
from lakeward.quality import expect

COLUMNS = (
    Column("temple_name", "string", "name as registered", cell="TempleName"),
    Column("deity", "string", "main deity; of churches often their own name", cell="LordGod"),
    Column("county_name", "string", "county", cell="Area", tidy=("squeeze", "tai")),
    Column("address", "string", "address; the village may stand within the road", cell="Address", tidy=("halfwidth",)),
    *position("long"),
)

TEMPLES = Dataset(
    name="culture.temples",
    title="Temples, churches and other places of worship",
    title_zh="全國宗教團體基本資料",
    agency="內政部民政司 Department of Civil Affairs, Ministry of the Interior",
    source=Source(
        files="culture/moi_temples/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0 (data.gov.tw default); positions added by the compiler",
        cadence="not stated",
        page="data.gov.tw/node/8203",
        format=Csv(encoding=ENCODINGS),
        layouts=other_layouts(COLUMNS, "lng"),
    ),
    combine=ReplacePart("county_name"),
    columns=COLUMNS,
    suite=(
        expect.column_values_to_not_be_null("temple_name"),
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_not_be_null("address"),
        expect.column_values_to_not_be_null("deity", mostly=0.9, severity="warning"),
        expect.column_values_to_match_regex("address", r"^\d*.{2}[縣市].{1,3}[鄉鎮市區]", severity="warning"),
        expect.compound_columns_to_be_unique(("temple_name", "deity", "address"), severity="warning"),
        *rules("temple_name", "address"),
    ),
    limits=(
        "Only registered places; small shrines are missing. In many addresses the village stands after the road "
        "(斗六市中山路社口里80號), so villages cannot be cut out by place. Many temples share a name, and a few rows "
        "are in the list twice. Churches are listed with their own name as deity. Positions are a compiler's guess."
    ),
    limits_zh=(
        "只含已登記者，小廟不在內。許多地址把村里寫在路名之後（斗六市中山路社口里80號），無法依位置切出村里。"
        "不少寺廟同名，少數列出現兩次。教會以自己的名稱列為主祀神祇。座標是彙整者依地址推估。"
    ),
    publish=Publication(share="culture"),
)
