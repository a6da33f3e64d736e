"""Counties over time: codes and names in two languages, what became of them, and when they were counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Publication
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.pipelines.places.counties import COUNTIES, COUNTY_NAMES, FORMER_COUNTIES
from lakeward.pipelines.places.seen import SEEN, seen
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LISTED = (
    "county_code string, county_name string, county_name_en string, valid_from string, valid_to string, "
    "county_name_today string"
)


def counties(villages: DataFrame) -> DataFrame:
    """List every county there has been by its code; beside it the first and last count with villages of that code."""
    from pyspark.sql import functions as F

    listed = [
        (each.code, each.name, each.english, each.valid_from or None, each.valid_to or None, each.today or each.name)
        for each in (*COUNTIES, *FORMER_COUNTIES)
    ]
    counted = seen(villages.withColumn("county_code", F.substring("village_code", 1, 5)), ("county_code",))
    return (
        villages.sparkSession.createDataFrame(listed, LISTED)
        .join(counted, "county_code", "left")
        .withColumn("is_current", F.col("valid_to").isNull())
    )


GOLD_COUNTIES = Curated(
    name="gold.counties",
    title="Counties over time",
    title_zh="歷年縣市代碼與名稱",
    inputs=(VILLAGE_POPULATION,),
    grain="one row a code of a county, also of those before 2010 and 2014",
    build=counties,
    columns=(
        Open("county_code", "string", "the ministry's five digits", title="縣市代碼", key=True),
        Open("county_name", "string", "name under this code, written 臺", title="縣市"),
        Open("county_name_en", "string", "official English name", title="縣市英文名稱"),
        Open("valid_from", "date", "first day; none where it is older than the data", title="起日"),
        Open("valid_to", "date", "last day; none for counties of today", title="迄日"),
        Open("county_name_today", "string", "the county that it is or became part of", title="現今縣市"),
        *SEEN[:2],
        Open("is_current", "boolean", "the code is in use today", title="現行"),
    ),
    suite=(
        expect.column_values_to_be_unique("county_code"),
        expect.column_values_to_be_in_set("county_name_today", COUNTY_NAMES),
        expect.table_row_count_to_be_between(min_value=len(COUNTY_NAMES)),
    ),
    limits="From the ministry's code list, kept in the code; changes before 2010 are not in it.",
    limits_zh="取自內政部代碼表，寫在程式中；2010 年以前的變動不在內。",
    publish=Publication(share="maps"),
)
