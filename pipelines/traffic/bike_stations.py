"""YouBike stations of Taipei, as each delivery lists them: they come, go, and are moved."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Snapshot, Source
from lakeward.quality import expect

BIKE_STATIONS = Dataset(
    name="traffic.bike_stations",
    title="YouBike 2.0 stations of Taipei",
    title_zh="臺北市YouBike2.0站點",
    agency="臺北市政府交通局 Department of Transportation, Taipei City",
    source=Source(
        files="traffic/youbike_sites/*.{csv,xlsx}",
        licence="OGDL-TW-1.0 (data.gov.tw default)",
        cadence="when stations change",
        page="data.gov.tw/dataset/137993",
        format=Csv(encoding="utf-8"),
        edition=r"(\d{4}-\d{2}-\d{2})",
    ),
    combine=Snapshot(keep_history=True),
    columns=(
        Column("station_id", "string", "number of the station", cell="sno", key=True),
        Column("station_name", "string", "name in Chinese", cell="sna"),
        Column("district_name", "string", "district; 臺大公館校區 is a campus", cell="sarea", tidy=("squeeze", "tai")),
        Column("district_name_en", "string", "district in English", cell="sareaen"),
        Column("lon_deg", "double", "longitude, WGS84", unit="degrees", cell="longitude"),
        Column("lat_deg", "double", "latitude, WGS84", unit="degrees", cell="latitude"),
        Column("address", "string", "where it stands", cell="ar"),
        Column("address_en", "string", "where it stands, in English", cell="aren"),
        Column("is_active", "boolean", "in service", cell="act"),
    ),
    suite=(
        expect.column_values_to_not_be_null("station_id"),
        expect.column_values_to_match_regex("station_id", r"^\d{9}$", severity="warning"),
        expect.column_values_to_not_be_null("district_name"),
        expect.column_values_to_match_regex("district_name", "區$", severity="warning"),
        expect.column_values_to_not_be_in_set("district_name", ("臺大公館校區",), severity="info"),
        expect.column_values_to_be_between("lon_deg", 121.4, 121.7, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 24.9, 25.3, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "The newest list only; what each list added, changed and took out is in the table's change data feed. The city "
        "lists the campus 臺大公館校區 like a district: nobody is registered there. Nothing tells when between "
        "two lists a station came or went."
    ),
    limits_zh=(
        "只有最新名單；各次名單新增、修改與移除了什麼，在資料表的變更紀錄中。市府把臺大公館校區與行政區並列："
        "沒有人設籍在那裡。車站在兩次名單之間何時出現或消失，無從得知。"
    ),
    publish=Publication(share="traffic"),
)
