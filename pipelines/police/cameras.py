"""Street cameras that county police departments run, one row a camera."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Layout, Publication, ReplacePart, Source
from lakeward.pipelines.places.listed import ENCODINGS, TOWN_AT, position
from lakeward.quality import expect

LON, LAT = position("lng")

CAMERAS = Dataset(
    name="police.cameras",
    title="Street cameras of the police",
    title_zh="警察局監視器設置位置",
    agency="縣市警察局 County police departments",
    source=Source(
        files="police/county_cctv/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0 (data.gov.tw default; no licence file)",
        cadence="not stated",
        page="data.gov.tw/node/37536",
        format=Csv(encoding=ENCODINGS),
        layouts=(
            Layout(
                "without numbers: the cameras of the list that could be geocoded",
                {
                    "town_name": Cell(("Address",), pick=TOWN_AT),
                    "address": "Address",
                    "lon_deg": "lng",
                    "lat_deg": "lat",
                },
                is_extract=True,
            ),
        ),
    ),
    combine=ReplacePart("town_name"),
    columns=(
        Column("camera_no", "int", "running number in its county's list", cell="id"),
        Column("town_name", "string", "town, as the list says, written 臺", cell="area", tidy=("squeeze", "tai")),
        Column("address", "string", "where it stands: town, then road or crossing", cell="Address"),
        LON,
        LAT,
    ),
    suite=(
        expect.column_values_to_not_be_null("town_name"),
        expect.column_values_to_match_regex("town_name", "[鄉鎮市區]$", severity="warning"),
        expect.column_values_to_not_be_null("address"),
        expect.column_values_to_be_unique("camera_no", severity="warning"),
        expect.column_values_to_be_between("lon_deg", 114, 124, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 10, 27, severity="warning"),
        expect.column_values_to_not_be_null("lon_deg", mostly=0.95, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "The list does not name its county: it follows from the town. One list is delivered twice, whole and as the "
        "part that could be geocoded; the whole one counts, town by town. Several cameras may stand at one address, "
        "and rows that agree in all but their number are kept. Positions are a compiler's guess; some have none. "
        "Cameras of villages, roads and companies are not here."
    ),
    limits_zh=(
        "名單沒有寫縣市，由鄉鎮推得。同一份名單交付兩次：全部，以及定位得到的部分；此處以全部為準，"
        "逐鄉鎮計算。同一地址可能有多支監視器，只有編號不同的列都保留。座標是彙整者推估，部分沒有。村里、"
        "道路與公司的監視器不在內。"
    ),
    publish=Publication(share="police"),
)
