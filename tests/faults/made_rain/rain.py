"""The smallest lake that has every kind of durable effect: a data set with a bad row a file, and a table on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Append, Csv, Curated, Dataset, Source
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

RAIN = Dataset(
    name="faults.rain",
    title="Made rain",
    title_zh="虛構雨量",
    agency="nobody",
    source=Source(files="faults/rain/*.csv", licence="CC0-1.0", cadence="never", format=Csv(encoding="utf-8")),
    columns=(
        Open("station", "string", "made station", cell="站", key=True),
        Open("day", "date", "day", cell="日期", key=True),
        Open("rain_mm", "double", "rain", unit="mm", cell="雨量"),
    ),
    suite=(expect.column_values_to_be_between("rain_mm", 0, 3000),),
    combine=Append(),
    max_refused=0.5,
)


def daily(rain: DataFrame) -> DataFrame:
    """Sum the rain of a day."""
    from pyspark.sql import functions as F

    return rain.groupBy("day").agg(F.sum("rain_mm").alias("rain_mm"), F.count("*").alias("stations"))


DAILY = Curated(
    name="gold.faults_daily",
    title="Made rain by day",
    title_zh="虛構每日雨量",
    inputs=(RAIN,),
    grain="one row a day",
    build=daily,
    columns=(
        Open("day", "date", "day", key=True),
        Open("rain_mm", "double", "rain", unit="mm"),
        Open("stations", "bigint", "stations", unit="stations"),
    ),
)
