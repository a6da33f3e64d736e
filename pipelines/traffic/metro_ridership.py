"""Metro trips in Taipei by hour, station of entry and station of exit."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePeriod, Source
from lakeward.quality import expect

METRO_RIDERSHIP = Dataset(
    name="traffic.metro_ridership",
    title="Taipei metro trips by hour and pair of stations",
    title_zh="臺北捷運每日分時各站OD流量統計資料",
    agency="臺北大眾捷運股份有限公司 Taipei Rapid Transit Corporation",
    source=Source(
        files="traffic/trtc_od/*.csv",
        licence="OGDL-TW-1.0",
        cadence="monthly",
        page="data.gov.tw/dataset/128506",
        url="http://tcgmetro.blob.core.windows.net/stationod/臺北捷運每日分時各站OD流量統計資料_${YYYYMM}.csv",
        format=Csv(encoding=("utf-8", "cp950"), delimiter=(",", "\t"), footers=("^-+$", r"^\(\d+ rows? affected\)")),
    ),
    combine=ReplacePeriod("date", "month"),
    columns=(
        Column("date", "date", "day", cell="日期", key=True),
        Column("hour", "int", "hour it began; those after midnight are of the day before", cell="時段", key=True),
        Column("entered_at", "string", "station of entry", cell="進站", key=True),
        Column("left_at", "string", "station of exit", cell="出站", key=True),
        Column("trips", "int", "people", unit="people", cell="人次"),
    ),
    suite=(
        expect.column_values_to_be_between("hour", 0, 23),
        expect.column_values_to_be_between("trips", 0, 100_000),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Declared from the operator's description; no delivery was at hand when this was written. Trips, not people. "
        "Who changes trains is counted once, by the pair of ends. Station names changed as lines opened."
    ),
    limits_zh=(
        "依營運單位的說明宣告，撰寫時手上沒有實際檔案。是旅次，不是人數。轉乘者只算一次，以起訖站計。"
        "站名隨路線開通而改變。"
    ),
    publish=Publication(share="traffic"),
)
