"""Surveys of dengue mosquitoes (病媒蚊密度調查), one row a survey of a village."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePeriod, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.quality import expect

INDICES = ("breteau_index", "house_index", "larva_index")
UNKNOWN = ("#N/A",)
LEVELS = ("breteau_level", "house_level", "container_level", "larva_level")


def _index(name: str, description: str, cell: str, unit: str) -> Column:
    return Column(name, "double", description, unit=unit, cell=cell)


def _degrees(name: str, description: str, cell: str) -> Column:
    return Column(name, "double", description, unit="degrees", cell=cell, nulls=UNKNOWN)


def _level(name: str, description: str, cell: str) -> Column:
    return Column(name, "int", description, cell=cell)


MOSQUITO_INDEX = Dataset(
    name="health.mosquito_index",
    title="Dengue mosquito surveys",
    title_zh="登革熱病媒蚊調查資料",
    agency="衛生福利部疾病管制署 Centers for Disease Control",
    source=Source(
        files="health/cdc_mosquito_index/*.csv",
        licence="OGDL-TW-1.0",
        cadence="daily, the last twelve months each time",
        format=Csv(encoding="utf-8"),
        edition=r"(\d{8})",
    ),
    combine=ReplacePeriod("surveyed_on", "day", within="county_name"),
    columns=(
        Column("surveyed_on", "date", "day of the survey", cell="Date"),
        Column("county_name", "string", "county", cell="County", tidy=("squeeze", "tai")),
        Column("town_name", "string", "town", cell="Town"),
        Column("village_name", "string", "village", cell="Village"),
        Column("village_code_old", "string", "code of the village before 2015", cell="VillageID", nulls=UNKNOWN),
        _degrees("lon_deg", "longitude of the village, WGS84", "VillageLon"),
        _degrees("lat_deg", "latitude of the village, WGS84", "VillageLat"),
        _index("breteau_index", "布氏指數: containers with larvae in 100 houses", "BI", "containers per 100 houses"),
        _level("breteau_level", "its level, 0 to 9", "BILv"),
        _index("house_index", "住宅指數: houses with larvae", "HI", "%"),
        _level("house_level", "its level", "HILv"),
        _index("container_index", "容器指數: containers with larvae; none without water", "CI", "%"),
        _level("container_level", "its level", "CILv"),
        _index("larva_index", "幼蟲指數: larvae in 100 houses", "LI", "larvae per 100 houses"),
        _level("larva_level", "its level", "LILv"),
        _index("adult_index", "成蟲指數: female adults in a house", "AI", "mosquitoes per house"),
        _index("wet_containers_per_100", "containers with water in 100 houses", "Con100HH", "containers"),
    ),
    suite=(
        expect.column_values_to_not_be_null("surveyed_on"),
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_not_be_null("breteau_index"),
        *(expect.column_values_to_be_between(name, 0, 100_000) for name in INDICES),
        *(expect.column_values_to_be_between(name, 0, 10, severity="warning") for name in LEVELS),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_not_be_null("village_code_old", severity="warning"),
        expect.column_values_to_match_regex("village_code_old", r"^\d{7}-\d{3}$", severity="warning"),
        expect.compound_columns_to_be_unique(("surveyed_on", "village_code_old"), severity="warning"),
        expect.column_values_to_be_between("lon_deg", 118, 123, severity="warning"),
        expect.column_values_to_be_between("lat_deg", 21, 27, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Villages are surveyed where risk is thought to be, not at random. A village may be surveyed several times a "
        "day, and rows have no number: 2,658 of the first delivery repeat a day and village. Some rows lack the code "
        "or the position of their village. Codes are those before 2015."
    ),
    limits_zh=(
        "村里在被認為有風險時才受調查，不是隨機抽樣。同一村里一天可能調查多次，而列沒有編號："
        "首批交付有 2,658 列的日期與村里重複。部分列沒有村里代碼或座標。代碼為 2015 年以前的代碼。"
    ),
    publish=Publication(share="health"),
)
