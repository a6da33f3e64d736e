"""Quarterly change of population by county: births, deaths, moves."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Source, Upsert
from lakeward.pipelines.places.counties import COUNTY_NAMES, FORMER_NAMES
from lakeward.quality import expect

PROVINCES = ("臺灣省", "福建省")


def _people(name: str, description: str, cell: str) -> Column:
    return Column(name, "int", description, unit="people", cell=cell, nulls=("-",))


def _rate(name: str, description: str, cell: str) -> Column:
    return Column(name, "double", description, unit="‰", cell=cell, nulls=("-",))


MOI_POPULATION_QUARTER = Dataset(
    name="maps.moi_population_quarter",
    title="Quarterly population change by county",
    title_zh="縣市人口數量變動（季）",
    agency="內政部不動產資訊平台 Ministry of the Interior, Real Estate Information Platform",
    source=Source(
        files="maps/moi_population_quarter/*.{csv,xlsx,xls}",
        licence="not stated",
        cadence="quarterly",
        page="pip.moi.gov.tw/V2/E/SCRE0103.aspx",
        format=Csv(encoding=("utf-8", "cp950")),
    ),
    combine=Upsert(),
    columns=(
        Column("year", "int", "Gregorian year", cell="year", parse="year", key=True),
        Column("quarter", "int", "1 to 4", cell="season", key=True),
        Column(
            "county_name",
            "string",
            "county of that time, or a province",
            cell="city",
            tidy=("squeeze", "tai"),
            key=True,
        ),
        _people("population", "registered residents at the quarter's end", "total_population"),
        _people("population_increase", "change within the quarter", "total_population_increase"),
        _people("births", "births", "births"),
        _people("deaths", "deaths", "deaths"),
        _people("immigrants", "moved in", "immigrants"),
        _people("emigrants", "moved out", "emigrants"),
        _rate("natural_increase_per_1000", "births less deaths", "natural_increase_rate"),
        _rate("social_increase_per_1000", "moved in less moved out; - is none", "social_increase_rate"),
        _rate("total_increase_per_1000", "both", "total_increase_rate"),
    ),
    suite=(
        expect.column_values_to_not_be_null("population"),
        expect.column_values_to_be_between("quarter", 1, 4),
        expect.column_values_to_be_in_set("county_name", (*COUNTY_NAMES, *FORMER_NAMES, *PROVINCES)),
        expect.column_values_to_be_between(
            "population", 5_000, 4_500_000, row_condition=f"county_name not in {PROVINCES}", severity="warning"
        ),
        expect.column_values_to_be_between("total_increase_per_1000", -50, 50, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "臺灣省 and 福建省 are sums of their counties: leave them out when adding up. Counties bear the names of their "
        "time (桃園縣 until 2014). The 16 quarters of 高雄市 from 2011 to 2014 hold some 9.2 million people, more than "
        "three times its own, and their other figures are too high as well, as delivered."
    ),
    limits_zh=(
        "臺灣省與福建省是所屬縣市的合計，加總時請排除。縣市為當時的名稱（2014 年以前為桃園縣）。"
        "高雄市 2011 至 2014 年的 16 季，交付的人口約 920 萬，是實際的三倍多，其他數字也偏高。"
    ),
    publish=Publication(share="maps"),
)
