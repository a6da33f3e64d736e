"""Places that were reported flooded, one row a report and year."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePart, Source
from lakeward.quality import expect

FLOOD_POINTS = Dataset(
    name="disaster.flood_points",
    title="Reported flood points",
    title_zh="淹水點位",
    agency="經濟部水利署 Water Resources Agency",
    source=Source(
        files="disaster/wra_flood_points/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0 (data.gov.tw default)",
        cadence="yearly",
        page="data.gov.tw/dataset/130016",
        format=Csv(encoding=("utf-8", "cp950")),
    ),
    combine=ReplacePart("year"),
    columns=(
        Column("point_id", "int", "number of the row in the agency's file", cell="FID", key=True),
        Column("year", "int", "year of the flood", cell="年份", parse="year", key=True),
        Column("x_twd97_m", "double", "easting, TWD97 TM2 zone 121 (EPSG:3826)", unit="m", cell="X_97"),
        Column("y_twd97_m", "double", "northing, TWD97 TM2 zone 121 (EPSG:3826)", unit="m", cell="Y_97"),
        Column("reported_by", "string", "who reported it, free text, several joined by 、", cell="資料來源"),
    ),
    suite=(
        expect.column_values_to_not_be_null("year"),
        expect.column_values_to_be_between("year", 1950, 2100),
        expect.column_values_to_not_be_null("x_twd97_m"),
        expect.column_values_to_not_be_null("y_twd97_m"),
        expect.column_values_to_be_between("x_twd97_m", -50_000, 400_000),
        expect.column_values_to_be_between("y_twd97_m", 2_300_000, 2_950_000),
        expect.compound_columns_to_be_unique(("year", "x_twd97_m", "y_twd97_m"), severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Only the year is told, not the day, the depth or the duration. One point may be reported several times in a "
        "year. What is reported depends on who looks: counties differ in zeal, and a point is no measure of harm. Some "
        "points lie off the coast of simplified maps."
    ),
    limits_zh=(
        "只知道年份，不知道日期、深度與時間長短。同一地點一年內可能通報多次。通報多寡取決於誰在看："
        "各縣市積極程度不同，淹水點數不能衡量災情。部分點位落在簡化海岸線之外。"
    ),
    publish=Publication(share="disaster"),
)
