"""Surveys of dengue mosquitoes by town and month, with people and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Disclosure, Parts, Publication
from lakeward.pipelines.health.dengue_cases import DENGUE_CASES
from lakeward.pipelines.health.dengue_columns import CASES_ARE_PUBLIC
from lakeward.pipelines.health.mosquito_index import MOSQUITO_INDEX
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.quality import across, expect

if TYPE_CHECKING:
    from pyspark.sql import Column as SparkColumn
    from pyspark.sql import DataFrame

TOWN = ("county_name", "town_name")
TOWN_MONTH = (*TOWN, "month")
RISKY_LEVEL = 3


def vector_risk_town_month(surveys: DataFrame, villages: DataFrame, cases: DataFrame) -> DataFrame:
    """Sum surveys by town and month; beside them the town's people and the cases that fell ill there that month.

    Each survey counts once, whatever its village; a village is known by its new code where it has one. People are
    those of the count nearest to 1 January of the year. Cases are unknown for years that no delivery speaks of.
    """
    from pyspark.sql import functions as F

    from lakeward.pipelines.places.villages import new_village_code

    counted = (
        surveys.withColumn("village_code", new_village_code(F.col("village_code_old")))
        .groupBy(*(_tai(name) for name in TOWN), _month("surveyed_on").alias("month"))
        .agg(
            F.count("*").alias("surveys"),
            F.countDistinct(F.coalesce("village_code", "village_name")).alias("villages"),
            F.avg("breteau_index").alias("mean_breteau_index"),
            F.max("breteau_index").alias("max_breteau_index"),
            F.count_if(F.col("breteau_level") >= RISKY_LEVEL).alias("surveys_bi_ge_3"),
            F.avg("container_index").alias("mean_container_index"),
            F.count_if(F.col("village_code").isNull()).alias("surveys_without_village"),
        )
        .withColumn("year", F.year("month"))
    )
    told = cases.select(F.year("onset_on").alias("year")).distinct().withColumn("is_told", F.lit(True))
    ill = cases.groupBy(*(_tai(name) for name in TOWN), _month("onset_on").alias("month")).agg(
        F.count("*").alias("found")
    )
    return (
        counted.join(_people(counted, villages), [*TOWN, "year"], "left")
        .join(ill, list(TOWN_MONTH), "left")
        .join(F.broadcast(told), "year", "left")
        .withColumn("dengue_cases", F.when(F.col("is_told"), F.coalesce("found", F.lit(0))).cast("bigint"))
        .select(*(column.name for column in VECTOR_RISK_TOWN_MONTH.columns))
    )


def _people(counted: DataFrame, villages: DataFrame) -> DataFrame:
    from pyspark.sql import functions as F

    towns = villages.groupBy(*(_tai(name) for name in TOWN), "counted_on").agg(F.sum("population").alias("population"))
    gap = F.abs(F.datediff("counted_on", F.make_date("year", F.lit(1), F.lit(1))))
    nearest = F.min_by(F.struct("population", F.col("counted_on").alias("population_on")), F.struct(gap, "counted_on"))
    years = counted.select(*TOWN, "year").distinct()
    return (
        years.join(towns, list(TOWN)).groupBy(*TOWN, "year").agg(nearest.alias("near")).select(*TOWN, "year", "near.*")
    )


def _month(day: str) -> SparkColumn:
    from pyspark.sql import functions as F

    return F.trunc(day, "month")


def _tai(name: str) -> SparkColumn:
    from pyspark.sql import functions as F

    from lakeward.pipelines.places.names import place_name

    return place_name(F.col(name)).alias(name)


VECTOR_RISK_TOWN_MONTH = Curated(
    name="gold.vector_risk_town_month",
    title="Dengue mosquitoes by town and month",
    title_zh="鄉鎮逐月登革熱病媒蚊風險",
    inputs=(MOSQUITO_INDEX, VILLAGE_POPULATION, DENGUE_CASES),
    grain="one row a town and month with at least one survey",
    build=vector_risk_town_month,
    columns=(
        Open("county_name", "string", "county, written 臺", title="縣市", key=True),
        Open("town_name", "string", "town, written 臺; none where a survey tells none", title="鄉鎮市區", key=True),
        Open("month", "date", "first day of the month", title="月份", key=True),
        Open("surveys", "bigint", "surveys", unit="surveys", title="調查次數"),
        Open("villages", "bigint", "villages that were surveyed", unit="villages", title="調查村里數"),
        Open("mean_breteau_index", "double", "mean of the surveys' Breteau index", title="平均布氏指數"),
        Open("max_breteau_index", "double", "its maximum", title="最高布氏指數"),
        Open(
            "surveys_bi_ge_3",
            "bigint",
            "surveys of Breteau level 3 or more",
            unit="surveys",
            title="布氏級數3級以上次數",
        ),
        Open("mean_container_index", "double", "mean container index", unit="%", title="平均容器指數"),
        Open(
            "surveys_without_village",
            "bigint",
            "surveys without a village's code",
            unit="surveys",
            title="無村里代碼次數",
        ),
        Open("dengue_cases", "bigint", "cases with onset that month; none where no year is told", title="登革熱病例數"),
        Open("population", "bigint", "registered residents", unit="people", title="人口數"),
        Open("population_on", "date", "day of that count, the nearest to 1 January", title="人口統計日"),
    ),
    suite=(
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_not_be_null("town_name", severity="warning"),
        expect.column_values_to_be_between("surveys", 1, 100_000),
        expect.column_pair_values_a_to_be_greater_than_b("surveys", "surveys_bi_ge_3", or_equal=True),
        expect.column_values_to_not_be_null("population", mostly=0.95, severity="warning"),
        across.sums_to_reconcile_with_table("surveys", MOSQUITO_INDEX.table, "*"),
        expect.compound_columns_to_be_unique(TOWN_MONTH),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Towns are surveyed where and when risk is thought to be high: a mean is of the surveys, not of the town. "
        "Level 3 is no index of 3. First and last months of a delivery are partial. The open files of cases (2014 and "
        "2015) and of surveys (2016 and 2017) do not overlap in time."
    ),
    limits_zh=(
        "鄉鎮在被認為風險高的時間與地點才受調查：平均值是調查的平均，不是鄉鎮的平均。第 3 級不是指數 3。"
        "交付的首月與末月不完整。病例的公開檔（2014、2015）與調查的公開檔（2016、2017）時間並不重疊。"
    ),
    disclosure=Disclosure(
        counts=("dengue_cases", "population"),
        public=CASES_ARE_PUBLIC,
    ),
    parts=Parts("year(month)", {MOSQUITO_INDEX.name: "year(surveyed_on)", DENGUE_CASES.name: "year(onset_on)"}),
    publish=Publication(share="health"),
)
