"""Daily weather of the agricultural stations, one row a station and day."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Source, Upsert
from lakeward.pipelines.publication import inferred
from lakeward.quality import expect

HEADER = (
    "測站代碼", "觀測時間", "平均氣壓(hPa)", "海平面氣壓(hPa)", "日最高氣壓(hPa)", "最高氣壓時間", "日最低氣壓(hPa)",
    "最低氣壓時間", "平均氣溫(℃)", "最高氣溫(℃)", "最高氣溫時間", "最低氣溫(℃)", "最低氣溫時間", "平均露點溫度(℃)",
    "平均相對溼度( %)", "最低相對溼度( %)", "最低相對溼度時間", "平均風速(m/s)", "平均風向(°)", "最大陣風風速(m/s)",
    "最大陣風風向(°)", "最大陣風時間", "累計雨量(mm)", "最大10分鐘降水量(mm)", "最大10分鐘降水量起始時間",
    "最大60分鐘降水量(mm)", "最大60分鐘降水量起始時間", "累積日照時數(hr)", "累積日射量(MJ/m2)", "累積蒸發量(mm)",
    "平均地溫0cm(℃)", "平均地溫5cm(℃)", "平均地溫10cm(℃)", "平均地溫20cm(℃)", "平均地溫50cm(℃)", "平均地溫100cm(℃)",
)  # fmt: skip
DEPTHS_CM = (0, 5, 10, 20, 50, 100)


def _reading(name: str, description: str, unit: str, cell: str) -> Column:
    return Column(name, "double", description, unit=unit, cell=cell)


def _moment(name: str, description: str, cell: str) -> Column:
    return Column(name, "timestamp", f"{description}, UTC", cell=cell)


AGRI_WEATHER = Dataset(
    name="agriculture.agri_weather",
    title="Daily weather at farms",
    title_zh="農業氣象站逐日資料",
    agency="交通部中央氣象署 Central Weather Administration",
    source=Source(
        files="agriculture/cwa_agri_weather/cwa_agri_weather*.csv",
        licence="not stated",
        cadence="daily",
        page="agr.cwa.gov.tw/history/station_day",
        format=Csv(encoding=("utf-8", "cp950"), by_position=HEADER),
    ),
    combine=Upsert(),
    columns=(
        Column("station_id", "string", "the network's station number", cell="測站代碼", key=True),
        Column("observed_on", "date", "day, Taiwan time", cell="觀測時間", key=True),
        _reading("pressure_hpa", "mean pressure", "hPa", "平均氣壓(hPa)"),
        _reading("sea_pressure_hpa", "mean pressure reduced to sea level", "hPa", "海平面氣壓(hPa)"),
        _reading("max_pressure_hpa", "highest pressure", "hPa", "日最高氣壓(hPa)"),
        _moment("max_pressure_at", "when", "最高氣壓時間"),
        _reading("min_pressure_hpa", "lowest pressure", "hPa", "日最低氣壓(hPa)"),
        _moment("min_pressure_at", "when", "最低氣壓時間"),
        _reading("temperature_c", "mean temperature", "°C", "平均氣溫(℃)"),
        _reading("max_temperature_c", "highest temperature", "°C", "最高氣溫(℃)"),
        _moment("max_temperature_at", "when", "最高氣溫時間"),
        _reading("min_temperature_c", "lowest temperature", "°C", "最低氣溫(℃)"),
        _moment("min_temperature_at", "when", "最低氣溫時間"),
        _reading("dew_point_c", "mean dew point", "°C", "平均露點溫度(℃)"),
        _reading("humidity_pct", "mean relative humidity", "%", "平均相對溼度( %)"),
        _reading("min_humidity_pct", "lowest relative humidity", "%", "最低相對溼度( %)"),
        _moment("min_humidity_at", "when", "最低相對溼度時間"),
        _reading("wind_speed_ms", "mean wind speed", "m/s", "平均風速(m/s)"),
        _reading("wind_direction_deg", "mean wind direction", "degrees", "平均風向(°)"),
        _reading("gust_speed_ms", "strongest gust", "m/s", "最大陣風風速(m/s)"),
        _reading("gust_direction_deg", "its direction", "degrees", "最大陣風風向(°)"),
        _moment("gust_at", "when", "最大陣風時間"),
        Column("rain_mm", "decimal(6,2)", "rain", unit="mm", cell="累計雨量(mm)"),
        _reading("max_rain_10min_mm", "most rain in ten minutes", "mm", "最大10分鐘降水量(mm)"),
        _moment("max_rain_10min_at", "from when", "最大10分鐘降水量起始時間"),
        _reading("max_rain_60min_mm", "most rain in an hour", "mm", "最大60分鐘降水量(mm)"),
        _moment("max_rain_60min_at", "from when", "最大60分鐘降水量起始時間"),
        _reading("sunshine_h", "hours of sun", "h", "累積日照時數(hr)"),
        _reading("radiation_mj_m2", "global radiation", "MJ/m²", "累積日射量(MJ/m2)"),
        _reading("evaporation_mm", "evaporation", "mm", "累積蒸發量(mm)"),
        *(_reading(f"soil_{cm}cm_c", f"soil at {cm} cm", "°C", f"平均地溫{cm}cm(℃)") for cm in DEPTHS_CM),
    ),
    suite=(
        expect.column_values_to_not_be_null("station_id"),
        expect.column_values_to_not_be_null("observed_on"),
        expect.column_values_to_match_regex("station_id", r"^[0-9A-Z]{6}$", severity="warning"),
        expect.column_values_to_be_between("rain_mm", 0, 2_000),
        expect.column_values_to_be_between("pressure_hpa", 600, 1_085, severity="warning"),
        expect.column_values_to_be_between("temperature_c", -20, 45, severity="warning"),
        expect.column_values_to_be_between("min_temperature_c", -20, 40, severity="warning"),
        expect.column_values_to_be_between("max_temperature_c", -20, 48, severity="warning"),
        expect.column_values_to_be_between("humidity_pct", 0, 100, severity="warning"),
        expect.column_values_to_be_between("wind_direction_deg", 0, 360, severity="warning"),
        expect.column_pair_values_a_to_be_greater_than_b(
            "max_temperature_c", "min_temperature_c", or_equal=True, severity="warning"
        ),
        expect.column_values_to_not_be_null("rain_mm", mostly=0.9, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "The headers of delivered files were destroyed: columns are told by their place, and the rules above would "
        "show a shift. Days without rain readings are not days without rain. A day may end at 23:59:59."
    ),
    limits_zh=(
        "交付檔的標題列已損毀，欄位依位置判讀；若有錯位，上述規則會顯示出來。沒有雨量讀數的日子不等於沒下雨。"
        "一天可能結束於 23:59:59。"
    ),
    publish=Publication(
        share="agriculture",
        decided=inferred("the agency gives its observations under these terms on data.gov.tw; inferred, not confirmed"),
    ),
)
