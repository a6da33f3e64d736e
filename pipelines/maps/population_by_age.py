"""Residents of every village by single years of age and by sex, at the end of a month: one row an age and sex."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, ReplacePart, Source, Unpivot
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.places.names import common_letters
from lakeward.quality import expect, sums

COUNTY, TOWN = (Cell(("區域別",), pick=pick) for pick in (r"^(.{3})", r"^.{3}(.+)$"))


def _of_village(name: str, words: str, unit: str, cell: str) -> Column:
    return Column(f"village_{name}", "int", f"{words} of the village: on each of its rows", unit=unit, cell=cell)


POPULATION_BY_AGE = Dataset(
    name="maps.population_by_age",
    title="Population by village, single year of age and sex",
    title_zh="各村里單一年齡人口數",
    agency="內政部戶政司 Department of Household Registration",
    source=Source(
        files="maps/ris_single_age/*/*.{csv,xlsx,xls}",
        licence="OGDL-TW-1.0 (data.gov.tw default)",
        cadence="monthly, a file a county",
        page="data.gov.tw/dataset/32973",
        format=Csv(encoding=("utf-8", "cp950")),
        unpivot=Unpivot(r"^(?P<age>\d+)歲(?:以上)?-(?P<sex>男|女)$", "people"),
    ),
    combine=ReplacePart("county_name", also=("counted_on",)),
    columns=(
        Column("counted_on", "date", "last day of the month", cell="統計年月", parse="month_end", key=True),
        Column("county_name", "string", "county", cell=COUNTY, tidy=("squeeze", "tai"), key=True),
        Column("town_name", "string", "town or district", cell=TOWN, tidy=("squeeze", "tai"), key=True),
        Column("village_name", "string", "village; there is no code", cell="村里", tidy=("squeeze",), key=True),
        Column("age_years", "int", "completed years; 100 is 100 and more", unit="years", cell="age", key=True),
        Column("sex", "string", "male or female", cell="sex", reads={"男": "male", "女": "female"}, key=True),
        Column("population", "int", "registered residents", unit="people", cell="people"),
        _of_village("households", "households", "households", "戶數"),
        _of_village("population", "residents", "people", "人口數"),
        _of_village("men", "men", "people", "人口數-男"),
        _of_village("women", "women", "people", "人口數-女"),
    ),
    suite=(
        expect.column_values_to_not_be_null("population"),
        expect.column_values_to_be_between("age_years", 0, 120),
        expect.column_values_to_be_in_set("sex", ("male", "female")),
        expect.column_values_to_be_between("population", 0, 5_000, severity="warning"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
        sums.column_values_to_be_sum_of("village_population", ("village_men", "village_women"), severity="warning"),
        common_letters("village_name"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Villages are named, not coded: join by county, town and village and expect a few to fail, as rare characters "
        "are written in several ways. Add up `population`, never the totals of the village, which stand on each row."
    ),
    limits_zh=(
        "村里只有名稱沒有代碼：請以縣市、鄉鎮、村里連接，罕用字有多種寫法，少數會接不上。請加總 population，"
        "不要加總每一列都有的村里合計。"
    ),
    publish=Publication(share="maps"),
)
