"""Stations of the agricultural weather network."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Snapshot, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.quality import expect

AGRI_STATIONS = Dataset(
    name="agriculture.agri_stations",
    title="Agricultural weather stations",
    title_zh="農業氣象站基本資料",
    agency="交通部中央氣象署 Central Weather Administration",
    source=Source(
        files="agriculture/cwa_agri_weather/cwa_agri_stations*.csv",
        licence="not stated",
        cadence="when stations change",
        page="agr.cwa.gov.tw",
        format=Csv(encoding=("utf-8", "cp950")),
    ),
    combine=Snapshot(),
    columns=(
        Column("station_id", "string", "the network's station number", cell="測站代碼", key=True),
        Column("station_name", "string", "name in Chinese", cell="測站中文名稱"),
        Column("county_name", "string", "county", cell="縣市", tidy=("squeeze", "tai")),
        Column("town_name", "string", "town", cell="鄉鎮"),
        Column("address", "string", "where it stands", cell="地址"),
        Column("lon_deg", "double", "longitude, WGS84", unit="degrees", cell="經度_WGS84"),
        Column("lat_deg", "double", "latitude, WGS84", unit="degrees", cell="緯度_WGS84"),
        Column("altitude_m", "double", "height above the ellipsoid", unit="m", cell="海拔(橢球高)(m)"),
        Column("opened_on", "date", "first day of its data", cell="測站資料起始時間)"),
        Column("former_name", "string", "name before", cell="原測站名"),
    ),
    suite=(
        expect.column_values_to_not_be_null("station_id"),
        expect.column_values_to_match_regex("station_id", r"^[0-9A-Z]{6}$", severity="warning"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_between("lon_deg", 118, 123, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 21, 27, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    publish=Publication(share="agriculture"),
)
