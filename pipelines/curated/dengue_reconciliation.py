"""How many cases of dengue each source knows, by county and year, up to the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Disclosure, Parts, Publication
from lakeward.pipelines.health.dengue_case_list import DENGUE_CASE_LIST
from lakeward.pipelines.health.dengue_cases import DENGUE_CASES
from lakeward.pipelines.health.dengue_columns import CASES_ARE_PUBLIC
from lakeward.pipelines.health.tainan_dengue_points import TAINAN_DENGUE_POINTS
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LIST, BY_COUNTY, CITY = "CDC national list", "CDC by county", "Tainan City"
DAYS_TO_VERDICT = 3
YEAR_IN_CITY = f"year(coalesce(confirmed_on, date_add(onset_on, {DAYS_TO_VERDICT})))"
GROUP = ("county_name", "year")


def dengue_reconciliation(listed: DataFrame, by_county: DataFrame, city: DataFrame) -> DataFrame:
    """Count the cases of each source, infected at home, whose verdict came up to the last day that all sources know.

    That day is, for a county and year of onset, the earliest of the last verdicts that each of its sources holds; the
    last verdict of the CDC's sources is that of the whole nation. A verdict that is not told counts as early enough.
    """
    from pyspark.sql import functions as F

    cases = _national(listed, LIST).unionByName(_national(by_county, BY_COUNTY)).unionByName(_city(city))
    years = cases.groupBy("source", "year").agg(F.max("verdict_on").alias("last_on"))
    cutoffs = (
        cases.select("source", *GROUP).distinct().join(years, ["source", "year"])
        .groupBy(*GROUP).agg(F.min("last_on").alias("as_of_on"))
    )  # fmt: skip
    is_home = ~F.col("is_imported")
    is_early = F.coalesce(F.col("verdict_on") <= F.col("as_of_on"), F.lit(True))
    counted = (
        cases.join(cutoffs, list(GROUP))
        .groupBy(*GROUP, "source", "as_of_on")
        .agg(
            F.count_if(is_home & is_early).alias("cases"),
            F.count_if(~is_home & is_early).alias("imported_cases"),
            F.count("*").alias("rows_of_year"),
            F.count_if(F.col("village_name").isNull()).alias("rows_without_village"),
        )
    )
    reference = counted.where(F.col("source") == LIST).select(*GROUP, F.col("cases").alias("list_cases"))
    return counted.join(reference, list(GROUP), "left").selectExpr(
        *GROUP,
        "source",
        "as_of_on",
        "cases",
        "imported_cases",
        "rows_of_year",
        "rows_without_village",
        "list_cases",
        "list_cases - cases as gap_cases",
        "1e2 * (list_cases - cases) / nullif(list_cases, 0) as gap_pct",
    )


def _national(cases: DataFrame, source: str) -> DataFrame:
    from pyspark.sql import functions as F

    return cases.select(
        F.lit(source).alias("source"),
        "county_name",
        F.year("onset_on").alias("year"),
        F.col("confirmed_on").alias("verdict_on"),
        "is_imported",
        "village_name",
    )


def _city(points: DataFrame) -> DataFrame:
    """Give the city's cases; one that fell ill in the last days of a year has its verdict, and counts, in the next."""
    from pyspark.sql import functions as F

    return points.select(
        F.lit(CITY).alias("source"),
        F.lit("臺南市").alias("county_name"),
        F.expr(YEAR_IN_CITY).alias("year"),
        F.coalesce("confirmed_on", "onset_on").alias("verdict_on"),
        F.lit(False).alias("is_imported"),
        "village_name",
    )


DENGUE_RECONCILIATION = Curated(
    name="gold.dengue_reconciliation",
    title="Dengue cases by source",
    title_zh="登革熱病例數各來源比對",
    inputs=(DENGUE_CASE_LIST, DENGUE_CASES, TAINAN_DENGUE_POINTS),
    grain="one row a county, year of onset and source that has cases there",
    build=dengue_reconciliation,
    columns=(
        Open("county_name", "string", "county of residence, written 臺", title="縣市", key=True),
        Open("year", "int", "year of onset", title="發病年", key=True),
        Open("source", "string", "who tells", title="來源", key=True),
        Open(
            "as_of_on",
            "date",
            "last verdict that counts: all sources know it; none without verdicts",
            title="比對截止日",
        ),
        Open("cases", "bigint", "cases infected at home, up to that day", unit="cases", title="本土病例數"),
        Open("imported_cases", "bigint", "cases infected abroad, up to that day", unit="cases", title="境外移入病例數"),
        Open("rows_of_year", "bigint", "all cases of the year that the source holds", unit="cases", title="全年筆數"),
        Open("rows_without_village", "bigint", "of them without a village", unit="cases", title="無村里筆數"),
        Open("list_cases", "bigint", "what the national list has for `cases`", unit="cases", title="全國名單病例數"),
        Open("gap_cases", "bigint", "cases that the source lacks against it", unit="cases", title="差距"),
        Open("gap_pct", "double", "the gap as a share of the national list", unit="%", title="差距百分比"),
    ),
    suite=(
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_be_in_set("source", (LIST, BY_COUNTY, CITY)),
        expect.column_values_to_be_between("gap_pct", -5, 5, severity="warning"),
        expect.compound_columns_to_be_unique((*GROUP, "source")),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "A gap is no error of one side: the copy by county lacks cases whose village a compiler did not find, the city "
        "counts by its own residents' districts, and lists of other days hold other verdicts. Other cities' own lists "
        "are not here. The city's older dates may be days of illness, not of the verdict."
    ),
    limits_zh=(
        "差距不代表哪一方有錯：縣市別的複本缺少彙整者找不到村里的病例，臺南市依其居民的行政區計算，"
        "不同日期的名單判定也不同。其他縣市自己的名單不在內。臺南市較早的日期可能是發病日而非確診日。"
    ),
    disclosure=Disclosure(
        counts=("cases", "imported_cases", "rows_of_year", "list_cases"),
        public=CASES_ARE_PUBLIC,
    ),
    parts=Parts(
        "year",
        {
            DENGUE_CASE_LIST.name: "year(onset_on)",
            DENGUE_CASES.name: "year(onset_on)",
            TAINAN_DENGUE_POINTS.name: YEAR_IN_CITY,
        },
    ),
    publish=Publication(share="health"),
)
