"""Air quality by hour at the ministry's stations, as its API gives it out."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Source, Upsert
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.quality import expect

NO_VALUE = ("-", "ND", "x", "*", "#")
STATUS = ("良好", "普通", "對敏感族群不健康", "對所有族群不健康", "非常不健康", "危害", "設備維護")
POLLUTANTS = ("細懸浮微粒", "懸浮微粒", "臭氧", "臭氧八小時", "二氧化氮", "二氧化硫", "一氧化碳")


def _measured(name: str, header: str, what: str, unit: str) -> Column:
    return Column(name, "double", what, unit=unit, cell=header, nulls=NO_VALUE)


AIR_QUALITY = Dataset(
    name="environment.air_quality",
    title="Air quality index by hour and station",
    title_zh="空氣品質指標（AQI）",
    agency="環境部 Ministry of Environment",
    source=Source(
        files="environment/moenv_aqi/*.csv",
        licence="OGDL-TW-1.0",
        cadence="hourly",
        page="data.gov.tw/dataset/40448",
        url="https://data.moenv.gov.tw/api/v2/aqx_p_432?format=csv&limit=1000&api_key=${MOENV_API_KEY}",
        format=Csv(encoding="utf-8"),
    ),
    combine=Upsert(),
    columns=(
        Column("station_id", "string", "number of the station", cell="siteid", key=True),
        Column("published_at", "timestamp", "hour of the reading, UTC", cell="publishtime", key=True),
        Column("station_name", "string", "name of the station", cell="sitename", tidy=("tai",)),
        Column("county_name", "string", "county of the station", cell="county", tidy=("squeeze", "tai")),
        Column("aqi", "int", "air quality index, 0–500", cell="aqi", nulls=NO_VALUE),
        Column("main_pollutant", "string", "what made the index", cell=Cell(("pollutant",), made=POLLUTANTS)),
        Column("status", "string", "the index in words", cell=Cell(("status",), made=STATUS)),
        _measured("so2_ppb", "so2", "sulphur dioxide", "ppb"),
        _measured("co_ppm", "co", "carbon monoxide", "ppm"),
        _measured("co_8h_ppm", "co_8hr", "carbon monoxide, mean of 8 hours", "ppm"),
        _measured("o3_ppb", "o3", "ozone", "ppb"),
        _measured("o3_8h_ppb", "o3_8hr", "ozone, mean of 8 hours", "ppb"),
        _measured("pm10_ug_m3", "pm10", "particles up to 10 µm", "µg/m³"),
        _measured("pm10_mean_ug_m3", "pm10_avg", "particles up to 10 µm, moving mean", "µg/m³"),
        _measured("pm25_ug_m3", "pm2.5", "particles up to 2.5 µm", "µg/m³"),
        _measured("pm25_mean_ug_m3", "pm2.5_avg", "particles up to 2.5 µm, moving mean", "µg/m³"),
        _measured("no2_ppb", "no2", "nitrogen dioxide", "ppb"),
        _measured("nox_ppb", "nox", "nitrogen oxides", "ppb"),
        _measured("no_ppb", "no", "nitrogen monoxide", "ppb"),
        _measured("wind_mps", "wind_speed", "wind speed", "m/s"),
        _measured("wind_from_deg", "wind_direc", "where the wind comes from", "degrees"),
        _measured("lon_deg", "longitude", "longitude, WGS84", "degrees"),
        _measured("lat_deg", "latitude", "latitude, WGS84", "degrees"),
    ),
    suite=(
        expect.column_values_to_be_between("aqi", 0, 500),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_in_set("status", STATUS, severity="warning"),
        expect.column_values_to_be_between("pm25_ug_m3", 0, 1_000, severity="warning"),
        expect.column_values_to_be_between("pm10_ug_m3", 0, 2_000, severity="warning"),
        expect.column_values_to_be_between("o3_ppb", 0, 600, severity="warning"),
        expect.column_values_to_be_between("wind_from_deg", 0, 360, severity="warning"),
        expect.column_values_to_be_between("lon_deg", 116, 123, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 20, 27, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Declared from the API's description; no delivery was at hand when this was written. The API holds the newest "
        "hours only: an hour that nobody fetched is gone. Readings are those of the day, before the ministry's checks. "
        "The index is a moving mean: it says little of the very hour."
    ),
    limits_zh=(
        "依 API 的說明宣告，撰寫時手上沒有實際檔案。API 只保留最新幾小時，沒有人擷取的小時就永遠沒有了。"
        "讀數為即時值，未經環境部事後檢核。指標是移動平均，不代表該小時本身。"
    ),
    publish=Publication(share="environment"),
)
