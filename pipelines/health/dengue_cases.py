"""Confirmed cases of dengue by county and year, one row a case, with codes of villages."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePeriod, Source
from lakeward.pipelines.health.dengue_columns import AGENCY, CASE_COLUMNS, CASE_RULES, PAGE
from lakeward.quality import expect


def _code(name: str, description: str, header: str) -> Column:
    return Column(name, "string", description, title=header, cell=header, optional=True)


def _area(name: str, description: str, header: str) -> Column:
    """A statistic area of the ministry: some deliveries leave these columns empty."""
    return Column(name, "string", description, title=header, cell=Cell((header,), made=("",)), optional=True)


def _centre(name: str, description: str, header: str) -> Column:
    cell = Cell((header,), made=("",))
    return Column(name, "double", description, unit="degrees", title=header, cell=cell, optional=True)


DENGUE_CASES = Dataset(
    name="health.dengue_cases",
    title="Confirmed dengue cases by county",
    title_zh="登革熱確定病例（縣市別）",
    agency=AGENCY,
    source=Source(
        files="health/cdc_dengue_by_county/*/*.csv",
        licence="OGDL-TW-1.0",
        cadence="daily; the compiler's copy yearly",
        page=PAGE,
        format=Csv(encoding=("utf-8", "cp950")),
    ),
    combine=ReplacePeriod("onset_on", "year", within="county_name"),
    columns=(
        *CASE_COLUMNS,
        Column("village_code", "string", "村里代碼 since 2015, without a dash", cell="VILLCODE", optional=True),
        Column("county_code", "string", "縣市代碼 since 2015", cell="COUNTYCODE", optional=True),
        _code("village_code_old", "old code of the village of residence", "居住村里代碼"),
        _code("infected_village_code_old", "old code of the village of infection", "感染村里代碼"),
        _code("serotype", "serotype of the virus, where it was found", "血清型"),
        _code("county_moi", "the ministry's short code, county of residence", "內政部居住縣市代碼"),
        _code("town_moi", "the ministry's old code, town of residence", "內政部居住鄉鎮代碼"),
        _code("infected_county_moi", "the ministry's short code, county of infection", "內政部感染縣市代碼"),
        _code("infected_town_moi", "the ministry's old code, town of infection", "內政部感染鄉鎮代碼"),
        _area("smallest_area", "smallest statistic area", "最小統計區"),
        _centre("smallest_area_lon_deg", "its centre, longitude, WGS84", "最小統計區中心點X"),
        _centre("smallest_area_lat_deg", "its centre, latitude, WGS84", "最小統計區中心點Y"),
        _area("first_level_area", "statistic area of the first level", "一級統計區"),
        _area("second_level_area", "statistic area of the second level", "二級統計區"),
    ),
    suite=(
        *CASE_RULES,
        expect.column_values_to_match_regex("village_code", r"^\d{11}$"),
        expect.column_values_to_match_regex("village_code_old", r"^\d{7}-\d{3}$", severity="warning"),
        expect.column_values_to_be_between("smallest_area_lon_deg", 118, 123, severity="warning"),
        expect.column_values_to_be_between("smallest_area_lat_deg", 21, 27, severity="warning"),
    ),
    limits=(
        "Not a faithful copy: a volunteer kept only rows whose village stands on a boundary list of June 2025, and "
        "added VILLCODE and COUNTYCODE. gold.dengue_reconciliation shows what is missing. The columns of statistic "
        "areas are empty in some deliveries."
    ),
    limits_zh=(
        "不是忠實的複本：志工只保留村里出現在 2025 年 6 月界線名單上的列，並加上 VILLCODE 與 COUNTYCODE。"
        "缺少多少見 gold.dengue_reconciliation。部分交付檔的統計區欄位是空的。"
    ),
    publish=Publication(share="health"),
)
