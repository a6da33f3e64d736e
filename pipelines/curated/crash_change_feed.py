"""How much each re-issue of this year's fatal crashes added, changed and took out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.curated.crash_changes import KINDS, PARTY, delivered_on, kind
from lakeward.pipelines.dataset import Changes, Curated, Disclosure, Publication
from lakeward.pipelines.police.crash_parties import CRASH, CRASHES_ARE_PUBLIC
from lakeward.pipelines.police.fatal_crash_reissues import FATAL_CRASH_REISSUES
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

DELIVERY = ("delivered_on", "change_no", "delivery")


def crash_change_feed(feed: DataFrame) -> DataFrame:
    """Count rows, crashes and deaths by re-issue and kind of change; beside them what the table held after it.

    A crash is one set of party rows that agree in moment, police unit, place and position; its deaths count once,
    also where only one of its rows changed. An updated row counts as it is after the change.
    """
    from pyspark.sql import functions as F

    told = feed.withColumn("delivered_on", delivered_on())
    kinds = told.withColumn("change", kind("change")).where("change is not null")
    sign = F.when(F.col("change").isin("insert", "update_postimage"), 1).otherwise(-1)
    moves = told.select("change_no", "deaths", *dict.fromkeys((*PARTY, *CRASH)), sign.alias("_sign"))
    deliveries = told.select(*DELIVERY).distinct()
    held = (
        deliveries.alias("at")
        .join(F.broadcast(moves.alias("by")), F.expr("by.change_no <= at.change_no"))
        .drop(F.col("by.change_no"))
        .groupBy(*DELIVERY, "deaths", *dict.fromkeys((*PARTY, *CRASH)))
        .agg(F.sum("_sign").alias("rows"))
        .where("rows > 0")
    )
    after = _sums(held, *DELIVERY).withColumnsRenamed({name: f"{name}_after" for name in ("rows", "crashes", "deaths")})
    changed = _sums(kinds.withColumn("rows", F.lit(1)), *DELIVERY, "change")
    return changed.join(after, list(DELIVERY))


def _sums(parties: DataFrame, *by: str) -> DataFrame:
    from pyspark.sql import functions as F

    one_a_crash = parties.groupBy(*by, *CRASH).agg(F.sum("rows").alias("rows"), F.max("deaths").alias("deaths"))
    return one_a_crash.groupBy(*by).agg(
        F.sum("rows").alias("rows"), F.count("*").alias("crashes"), F.sum("deaths").alias("deaths")
    )


CRASH_CHANGE_FEED = Curated(
    name="gold.crash_change_feed",
    title="Re-issues of fatal crashes: what each added, changed and took out",
    title_zh="A1類交通事故資料歷次更新：新增、修改與刪除統計",
    inputs=(Changes(FATAL_CRASH_REISSUES),),
    grain="one row a re-issue and kind of change that it made",
    build=crash_change_feed,
    columns=(
        Open("delivered_on", "date", "day of the re-issue, from the file's name", title="發布日", key=True),
        Open("change", "string", "inserted, updated or deleted", title="異動", key=True),
        Open("rows", "bigint", "party rows changed so", unit="rows", title="異動列數"),
        Open("crashes", "bigint", "crashes that these rows are of", unit="crashes", title="涉及事故件數"),
        Open("deaths", "bigint", "deaths in these crashes", unit="people", title="涉及死亡人數"),
        Open("rows_after", "bigint", "party rows of the whole table after it", unit="rows", title="更新後列數"),
        Open("crashes_after", "bigint", "crashes of the whole table after it", unit="crashes", title="更新後事故件數"),
        Open("deaths_after", "bigint", "deaths in the whole table after it", unit="people", title="更新後死亡人數"),
        Open("delivery", "string", "file that brought the changes", title="檔案"),
    ),
    suite=(
        expect.column_values_to_not_be_null("delivered_on"),
        expect.column_values_to_be_in_set("change", tuple(KINDS.values())),
        expect.column_values_to_be_between("rows", 1),
        expect.column_pair_values_a_to_be_greater_than_b("rows", "crashes", or_equal=True),
        expect.column_values_to_be_between("deaths_after", 1, severity="warning"),
        expect.compound_columns_to_be_unique(("delivered_on", "change")),
    ),
    limits=(
        "Deaths and crashes of the three kinds do not add up to those of the table: a crash of which one party is "
        "updated and another added counts under both. A re-issue that changed nothing in one way has no row for it; "
        "one that was refused, as an empty download, has none at all. The first re-issue inserts every row. A change "
        "of date, time, unit, place or party number counts as one row taken out and one added."
    ),
    limits_zh=(
        "三種異動的死亡人數與事故件數相加，不等於全表：同一事故一人被修改、另一人被新增時，兩邊都算。"
        "某次更新若沒有某種異動，就沒有該列；被退回的更新（例如空檔）完全沒有列。首次發布全部算新增。日期、"
        "時間、單位、地點或當事者順位改變，算刪一列、增一列。"
    ),
    disclosure=Disclosure(
        counts=("crashes", "deaths"),
        public=CRASHES_ARE_PUBLIC,
    ),
    publish=Publication(share="police"),
)
