"""Polygons of counties, towns and villages, one row a geometry: most of them islets without one."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Dataset, Layout, Publication, ReplacePart, Source, TopoJson
from lakeward.pipelines.publication import inferred
from lakeward.quality import expect

COUNTY, TOWN, VILLAGE = (
    Cell(("_file",), pick="(county|town|village)", made=level) for level in ("county", "town", "village")
)
EDITION = Cell(("_file",), pick=r"^([^.]+)")

BOUNDARIES = Dataset(
    name="maps.boundaries",
    title="Boundaries of counties, towns and villages",
    title_zh="縣市、鄉鎮市區與村里界線",
    agency="交通部運輸研究所、內政部 Institute of Transportation and Ministry of the Interior, by way of g0v",
    source=Source(
        files="maps/g0v_boundaries/*.json",
        licence="not stated",
        cadence="not re-issued",
        others="maps/g0v_boundaries/*.{csv,xlsx,xls}",
        page="iot.gov.tw ct.asp?xItem=154948",
        format=TopoJson(beside=("_file",)),
        layouts=(
            Layout(
                "towns",
                {
                    "level": TOWN, "edition": EDITION, "area_id": "TOWNSN", "code": "TOWNID",
                    "county_name": "COUNTYNAME", "town_name": "TOWNNAME", "geometry_wkt": "geometry",
                },
            ),
            Layout(
                "counties",
                {
                    "level": COUNTY, "edition": EDITION, "area_id": "COUNTYSN", "county_name": "COUNTYNAME",
                    "geometry_wkt": "geometry",
                },
            ),
        ),
    ),
    combine=ReplacePart("edition"),
    columns=(
        Column("edition", "string", "the file it came in, in small letters", cell=EDITION, tidy=("lower",), key=True),
        Column("level", "string", "county, town or village, by the file's name", cell=VILLAGE, tidy=("lower",)),
        Column("area_id", "string", "serial number of the geometry in its file", cell="VILLAGESN", key=True),
        Column("code", "string", "old code of the town or village, no dash; none for counties", cell="VILLAGEID"),
        Column("county_name", "string", "county as it was when drawn", cell="COUNTYNAME", tidy=("squeeze", "tai")),
        Column("town_name", "string", "town as it was when drawn", cell="TOWNNAME", tidy=("tai",)),
        Column("village_name", "string", "village as it was when drawn", cell="VILLAGENAM"),
        Column("geometry_wkt", "string", "outline, WGS84 longitude and latitude; none for islets", cell="geometry"),
    ),
    suite=(
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_match_regex("geometry_wkt", r"^(MULTI)?POLYGON \(\("),
        expect.column_values_to_match_regex("code", r"^\d{7}(\d{3})?$", severity="warning"),
        expect.column_values_to_not_be_null("geometry_wkt", mostly=0.05, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Counties and their names as before 25 December 2010 (臺北縣, 臺南縣 …); use places.county_today for those of "
        "today. Outlines were simplified: points on the coast may lie outside; 金門 and 連江 have no villages. Most "
        "islets were left without a geometry: 723 of 766 rows of the county file. 澎湖 bears "
        "codes of an older kind, of four and seven digits."
    ),
    limits_zh=(
        "縣市與名稱為 2010 年 12 月 25 日以前（臺北縣、臺南縣…），要今日的縣市請用 places.county_today。"
        "界線經過簡化，海岸上的點可能落在外面；金門與連江沒有村里。多數小島沒有圖形：縣市檔 766 列中有 723 列"
        "。澎湖使用四碼與七碼的舊代碼。"
    ),
    publish=Publication(
        share="maps",
        decided=inferred(
            "the ministry gives its boundaries under these terms on data.gov.tw; inferred, not confirmed by it"
        ),
    ),
)  # fmt: skip
