"""Towns over time: every code and name that was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Publication
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.pipelines.places.counties import COUNTY_NAMES, county_of_code, english_county
from lakeward.pipelines.places.names import place_name
from lakeward.pipelines.places.seen import SEEN, seen
from lakeward.pipelines.places.villages import county_code, town_code
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TOWN = ("town_code", "county_code", "town_name")


def towns(villages: DataFrame) -> DataFrame:
    """List the towns that have villages, once for each name that a code has had."""
    from pyspark.sql import functions as F

    coded = villages.select(
        town_code(F.col("village_code")).alias("town_code"), county_code(F.col("village_code")).alias("county_code"),
        place_name(F.col("town_name")).alias("town_name"), "counted_on",
    )  # fmt: skip
    name = county_of_code(F.col("county_code"))
    return seen(coded, TOWN).withColumns({"county_name": name, "county_name_en": english_county(name)})


TOWNS = Curated(
    name="gold.towns",
    title="Towns over time",
    title_zh="歷年鄉鎮市區代碼與名稱",
    inputs=(VILLAGE_POPULATION,),
    grain="one row a code of a town and each name it has had",
    build=towns,
    columns=(
        Open("town_code", "string", "eight digits", title="鄉鎮市區代碼", key=True),
        Open("town_name", "string", "town or district, written 臺", title="鄉鎮市區", key=True),
        Open("county_code", "string", "five digits", title="縣市代碼"),
        Open("county_name", "string", "county, by its name of today", title="縣市"),
        Open("county_name_en", "string", "county in English", title="縣市英文名稱"),
        *SEEN,
    ),
    suite=(
        expect.column_values_to_match_regex("town_code", r"^\d{8}$"),
        expect.column_values_to_not_be_null("town_name"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES),
        expect.column_values_to_not_be_null("county_name"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits="Only months that were delivered are known: a change lies somewhere between two counts.",
    limits_zh="只知道已交付的月份：變動發生在前後兩次統計之間的某一天。",
    publish=Publication(share="maps"),
)
