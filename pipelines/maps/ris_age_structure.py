"""Age structure of counties at the end of a month: four groups, each with all, men, women and its share."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Source, Upsert
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.quality import expect

TOTALS = ("總計", "臺灣省", "福建省")


def _group(name: str, words: str, nth: str, share: str) -> tuple[Column, ...]:
    """Describe the group of the n-th 全, 男, 女 in the header, which repeats them."""
    return (
        Column(name, "int", words, unit="people", cell=f"全{nth}"),
        Column(f"{name}_men", "int", f"{words}, men", unit="people", cell=f"男{nth}"),
        Column(f"{name}_women", "int", f"{words}, women", unit="people", cell=f"女{nth}"),
        Column(f"{name}_pct", "double", f"{words}, of all residents", unit="%", cell=share),
    )


RIS_AGE_STRUCTURE = Dataset(
    name="maps.ris_age_structure",
    title="Age structure by county",
    title_zh="縣市人口年齡結構指標",
    agency="內政部戶政司 Department of Household Registration",
    source=Source(
        files="maps/ris_age_structure/*.{csv,xlsx,xls}",
        licence="not stated",
        cadence="monthly",
        page="www.ris.gov.tw/346",
        format=Csv(encoding=("utf-8", "cp950")),
    ),
    combine=Upsert(),
    columns=(
        Column("counted_on", "date", "last day of the month", cell="yearmonth", parse="month_end", key=True),
        Column(
            "county_name", "string", "county, province, or 總計 for all", cell="city", tidy=("squeeze", "tai"), key=True
        ),
        *_group("from_0_to_12", "0 to 12 years", "", "zero_twelve"),
        *_group("from_12_to_17", "12 to 17 years", "_2", "twelve_seventeen"),
        *_group("from_20", "20 years and more", "_3", "twenty"),
        *_group("from_65", "65 years and more", "_4", "sixty_five"),
    ),
    suite=(
        expect.column_values_to_be_in_set("county_name", (*COUNTY_NAMES, *TOTALS)),
        expect.column_values_to_not_be_null("from_20"),
        *(expect.column_values_to_be_between(f"{name}_pct", 0, 100) for name in ("from_0_to_12", "from_12_to_17")),
        *(expect.column_values_to_be_between(f"{name}_pct", 0, 100) for name in ("from_20", "from_65")),
        expect.column_pair_values_a_to_be_greater_than_b("from_20", "from_65"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "總計, 臺灣省 and 福建省 are sums: leave them out when adding up. The header says 全, 男, 女 four times; which "
        "group they are of is told by the share that follows them. Groups overlap (20 and more holds 65 and more) and "
        "18 to 19 years are in none."
    ),
    limits_zh=(
        "總計、臺灣省與福建省是合計，加總時請排除。標題列出現四次「全、男、女」，屬於哪一組要看後面的比率。"
        "各組重疊（20 歲以上包含 65 歲以上），18 至 19 歲不屬於任何一組。"
    ),
    publish=Publication(share="maps"),
)
