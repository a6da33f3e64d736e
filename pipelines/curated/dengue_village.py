"""Dengue by village and year, with the people who live there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Disclosure, Parts, Publication
from lakeward.pipelines.health.dengue_cases import DENGUE_CASES
from lakeward.pipelines.health.dengue_columns import CASES_ARE_PUBLIC
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.quality import across, expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def dengue_village(cases: DataFrame, villages: DataFrame) -> DataFrame:
    """Count cases by village of residence and year of onset; beside them the people of one count.

    A case is a row. The count is the one of its county nearest to 1 January of the year, the same for all villages of
    the county, so that a year has one set of villages; a village that is not in it has no population.
    """
    from pyspark.sql import functions as F

    from lakeward.pipelines.places.villages import county_code, new_village_code, village_code

    code = F.coalesce(village_code(F.col("village_code")), new_village_code(F.col("village_code_old")))
    counted = (
        cases.withColumn("village_code", code)
        .where("village_code is not null")
        .groupBy("village_code", F.year("onset_on").alias("year"))
        .agg(
            F.count("*").alias("cases"),
            F.sum(F.col("is_imported").cast("bigint")).alias("imported_cases"),
            F.min("county_name").alias("told_county"),
            F.min("town_name").alias("told_town"),
            F.min("village_name").alias("told_village"),
            F.min("onset_on").alias("first_onset_on"),
            F.max("onset_on").alias("last_onset_on"),
        )
    )
    return (
        counted.withColumn("county_code", county_code(F.col("village_code")))
        .join(F.broadcast(_counts(counted, villages)), ["year", "county_code"], "left")
        .join(_people(villages), ["village_code", "population_on"], "left")
        .selectExpr(
            "village_code",
            "year",
            "coalesce(county_name, told_county) as county_name",
            "coalesce(town_name, told_town) as town_name",
            "coalesce(village_name, told_village) as village_name",
            "cases",
            "imported_cases",
            "first_onset_on",
            "last_onset_on",
            "population",
            "population_on",
            "1e3 * cases / nullif(population, 0) as cases_per_1000",
        )
    )


def _counts(counted: DataFrame, villages: DataFrame) -> DataFrame:
    """Give for each year and county the day of the count of people nearest to the year's 1 January."""
    from pyspark.sql import functions as F

    from lakeward.pipelines.places.villages import county_code

    gap = F.abs(F.datediff("counted_on", F.make_date("year", F.lit(1), F.lit(1))))
    days = villages.select(county_code(F.col("village_code")).alias("county_code"), "counted_on").distinct()
    years = counted.select("year", county_code(F.col("village_code")).alias("county_code")).distinct()
    nearest = F.min_by("counted_on", F.struct(gap, "counted_on")).alias("population_on")
    return years.join(days, "county_code").groupBy("year", "county_code").agg(nearest)


def _people(villages: DataFrame) -> DataFrame:
    from pyspark.sql import functions as F

    return villages.select(
        "village_code",
        F.col("counted_on").alias("population_on"),
        "county_name",
        "town_name",
        "village_name",
        F.col("population").cast("bigint").alias("population"),
    )


DENGUE_VILLAGE = Curated(
    name="gold.dengue_village",
    title="Dengue by village and year",
    title_zh="村里登革熱病例與人口",
    inputs=(DENGUE_CASES, VILLAGE_POPULATION),
    grain="one row a village of residence and year of onset with at least one case",
    build=dengue_village,
    columns=(
        Open("village_code", "string", "村里代碼 of eleven digits", title="村里代碼", key=True),
        Open("year", "int", "year of onset", title="發病年", key=True),
        Open("county_name", "string", "county, written 臺", title="縣市"),
        Open("town_name", "string", "town", title="鄉鎮市區"),
        Open("village_name", "string", "village", title="村里"),
        Open("cases", "bigint", "confirmed cases, with those infected abroad", unit="cases", title="確定病例數"),
        Open("imported_cases", "bigint", "of them infected abroad", unit="cases", title="境外移入病例數"),
        Open("first_onset_on", "date", "first day of illness of the first case", title="最早發病日"),
        Open("last_onset_on", "date", "first day of illness of the last case", title="最晚發病日"),
        Open("population", "bigint", "registered residents", unit="people", title="人口數"),
        Open("population_on", "date", "day of that count, the nearest to 1 January", title="人口統計日"),
        Open("cases_per_1000", "double", "cases per 1,000 residents", unit="‰", title="每千人病例數"),
    ),
    suite=(
        expect.column_values_to_not_be_null("village_code"),
        expect.column_values_to_match_regex("village_code", r"^\d{11}$"),
        expect.column_values_to_be_between("cases", 1, 100_000),
        expect.column_pair_values_a_to_be_greater_than_b("cases", "imported_cases", or_equal=True),
        expect.column_values_to_not_be_null("population", mostly=0.99, severity="warning"),
        expect.column_values_to_be_between("cases_per_1000", 0, 1_000, severity="warning"),
        across.sums_to_reconcile_with_table("cases", DENGUE_CASES.table, "*", by=("county_name",), severity="warning"),
        expect.compound_columns_to_be_unique(("village_code", "year")),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Villages without a case are no rows. The cases come from a compiler's copy that lacks cases whose village is "
        "not on a list of 2025; gold.dengue_reconciliation says how many. A village split or merged between its "
        "cases and the count of people has no population. People are counted where they are registered."
    ),
    limits_zh=(
        "沒有病例的村里沒有列。病例來自彙整者的複本，缺少村里不在 2025 年名單上的病例；缺多少見 gold.dengue_r"
        "econciliation。村里在病例與人口統計之間若曾分割或合併，就沒有人口。人口依戶籍地計算。"
    ),
    disclosure=Disclosure(
        counts=("cases", "population"),
        parts=(("imported_cases", "cases"),),
        public=CASES_ARE_PUBLIC,
    ),
    parts=Parts("year", {DENGUE_CASES.name: "year(onset_on)"}),
    publish=Publication(share="health"),
)
