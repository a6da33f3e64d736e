"""Villages over time: every code and name that was counted, beside the old code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Publication
from lakeward.pipelines.maps.village_codes import VILLAGE_CODES
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.pipelines.places.counties import COUNTY_NAMES, county_today
from lakeward.pipelines.places.names import place_name
from lakeward.pipelines.places.seen import SEEN, seen
from lakeward.pipelines.places.villages import new_village_code, town_code
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

VILLAGE = ("village_code", "county_name", "town_name", "village_name")


def villages(counted: DataFrame, codes: DataFrame) -> DataFrame:
    """List the villages that were counted and those that only an old code tells of.

    A village that was split or merged keeps its last row; the new ones begin with the count that first has them.
    """
    from pyspark.sql import functions as F

    places = (
        county_today(F.col("county_name")).alias("county_name"), place_name(F.col("town_name")).alias("town_name"),
        "village_name",
    )  # fmt: skip
    known = seen(counted.select("village_code", *places, "counted_on"), VILLAGE)
    old = codes.withColumn("village_code", new_village_code(F.col("code"))).where("village_code is not null")
    coded = old.groupBy("village_code").agg(F.min("code").alias("old_village_code"))
    gone = old.select("village_code", *places).join(known, "village_code", "left_anti").dropDuplicates(["village_code"])
    every = known.unionByName(gone.withColumn("is_current", F.lit(False)), allowMissingColumns=True)
    return every.join(coded, "village_code", "left").withColumn("town_code", town_code(F.col("village_code")))


VILLAGES = Curated(
    name="gold.villages",
    title="Villages over time",
    title_zh="歷年村里代碼與名稱",
    inputs=(VILLAGE_POPULATION, VILLAGE_CODES),
    grain="one row a code of a village and each name it has had",
    build=villages,
    columns=(
        Open("village_code", "string", "eleven digits", title="村里代碼", key=True),
        Open("county_name", "string", "county, by its name of today", title="縣市", key=True),
        Open("town_name", "string", "town, written 臺, as in the count", title="鄉鎮市區", key=True),
        Open("village_name", "string", "village, as in the count", title="村里", key=True),
        Open("town_code", "string", "eight digits", title="鄉鎮市區代碼"),
        Open("old_village_code", "string", "code of 2014, 6702900-015; none for younger villages", title="舊村里代碼"),
        *SEEN,
    ),
    suite=(
        expect.column_values_to_match_regex("village_code", r"^\d{11}$"),
        expect.column_values_to_not_be_null("village_name"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES),
        expect.column_values_to_not_be_null("first_counted_on", mostly=0.9, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Only months that were delivered are known: a split or merger lies somewhere between two counts, and which "
        "village went into which is not told. A name that is written in two ways stands twice."
    ),
    limits_zh=(
        "只知道已交付的月份：分割或合併發生在前後兩次統計之間，哪個村里併入哪個村里無從得知。"
        "有兩種寫法的名稱會出現兩次。"
    ),
    publish=Publication(share="maps"),
)
