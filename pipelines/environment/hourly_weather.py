"""Hourly readings of the Central Weather Bureau's staffed stations, one row a station and hour."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Source, Upsert
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.publication import inferred
from lakeward.quality import expect

NO_READING = ("X", "V", "/", "...", "…", "&", "-", "--")
TRACE = {"T": "0"}


def _reading(name: str, description: str, unit: str, cell: str) -> Column:
    return Column(name, "double", description, unit=unit, cell=cell, nulls=NO_READING)


HOURLY_WEATHER = Dataset(
    name="environment.hourly_weather",
    title="Hourly weather",
    title_zh="逐時氣象觀測資料",
    agency="中央氣象局 Central Weather Bureau (CWA since 2023)",
    source=Source(
        files="environment/cwb_hourly/*.csv",
        licence="not stated",
        cadence="yearly collection of hourly readings",
        format=Csv(encoding="utf-8"),
        may_be_empty=True,  # the radar stations publish a header and nothing else
    ),
    combine=Upsert(),
    columns=(
        Column("station_id", "string", "the bureau's station number", cell="Station", key=True),
        Column("observed_on", "date", "day of the reading, Taiwan time", cell="Date", key=True),
        Column("hour_ending", "int", "1 to 24: the hour that ends then", unit="h", cell="ObsTime", key=True),
        Column("observed_at", "timestamp", "end of the hour, UTC", cell=("Date", "ObsTime")),
        Column("county_name", "string", "county of the station", cell="City", tidy=("squeeze", "tai")),
        Column("lon_deg", "double", "longitude, WGS84", unit="degrees", cell="Lon"),
        Column("lat_deg", "double", "latitude, WGS84", unit="degrees", cell="Lat"),
        _reading("pressure_hpa", "pressure at the station", "hPa", "StnPres"),
        _reading("sea_pressure_hpa", "pressure reduced to sea level", "hPa", "SeaPres"),
        _reading("temperature_c", "air temperature", "°C", "Temperature"),
        _reading("dew_point_c", "dew point", "°C", "Td dew point"),
        _reading("humidity_pct", "relative humidity", "%", "RH"),
        _reading("wind_speed_ms", "mean wind speed", "m/s", "WS"),
        _reading("wind_direction_deg", "wind direction; none when variable (V)", "degrees", "WD"),
        _reading("gust_speed_ms", "strongest gust", "m/s", "WSGust"),
        _reading("gust_direction_deg", "direction of the strongest gust", "degrees", "WDGust"),
        Column(
            "rain_mm", "decimal(6,2)", "rain; a trace (T) is 0", unit="mm", cell="Precp", nulls=NO_READING, reads=TRACE
        ),
        _reading("rain_duration_h", "part of the hour with rain", "h", "PrecpHour"),
        _reading("sunshine_h", "part of the hour with sun", "h", "SunShine"),
        _reading("radiation_mj_m2", "global radiation", "MJ/m²", "GloblRad"),
        _reading("visibility_km", "visibility", "km", "Visb"),
        _reading("uv_index", "ultraviolet index", "", "UVI"),
        _reading("cloud_tenths", "sky covered by cloud", "tenths", "Cloud Amount"),
    ),
    suite=(
        expect.column_values_to_not_be_null("station_id"),
        expect.column_values_to_not_be_null("observed_on"),
        expect.column_values_to_not_be_null("hour_ending"),
        expect.column_values_to_be_between("hour_ending", 1, 24),
        expect.column_values_to_be_between("rain_mm", 0, 300),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_between("temperature_c", -20, 45, severity="warning"),
        expect.column_values_to_be_between("sea_pressure_hpa", 870, 1085, severity="warning"),
        expect.column_values_to_be_between("humidity_pct", 0, 100, severity="warning"),
        expect.column_values_to_be_between("wind_direction_deg", 0, 360, severity="warning"),
        expect.column_values_to_be_between("gust_direction_deg", 0, 360, severity="warning"),
    ),
    limits="Collected from the bureau's query site by a volunteer; radar stations publish no readings.",
    limits_zh="由志工自氣象局查詢網站蒐集；雷達站不發布讀數。",
    publish=Publication(
        share="environment",
        decided=inferred(
            "the bureau gives its observations under these terms on data.gov.tw; inferred, not confirmed by it"
        ),
    ),
)
