"""How many people live somewhere near a day: one way to choose the count that a rate is divided by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakeward.pipelines.places.counties import county_today

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def with_population(rows: DataFrame, villages: DataFrame, day: str, by: Sequence[str] = ("county_name",)) -> DataFrame:
    """Put beside each row the registered residents of its place, by the count nearest to a day.

    Args:
        rows: any frame with the columns of `by`, counties by their names of today, and `day`.
        villages: `maps.village_population`.
        day: a date column of `rows`.
        by: what a place is: columns of both frames.

    Returns:
        The rows with `population` and `population_on`, the day of that count; of two as near the earlier. NULL where
        the place was never counted.
    """
    from pyspark.sql import functions as F

    counts = (
        villages.withColumn("county_name", county_today(F.col("county_name")))
        .groupBy(*by, "counted_on")
        .agg(F.sum("population").alias("population"))
    )
    gap = F.abs(F.datediff("counted_on", day))
    nearest = F.min_by(F.struct("population", "counted_on"), F.struct(gap, "counted_on")).alias("nearest")
    told = rows.select(*by, day).distinct().join(counts, list(by)).groupBy(*by, day).agg(nearest)
    return rows.join(
        told.select(*by, day, "nearest.population", F.col("nearest.counted_on").alias("population_on")),
        [*by, day],
        "left",
    )
