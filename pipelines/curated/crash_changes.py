"""What the police added, changed and took out with each re-issue of this year's fatal crashes, a row a party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Changes, Curated, Disclosure, Publication
from lakeward.pipelines.police.crash_parties import CRASHES_ARE_PUBLIC
from lakeward.pipelines.police.fatal_crash_reissues import FATAL_CRASH_REISSUES
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import Column as SparkColumn
    from pyspark.sql import DataFrame

KINDS = {"insert": "inserted", "update_postimage": "updated", "delete": "deleted"}
PARTY = FATAL_CRASH_REISSUES.key
ON_THE_ROAD = {"coordinates": "of the crash, on a public road; the police publish them row by row"}
TOLD = tuple(name for name in FATAL_CRASH_REISSUES.types if name not in PARTY)


def crash_changes(feed: DataFrame) -> DataFrame:
    """Put what a party's row was beside what it is; of an update only the columns that differ."""
    from pyspark.sql import functions as F

    is_before = F.col("change").isin("delete", "update_preimage")
    told = F.create_map(*(x for name in TOLD for x in (F.lit(name), F.col(name).cast("string"))))
    at = [name for name in PARTY if name != "crashed_on"]
    rows = (
        feed.select("*", delivered_on().alias("delivered_on"), told.alias("_told"), is_before.alias("_is_before"))
        .groupBy("delivered_on", "delivery", "change_no", "crashed_on", *at)
        .agg(
            F.max_by("change", F.col("change") == "update_postimage").alias("_last"),
            F.first(F.when(F.col("_is_before"), F.col("_told")), ignorenulls=True).alias("_before"),
            F.first(F.when(~F.col("_is_before"), F.col("_told")), ignorenulls=True).alias("_after"),
        )
    )
    return rows.select(
        "*",
        kind("_last").alias("change"),
        _differing("_before", "_after").alias("before"),
        _differing("_after", "_before").alias("after"),
        F.coalesce(F.col("_after")["county_name"], F.col("_before")["county_name"]).alias("county_name"),
    ).withColumn("changed_columns", F.when(F.col("change") == "updated", F.array_sort(F.map_keys("after"))))


def delivered_on() -> SparkColumn:
    """Give the day of a re-issue: that in the file's name, else that on which it came into the table."""
    from pyspark.sql import functions as F

    arrived = F.to_date(F.from_utc_timestamp("committed_at", "Asia/Taipei"))
    return F.coalesce(F.try_to_date("edition", "yyyy-MM-dd"), arrived)


def kind(change: str) -> SparkColumn:
    """Say in plain words what became of a row."""
    from pyspark.sql import functions as F

    return F.create_map(*(F.lit(word) for pair in KINDS.items() for word in pair))[F.col(change)]


def _differing(one: str, other: str) -> SparkColumn:
    from pyspark.sql import functions as F

    differs = F.map_filter(one, lambda name, value: ~value.eqNullSafe(F.col(other)[name]))
    return F.when(F.col(other).isNull(), F.col(one)).otherwise(differs)


CRASH_CHANGES = Curated(
    name="gold.crash_changes",
    title="Re-issues of fatal crashes: every changed row, before and after",
    title_zh="A1類交通事故資料歷次更新：逐列異動前後對照",
    inputs=(Changes(FATAL_CRASH_REISSUES),),
    grain="one row a re-issue and party that it inserted, updated or deleted",
    build=crash_changes,
    columns=(
        Open("delivered_on", "date", "day of the re-issue, from the file's name", title="發布日", key=True),
        Open("change", "string", "inserted, updated or deleted", title="異動", key=True),
        Open("crashed_on", "date", "day of the crash", title="發生日期", key=True),
        Open("crashed_at", "timestamp", "moment of the crash, UTC", title="發生時間", key=True),
        Open("police_unit", "string", "police department that handled it", title="處理單位", key=True),
        Open(
            "place",
            "string",
            "where it happened, as the police wrote it",
            title="發生地點",
            key=True,
            holds={"address": "tells where on the road, by the house beside it; the police publish it"},
        ),
        Open("party_no", "int", "number of the party in its crash", title="當事者順位", key=True),
        Open("county_name", "string", "county of the place, after the change", title="縣市"),
        Open(
            "changed_columns", "array<string>", "columns that differ; none of rows added or taken out", title="異動欄位"
        ),
        Open(
            "before",
            "map<string,string>",
            "column and value before: of an update those that differ",
            title="異動前",
            holds=ON_THE_ROAD,
        ),
        Open(
            "after",
            "map<string,string>",
            "column and value after: of an update those that differ",
            title="異動後",
            holds=ON_THE_ROAD,
        ),
        Open("delivery", "string", "file that brought the change", title="檔案"),
    ),
    suite=(
        expect.column_values_to_not_be_null("delivered_on"),
        expect.column_values_to_be_in_set("change", tuple(KINDS.values())),
        expect.column_values_to_not_be_null("changed_columns", row_condition="change = 'updated'"),
        expect.column_values_to_be_null("before", row_condition="change = 'inserted'"),
        expect.column_values_to_be_null("after", row_condition="change = 'deleted'"),
        expect.compound_columns_to_be_unique(("delivered_on", *PARTY)),
    ),
    limits=(
        "A change of date, time, police unit, place or party number is a row taken out and one added: nothing in the "
        "files tells that they are the same. Why a row was changed is not told either. Changes between two downloads "
        "that cancel each other leave no trace. The first re-issue inserts every row."
    ),
    limits_zh=(
        "日期、時間、處理單位、地點或當事者順位改變，算刪一列、增一列：檔案裡沒有資訊能說明它們是同一列。"
        "為何修改也無從得知。兩次下載之間互相抵銷的異動不留痕跡。首次發布全部算新增。"
    ),
    disclosure=Disclosure(
        identifying=("crashed_at", "place"),
        public=CRASHES_ARE_PUBLIC,
    ),
    publish=Publication(share="police"),
)
