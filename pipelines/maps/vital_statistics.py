"""Births, deaths, marriages and divorces of every village in a month."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Layout, Publication, ReplacePeriod, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.places.names import common_letters
from lakeward.quality import expect, sums

COUNTY, TOWN = (Cell(("區域別",), pick=pick) for pick in (r"^(.{3})", r"^.{3}(.+)$"))
PLACE: dict[str, str | Cell] = {
    "counted_on": "統計年月",
    "county_name": COUNTY,
    "town_name": TOWN,
}
LIVES = {
    "births": "出生數", "births_boys": "出生數-男", "births_girls": "出生數-女",
    "deaths": "死亡數", "deaths_men": "死亡數-男", "deaths_women": "死亡數-女",
}  # fmt: skip


def _count(name: str, description: str, unit: str, cell: str = "") -> Column:
    return Column(name, "int", description, unit=unit, cell=cell or LIVES[name])


VITAL_STATISTICS = Dataset(
    name="maps.vital_statistics",
    title="Births, deaths, marriages and divorces by village",
    title_zh="村里出生、死亡、結婚、離婚統計",
    agency="內政部戶政司 Department of Household Registration",
    source=Source(
        files="maps/ris_bdmd/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0 (data.gov.tw default)",
        cadence="monthly",
        page="data.gov.tw/dataset/131138, 77140",
        format=Csv(encoding=("utf-8", "cp950"), header="^統計年月$"),  # the same header in English may stand above it
        period=r"^(\d{4}-\d{2})",
        since="2018-01",  # as the codes of education.village_education; files of 2016 to 2019 were not to be had
        layouts=(
            Layout(
                "eleven columns, without codes",
                {
                    **PLACE,
                    **LIVES,
                    "village_name": "村里",
                    "marriages_opposite_sex": "結婚對數",
                    "divorces_opposite_sex": "離婚對數",
                },
                until="2017-12",
            ),
        ),
    ),
    combine=ReplacePeriod("counted_on", "month"),
    columns=(
        Column("counted_on", "date", "last day of the month", cell="統計年月", parse="month_end", key=True),
        Column("village_code", "string", "eleven digits; none in the files of eleven columns", cell="區域別代碼"),
        Column("county_name", "string", "county", cell=COUNTY, tidy=("squeeze", "tai"), key=True),
        Column("town_name", "string", "town", cell=TOWN, tidy=("squeeze", "tai"), key=True),
        Column("village_name", "string", "village", cell="村里名稱", tidy=("squeeze",), key=True),
        _count("births", "births registered", "people"),
        _count("births_boys", "boys", "people"),
        _count("births_girls", "girls", "people"),
        _count("deaths", "deaths registered", "people"),
        _count("deaths_men", "men", "people"),
        _count("deaths_women", "women", "people"),
        _count("marriages_opposite_sex", "marriages of opposite sex; before 2019 all", "couples", "結婚對數_異性"),
        _count("marriages_same_sex", "marriages of the same sex", "couples", "結婚對數_同性"),
        _count("marriages_same_sex_men", "of men", "couples", "結婚對數_同性_男"),
        _count("marriages_same_sex_women", "of women", "couples", "結婚對數_同性_女"),
        _count("divorces_opposite_sex", "divorces of opposite sex; before 2019 all", "couples", "離婚對數_異性"),
        _count("divorces_same_sex", "divorces of the same sex", "couples", "離婚對數_同性"),
        _count("divorces_same_sex_men", "of men", "couples", "離婚對數_同性_男"),
        _count("divorces_same_sex_women", "of women", "couples", "離婚對數_同性_女"),
    ),
    suite=(
        expect.column_values_to_not_be_null("births"),
        expect.column_values_to_not_be_null("deaths"),
        expect.column_values_to_match_regex("village_code", r"^\d{11}$"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        expect.column_values_to_be_between("births", 0, 500, severity="warning"),
        expect.column_values_to_be_between("deaths", 0, 500, severity="warning"),
        sums.column_values_to_be_sum_of("births", ("births_boys", "births_girls"), severity="warning"),
        sums.column_values_to_be_sum_of("deaths", ("deaths_men", "deaths_women"), severity="warning"),
        common_letters("village_name"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "By the day of registration and the place of the household, not by where and when it happened. Same-sex "
        "marriage is possible since 24 May 2019. Files without codes can only be joined by name."
    ),
    limits_zh=(
        "依登記日與戶籍地，不是發生的時間與地點。2019 年 5 月 24 日起同性可結婚。沒有代碼的檔案只能以名稱連接。"
    ),
    publish=Publication(share="maps"),
)
