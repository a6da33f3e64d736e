"""Since when and until when a name or a code was counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakeward.lake.table import Open

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SEEN = (
    Open("first_counted_on", "date", "first count that we hold in which it stands", title="首次統計日"),
    Open("last_counted_on", "date", "last count that we hold in which it stands", title="末次統計日"),
    Open("is_current", "boolean", "it stands in the newest count that we hold", title="現行"),
)


def seen(counts: DataFrame, by: Sequence[str]) -> DataFrame:
    """Give each combination of some columns once, with the columns `SEEN`.

    Args:
        counts: rows with `counted_on`, a date.
        by: the columns.
    """
    from pyspark.sql import functions as F

    newest = counts.agg(F.max("counted_on").alias("newest"))
    each = counts.groupBy(*by).agg(
        F.min("counted_on").alias("first_counted_on"), F.max("counted_on").alias("last_counted_on")
    )
    return each.crossJoin(newest).withColumn("is_current", F.expr("last_counted_on = newest")).drop("newest")
