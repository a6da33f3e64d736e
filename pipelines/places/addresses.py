"""Addresses to counties and towns, by Spark column expressions that run in the JVM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.pipelines.places.counties import COUNTY_NAMES, FORMER_NAMES, county_today
from lakeward.pipelines.places.names import place_name
from lakeward.pipelines.places.towns import FORMER_TOWNS

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

RANKS = "[鄉鎮市區]"


def with_place(rows: DataFrame, address: Column, towns: DataFrame, county: Column | None = None) -> DataFrame:
    """Find the county and the town that an address names, by their names of today.

    The first county's name counts; behind it, or from the start where there is none, the first town of that county,
    the longest where several begin there. A town may bear the rank it had before (臺南縣永康市 is 臺南市永康區); one
    whose stem is a single character only as it is called (東區).

    Args:
        rows: any frame without columns called `county_name` and `town_name`.
        address: text as written: 台 for 臺, full-width digits and blanks inside are understood.
        towns: the towns of today, `county_name` and `town_name`, repeats allowed.
        county: where the address names no county, the one it lies in; where that is not known either, a town that
            only one county has tells it.

    Returns:
        The rows, none more and none less, with `county_name` and `town_name`; NULL where the address does not tell.
    """
    from pyspark.sql import functions as F

    split = rf"\A.*?({'|'.join((*COUNTY_NAMES, *FORMER_NAMES))})(.*)\z"
    named = F.nullif(F.regexp_extract("_text", split, 1), F.lit(""))
    # Each step names what the next one uses more than once, so that Spark's plan stays small.
    parted = rows.withColumn("_text", _written(address)).select(
        *rows.columns, county_today(named).alias("_named"),
        F.coalesce(F.nullif(F.regexp_extract("_text", split, 2), F.lit("")), "_text").alias("_rest"),
    )  # fmt: skip
    given = F.lit("") if county is None else F.coalesce(county_today(county), F.lit(""))
    known = parted.withColumn("_county", F.coalesce("_named", given)).join(
        F.broadcast(_patterns(towns)), "_county", "left"
    )
    word = F.col("_word")
    found = known.withColumn("_word", F.regexp_substr("_rest", F.col("_pattern"))).withColumn(
        "_place",
        F.coalesce(
            F.get(F.filter("_towns", lambda each: each.town_name == word), F.lit(0)),
            F.get(F.filter("_towns", lambda each: each.stem == word.substr(F.lit(1), F.length(word) - 1)), F.lit(0)),
        ),
    )
    return found.select(
        *rows.columns,
        F.coalesce("_place.county_name", F.nullif("_county", F.lit(""))).alias("county_name"),
        F.col("_place.town_name").alias("town_name"),
    )


def _written(address: Column) -> Column:
    """Write an address one way, with towns that are no more under the name of what took their place."""
    from pyspark.sql import functions as F

    from lakeward.pipelines.normalise import tidy

    text = tidy(address, ("halfwidth", "squeeze", "tai"))
    for (county, gone), (now, _) in FORMER_TOWNS.items():
        text = F.replace(text, F.lit(county + gone), F.lit(county + now))
    return text


def _patterns(towns: DataFrame) -> DataFrame:
    """Give for each county, and for none (``), the pattern of its towns' names and what they mean."""
    from pyspark.sql import functions as F

    listed = towns.select(
        county_today(F.col("county_name")).alias("county_name"), place_name(F.col("town_name")).alias("t")
    )
    known = listed.where(rf"t rlike '\\A\\p{{IsHan}}+{RANKS}\\z'").distinct().selectExpr(
        "county_name", "t as town_name", "substring(t, 1, length(t) - 1) as stem"
    )  # fmt: skip
    of_one = known.where("length(stem) > 1").groupBy("stem").agg(
        F.min("county_name").alias("county_name"),
        F.max("county_name").alias("other"),
        F.max("town_name").alias("town_name"),
    )  # fmt: skip
    anywhere = of_one.where("county_name = other").selectExpr("'' as _county", "county_name", "town_name", "stem")
    each = known.selectExpr("county_name as _county", "county_name", "town_name", "stem").unionByName(anywhere)
    pattern = F.when(F.length("stem") > 1, F.concat("stem", F.lit(RANKS))).otherwise(F.col("town_name"))
    sized = F.struct((-F.length("stem")).alias("size"), pattern.alias("pattern"))
    return each.groupBy("_county").agg(
        F.concat_ws("|", F.transform(F.array_sort(F.collect_set(sized)), lambda one: one.pattern)).alias("_pattern"),
        F.array_sort(F.collect_list(F.struct("county_name", "town_name", "stem"))).alias("_towns"),
    )
