"""People and households of every village at the end of a month."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePeriod, Source
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.places.names import common_letters
from lakeward.quality import expect, sums


def _people(name: str, description: str, cell: str) -> Column:
    return Column(name, "int", description, unit="people", cell=cell)


VILLAGE_POPULATION = Dataset(
    name="maps.village_population",
    title="Population by village",
    title_zh="村里人口數",
    agency="內政部戶政司 Department of Household Registration",
    source=Source(
        files="maps/ris_village_population/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0; derived by the compiler",
        cadence="monthly",
        page="data.gov.tw/dataset/77132",
        format=Csv(encoding="utf-8"),
        period=r"^(\d{4}-\d{2})",
    ),
    combine=ReplacePeriod("counted_on", "month"),
    columns=(
        Column("counted_on", "date", "last day of the month counted", cell="年月", parse="month_end", key=True),
        Column("village_code", "string", "村里代碼 without the dash", cell="村里代碼", tidy=("no_dash",), key=True),
        Column("county_name", "string", "county", cell=Cell(("區域",), pick=r"^(.{3})"), tidy=("squeeze", "tai")),
        Column("town_name", "string", "town or district", cell=Cell(("區域",), pick=r"^.{3}(.+)$")),
        Column("village_name", "string", "village", cell="村里"),
        Column("households", "int", "households", unit="households", cell="戶數"),
        _people("population", "registered residents", "人口"),
        _people("men", "registered men", "男性人口"),
        _people("women", "registered women", "女性人口"),
        _people("under_15", "under 15 years", "未滿15歲"),
        _people("from_15_to_64", "15 to 64 years", "15-64歲"),
        _people("over_64", "over 64 years", "超過64歲"),
        _people("over_20", "over 20 years", "超過20歲"),
        _people("from_18_to_19", "18 and 19 years", "18-19歲"),
    ),
    suite=(
        expect.column_values_to_not_be_null("counted_on"),
        expect.column_values_to_not_be_null("village_code"),
        expect.column_values_to_not_be_null("population"),
        expect.column_values_to_match_regex("village_code", r"^\d{11}$"),
        expect.column_values_to_be_between("population", 0, 200_000),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        sums.column_values_to_be_sum_of("population", ("men", "women"), severity="warning"),
        sums.column_values_to_be_sum_of("population", ("under_15", "from_15_to_64", "over_64"), severity="warning"),
        common_letters("village_name"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "A volunteer recomputed these files from the ministry's: age groups and codes were added, 台 was written 臺. "
        "Villages are split and merged between months, so codes of two months need not match."
    ),
    limits_zh=(
        "志工重新整理了內政部的檔案：加上年齡組與代碼，把台改寫為臺。村里在月份之間會分割與合併，"
        "兩個月份的代碼不一定對得上。"
    ),
    publish=Publication(share="maps"),
)
