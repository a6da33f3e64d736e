"""What people aged 15 and over have learned: one row a town and year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Disclosure, Parts, Publication
from lakeward.pipelines.education.village_education import VILLAGE_EDUCATION
from lakeward.pipelines.places.counties import COUNTY_NAMES, county_today
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import Column as SparkColumn
    from pyspark.sql import DataFrame

TOWN_YEAR = ("county_name", "town_name", "year")
GRADUATE = ("doctor_graduated", "master_graduated")
# Whoever began a master's has completed a university.
UNIVERSITY = (*GRADUATE, "doctor_unfinished", "master_unfinished", "university_graduated")


def education_town(villages: DataFrame) -> DataFrame:
    """Add up the people of each town's villages and the shares of them with a degree.

    `graduate_ratio` is the share of people aged 15 and over who completed a master's degree or a doctorate.
    """
    from pyspark.sql import functions as F

    counts = villages.select(
        county_today(F.col("county_name")).alias("county_name"), "town_name", "year", "village_code", "people_15_up",
        _people(GRADUATE).alias("graduate"), _people(UNIVERSITY).alias("university"),
        _people(("illiterate",)).alias("illiterate"),
    )  # fmt: skip
    towns = counts.groupBy(*TOWN_YEAR).agg(
        F.min(F.substring("village_code", 1, 8)).alias("town_code"),
        F.count("*").alias("villages"),
        *(F.sum(name).alias(name) for name in ("people_15_up", "graduate", "university", "illiterate")),
    )
    people = F.nullif("people_15_up", F.lit(0))
    return towns.select(
        *TOWN_YEAR, "town_code", "villages", "people_15_up",
        F.col("graduate").alias("graduates"),
        *((F.col(name) / people).alias(f"{name}_ratio") for name in ("graduate", "university", "illiterate")),
    )  # fmt: skip


def _people(stems: Sequence[str]) -> SparkColumn:
    """Add up men and women, or both where the file does not part them."""
    from functools import reduce

    from pyspark.sql import functions as F

    each = (F.coalesce(f"{stem}_both", F.col(f"{stem}_men") + F.col(f"{stem}_women")) for stem in stems)
    return reduce(lambda a, b: a + b, each)


EDUCATION_TOWN = Curated(
    name="gold.education_town",
    title="Education by town and year",
    title_zh="鄉鎮市區教育程度",
    inputs=(VILLAGE_EDUCATION,),
    grain="one row a town and year",
    build=education_town,
    columns=(
        Open("county_name", "string", "county, by its name of today, written 臺", title="縣市", key=True),
        Open("town_name", "string", "town or district, by its name of that year", title="鄉鎮市區", key=True),
        Open("year", "int", "end of this year", title="年", key=True),
        Open("town_code", "string", "eight digits; none before 2018", title="鄉鎮市區代碼"),
        Open("villages", "bigint", "villages counted", unit="villages", title="村里數"),
        Open("people_15_up", "bigint", "people aged 15 and over", unit="people", title="15歲以上人口"),
        Open("graduates", "bigint", "with a completed master's or doctorate", unit="people", title="碩博士畢業人數"),
        Open("graduate_ratio", "double", "share of them, 0 to 1", title="碩博士畢業比率"),
        Open("university_ratio", "double", "share with a completed university or more, 0 to 1", title="大學以上比率"),
        Open("illiterate_ratio", "double", "share who cannot read, 0 to 1", title="不識字比率"),
    ),
    suite=(
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_not_be_null("town_name"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES),
        expect.column_values_to_be_between("people_15_up", 1, 1_000_000, severity="warning"),
        expect.column_values_to_be_between("graduate_ratio", 0, 1),
        expect.column_pair_values_a_to_be_greater_than_b("university_ratio", "graduate_ratio", or_equal=True),
        expect.compound_columns_to_be_unique(TOWN_YEAR),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "By where people are registered, not where they live or studied: students' and retired people's towns differ "
        "from their homes. Degrees are as people told them. Years between deliveries are missing, not unchanged."
    ),
    limits_zh=(
        "依戶籍地，不是居住或就學地：學生與退休者的戶籍常與住處不同。學歷為民眾自述。沒有交付的年份是缺漏，"
        "不是沒有變化。"
    ),
    disclosure=Disclosure(
        counts=("people_15_up", "graduates"),
        parts=(("graduates", "people_15_up"),),
        public="the Ministry of the Interior publishes the same numbers by village",
    ),
    parts=Parts("year", {VILLAGE_EDUCATION.name: "year"}),
    publish=Publication(share="education"),
)
