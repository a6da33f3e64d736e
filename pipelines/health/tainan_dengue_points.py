"""Dengue cases of Tainan as the city published them, one row a case at the position of its street."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Layout, Publication, Source, Upsert
from lakeward.pipelines.publication import inferred
from lakeward.quality import expect

YEAR = r"^(?:民國\s*)?(\d{2,3}(?=\D|\d{4}$)|\d{4})"
"""Of `2015/8/25`, `20150825`, `民國104年8月25日` and `1040825`."""
ONSET_YEAR, CONFIRMED_YEAR = (Cell((header,), pick=YEAR, made="%Y/%m/%d") for header in ("發病日", "確診日期"))

TAINAN_DENGUE_POINTS = Dataset(
    name="health.tainan_dengue_points",
    title="Dengue cases of Tainan",
    title_zh="臺南市登革熱病例點位",
    agency="臺南市政府衛生局 Tainan City Health Bureau",
    source=Source(
        files="health/tainan_dengue_points/*.csv",
        licence="not stated",
        cadence="every few days of a season",
        format=Csv(encoding=("utf-8", "big5hkscs")),
        layouts=(
            Layout(
                "until 26 August 2015",
                {
                    "case_no": "編號",
                    "case_year": ONSET_YEAR,
                    "onset_on": "發病日",
                    "town_name": "區別",
                    "village_name": "里別",
                    "street": "道路名稱",
                    "lat_deg": "Latitude(緯度)",
                    "lon_deg": "Longitude(經度)",
                },
            ),
        ),
    ),
    combine=Upsert(),
    columns=(
        Column("case_no", "int", "the city's number of the case, from 1 each season", cell="編號", key=True),
        Column(
            "case_year", "int", "year of the date", cell=CONFIRMED_YEAR, tidy=("halfwidth",), parse="year", key=True
        ),
        Column("onset_on", "date", "date under the header 發病日, in the older files only", title="發病日"),
        Column("confirmed_on", "date", "day of the diagnosis, in the later files only", cell="確診日期"),
        Column(
            "town_name", "string", "district; blanks within it are taken out (北　區)", cell="區別", tidy=("squeeze",)
        ),
        Column("village_name", "string", "village", cell="里別", tidy=("squeeze",)),
        Column("street", "string", "street, without a number", cell="道路名稱"),
        Column("lon_deg", "double", "longitude, WGS84", unit="degrees", cell="經度座標"),
        Column("lat_deg", "double", "latitude, WGS84", unit="degrees", cell="緯度座標"),
    ),
    suite=(
        expect.column_values_to_not_be_null("case_no"),
        expect.column_values_to_not_be_null("town_name"),
        expect.column_values_to_match_regex("town_name", "區$", severity="warning"),
        expect.column_values_to_be_between("lon_deg", 119.9, 120.7, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 22.8, 23.5, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Only local cases, and positions only to the street. The city renamed the date from 發病日 to 確診日期 between "
        "two files whose numbers go on: the older dates may be days of diagnosis too. Case numbers may be missing."
    ),
    limits_zh=(
        "只含本土病例，位置只到街道。市府在兩個編號連續的檔案之間，把日期欄由「發病日」改名為「確診日期」，"
        "因此較早的日期可能也是確診日。病例編號可能缺漏。"
    ),
    publish=Publication(
        share="health",
        decided=inferred(
            "the city's portal, where it lay, gives its data under these terms; inferred, not confirmed by it"
        ),
    ),
)
