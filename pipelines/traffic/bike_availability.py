"""Bikes and free docks at each YouBike station of Taipei, about every ten minutes."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePeriod, Source
from lakeward.quality import expect

BIKE_AVAILABILITY = Dataset(
    name="traffic.bike_availability",
    title="YouBike 2.0 availability in Taipei",
    title_zh="臺北市YouBike2.0即時資訊歷史資料",
    agency="臺北市政府交通局 Department of Transportation, Taipei City",
    source=Source(
        files="traffic/youbike_slots/*.csv",
        licence="OGDL-TW-1.0 (data.gov.tw default)",
        cadence="every ten minutes, collected by day",
        page="data.gov.tw/dataset/137993",
        format=Csv(encoding="utf-8"),
        period=r"(\d{4}-\d{2}-\d{2})",
    ),
    combine=ReplacePeriod("observed_on", "day"),
    columns=(
        Column("station_id", "string", "number of the station", cell="sno", key=True),
        Column("observed_at", "timestamp", "when the city's system was updated, UTC", cell="infoTime", key=True),
        Column("observed_on", "date", "that day, Taiwan time", cell="infoTime"),
        Column("docks", "int", "docks of the station, as listed", unit="docks", cell="total"),
        Column("bikes", "int", "bikes that can be rented", unit="bikes", cell="available_rent_bikes"),
        Column("free_docks", "int", "docks that can take a bike", unit="docks", cell="available_return_bikes"),
    ),
    suite=(
        expect.column_values_to_not_be_null("observed_on"),
        expect.column_values_to_not_be_null("bikes"),
        expect.column_values_to_not_be_null("free_docks"),
        expect.column_values_to_be_between("docks", 0, 500),
        expect.column_values_to_be_between("bikes", 0, 500),
        expect.column_values_to_be_between("free_docks", 0, 500),
        # Docks out of order are listed and neither free nor taken: a quarter of all readings.
        expect.column_values_to_be_null("docks", row_condition="docks <> bikes + free_docks", severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Collected by a volunteer from the city's interface: whole days are missing between others, and a day holds "
        "4,000 to 110,000 readings, so compare shares, not sums. A quarter of the readings have more docks than "
        "bikes and free docks together: docks out of order count as neither. While the service was shut down for a "
        "typhoon only few readings came."
    ),
    limits_zh=(
        "由志工自市府介面蒐集：中間有整日缺漏，每日讀數從 4,000 到 110,000 筆不等，請比較比率，不要比較合計。"
        "四分之一的讀數，車位總數大於車輛加空位：故障的車位兩者都不算。颱風停止服務期間只有少數讀數。"
    ),
    publish=Publication(share="traffic"),
)
