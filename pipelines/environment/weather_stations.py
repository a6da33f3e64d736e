"""The weather bureau's stations, staffed and automatic."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Snapshot, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.publication import inferred
from lakeward.quality import expect

WEATHER_STATIONS = Dataset(
    name="environment.weather_stations",
    title="Weather stations",
    title_zh="氣象測站基本資料",
    agency="中央氣象局 Central Weather Bureau (CWA since 2023)",
    source=Source(
        files="environment/cwb_stations/*.csv",
        licence="not stated",
        cadence="when stations change",
        format=Csv(encoding="utf-8"),
    ),
    combine=Snapshot(),
    columns=(
        Column("station_id", "string", "the bureau's station number", cell="StationID", key=True),
        Column("station_name", "string", "name in Chinese", cell="StationName"),
        Column("altitude_m", "double", "height above sea level", unit="m", cell="Altitude"),
        Column("county_name", "string", "county", cell="City", tidy=("squeeze", "tai")),
        Column("lon_deg", "double", "longitude, WGS84", unit="degrees", cell="Lon"),
        Column("lat_deg", "double", "latitude, WGS84", unit="degrees", cell="Lat"),
        Column("address", "string", "where it stands, without the county", cell="Address"),
        Column("opened_on", "date", "first day of observation", cell="StartDate"),
    ),
    suite=(
        expect.column_values_to_not_be_null("station_id"),
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_between("lon_deg", 114, 123, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 10, 27, severity="warning"),
        expect.column_values_to_be_between("altitude_m", -10, 4000, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    publish=Publication(
        share="environment",
        decided=inferred(
            "the bureau gives its stations under these terms on data.gov.tw; inferred, not confirmed by it"
        ),
    ),
)
