"""Earthquakes that the weather administration reported on, one row an earthquake."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Dataset, Json, Publication, Source, Upsert
from lakeward.quality import expect

INFO = "EarthquakeInfo"
WHERE = f"{INFO}.Epicenter"

EARTHQUAKES = Dataset(
    name="disaster.earthquakes",
    title="Earthquakes felt in Taiwan",
    title_zh="顯著有感地震報告",
    agency="交通部中央氣象署 Central Weather Administration (CWA)",
    source=Source(
        files="disaster/cwa_earthquakes/*.json",
        licence="OGDL-TW-1.0",
        cadence="minutes after each earthquake",
        page="data.gov.tw/dataset/6068",
        url="https://opendata.cwa.gov.tw/api/v1/rest/datastore/E-A0015-001?format=JSON&Authorization=${CWA_API_KEY}",
        format=Json(rows="records.Earthquake"),
    ),
    combine=Upsert(),
    columns=(
        Column("occurred_at", "timestamp", "moment it began, UTC", cell=f"{INFO}.OriginTime", key=True),
        Column("lon_deg", "double", "longitude, WGS84", unit="degrees", cell=f"{WHERE}.EpicenterLongitude", key=True),
        Column("lat_deg", "double", "latitude, WGS84", unit="degrees", cell=f"{WHERE}.EpicenterLatitude", key=True),
        Column("earthquake_no", "string", "民國 year and number; 000 at its end for small ones", cell="EarthquakeNo"),
        Column("location", "string", "where, in words", cell=f"{WHERE}.Location"),
        Column("depth_km", "double", "depth", unit="km", cell=f"{INFO}.FocalDepth"),
        Column("magnitude", "double", "local magnitude", cell=f"{INFO}.EarthquakeMagnitude.MagnitudeValue"),
        Column("magnitude_type", "string", "scale", cell=f"{INFO}.EarthquakeMagnitude.MagnitudeType", optional=True),
        Column("colour", "string", "how grave", cell=Cell(("ReportColor",), made=("綠色", "黃色", "橙色", "紅色"))),
        Column("report", "string", "the report in a sentence", cell="ReportContent"),
        Column("intensities", "string", "intensity by county, JSON", cell="Intensity.ShakingArea", optional=True),
    ),
    suite=(
        expect.column_values_to_be_between("magnitude", 0, 10),
        expect.column_values_to_be_between("depth_km", 0, 700),
        expect.column_values_to_be_between("lon_deg", 115, 130, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 18, 30, severity="warning"),
        expect.column_values_to_be_in_set("colour", ("綠色", "黃色", "橙色", "紅色"), severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Declared from the API's description; no delivery was at hand when this was written. The API gives the newest "
        "reports only, so a table grows from the day it is first fetched. Small earthquakes have reports of their own "
        "(E-A0016-001)."
    ),
    limits_zh=(
        "依 API 的說明宣告，撰寫時手上沒有實際檔案。API 只給最新的報告，因此資料自首次擷取之日起累積。"
        "小區域有感地震另有報告（E-A0016-001）。"
    ),
    publish=Publication(share="disaster"),
)
