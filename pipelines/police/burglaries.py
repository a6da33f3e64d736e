"""Burglaries of homes that county police departments publish, one row a case."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePeriod, Source
from lakeward.pipelines.places.listed import ENCODINGS, county_of, other_layouts, position, rules
from lakeward.quality import expect

COLUMNS = (
    Column("occurred_at", "timestamp", "when it happened or was found, UTC", cell="date"),
    Column("occurred_on", "date", "that day, Taiwan time", cell=Cell(("date",), pick=r"^(\S+)")),
    county_of("address"),
    Column("address", "string", "where, to the road only", cell="address", tidy=("halfwidth",)),
    *position("lng"),
)

BURGLARIES = Dataset(
    name="police.burglaries",
    title="Burglaries of homes",
    title_zh="住宅竊盜點位資訊",
    agency="縣市警察局 County police departments",
    source=Source(
        files="police/county_burglary/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0 (data.gov.tw default; no licence file)",
        cadence="not stated",
        page="data.gov.tw/node/37554",
        format=Csv(encoding=ENCODINGS),
        layouts=other_layouts(COLUMNS, "long"),
    ),
    combine=ReplacePeriod("occurred_on", "year", within="county_name"),
    columns=COLUMNS,
    suite=(
        expect.column_values_to_not_be_null("occurred_on"),
        expect.column_values_to_be_between("occurred_on", "2000-01-01", "2100-01-01"),
        expect.column_values_to_not_be_null("address"),
        expect.compound_columns_to_be_unique(("occurred_at", "address"), severity="warning"),
        *rules("address"),
    ),
    limits=(
        "Addresses end at the road, so that nobody's home can be told; the position is a compiler's guess from such an "
        "address and may be the middle of a village. A few have none. Only cases that were reported. Counties publish "
        "for themselves: one that is not here did not publish, it is not free of burglaries."
    ),
    limits_zh=(
        "地址只到路名，看不出是哪一戶；座標是彙整者依此推估，可能是村里的中心，少數沒有座標。"
        "只含有報案的案件。各縣市自行發布：不在這裡表示沒有發布，不表示沒有竊盜。"
    ),
    publish=Publication(share="police"),
)
