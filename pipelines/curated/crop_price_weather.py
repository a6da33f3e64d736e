"""Wholesale prices of crops by market and month, with the rain at farms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.agriculture.agri_weather import AGRI_WEATHER
from lakeward.pipelines.agriculture.crop_prices import CROP_PRICES
from lakeward.pipelines.dataset import Curated, Parts, Publication
from lakeward.quality import across, expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MARKET_MONTH = ("market_code", "crop_code", "month")


def crop_price_weather(prices: DataFrame, weather: DataFrame) -> DataFrame:
    """Weigh prices by volume over a month; beside them the month's rain and that of the month before.

    Rain is the mean over stations of each station's sum of the month; days without a reading add nothing.
    """
    from pyspark.sql import functions as F

    months = (
        prices.withColumn("month", F.trunc("traded_on", "month"))
        .groupBy(*MARKET_MONTH)
        .agg(
            F.min("market_name").alias("market_name"),
            F.min("crop_name").alias("crop_name"),
            F.countDistinct("traded_on").alias("trading_days"),
            F.sum(F.col("volume_kg").cast("double")).alias("volume_kg"),
            (
                F.sum(F.expr("cast(price_twd_per_kg as double) * cast(volume_kg as double)"))
                / F.sum(F.expr("nullif(cast(volume_kg as double), 0)"))
            ).alias("price_twd_per_kg"),
            F.min("price_twd_per_kg").cast("double").alias("min_price_twd_per_kg"),
            F.max("price_twd_per_kg").cast("double").alias("max_price_twd_per_kg"),
        )
    )
    rain = _rain(weather)
    before = rain.select(F.add_months("month", 1).alias("month"), F.col("rain_mm").alias("rain_mm_month_before"))
    return (
        months.join(F.broadcast(rain), "month", "left")
        .join(F.broadcast(before), "month", "left")
        .select(*(column.name for column in CROP_PRICE_WEATHER.columns))
    )


def _rain(weather: DataFrame) -> DataFrame:
    from pyspark.sql import functions as F

    return (
        weather.groupBy("station_id", F.trunc("observed_on", "month").alias("month"))
        .agg(F.sum("rain_mm").cast("double").alias("rain_mm"), F.count("rain_mm").alias("days"))
        .groupBy("month")
        .agg(
            F.avg("rain_mm").alias("rain_mm"),
            F.count("rain_mm").alias("rain_stations"),
            F.max("days").alias("rain_days_read"),
        )
    )


CROP_PRICE_WEATHER = Curated(
    name="gold.crop_price_weather",
    title="Crop prices and rain by market and month",
    title_zh="市場逐月農產品價格與雨量",
    inputs=(CROP_PRICES, AGRI_WEATHER),
    grain="one row a market, crop and month with at least one day of trade",
    build=crop_price_weather,
    columns=(
        Open("market_code", "string", "the agency's number of the market", title="市場代號", key=True),
        Open("market_name", "string", "market", title="市場"),
        Open(
            "crop_code",
            "string",
            "the agency's code of the crop",
            title="作物代號",
            key=True,
            holds={"plate": "a code that may look like a plate"},
        ),
        Open("crop_name", "string", "crop and kind", title="作物"),
        Open("month", "date", "first day of the month", title="月份", key=True),
        Open("trading_days", "bigint", "days of trade", unit="days", title="交易日數"),
        Open("price_twd_per_kg", "double", "mean price, weighed by volume", unit="NT$ per kg", title="平均價"),
        Open("min_price_twd_per_kg", "double", "lowest day's mean price", unit="NT$ per kg", title="最低日均價"),
        Open("max_price_twd_per_kg", "double", "highest day's mean price", unit="NT$ per kg", title="最高日均價"),
        Open("volume_kg", "double", "traded volume", unit="kg", title="交易量"),
        Open("rain_mm", "double", "rain of the month, mean of the stations", unit="mm", title="月雨量"),
        Open("rain_mm_month_before", "double", "rain of the month before", unit="mm", title="前月雨量"),
        Open("rain_stations", "bigint", "stations that measured rain", unit="stations", title="雨量站數"),
        Open("rain_days_read", "bigint", "days with a reading, at the best station", unit="days", title="有雨量日數"),
    ),
    suite=(
        expect.column_values_to_not_be_null("market_code"),
        expect.column_values_to_not_be_null("month"),
        expect.column_values_to_be_between("price_twd_per_kg", 0, 10_000),
        expect.column_values_to_be_between("trading_days", 1, 31),
        expect.column_values_to_be_between("rain_mm", 0, 5_000),
        expect.column_values_to_be_between("rain_days_read", 25, 31, severity="warning"),
        across.sums_to_reconcile_with_table("volume_kg", CROP_PRICES.table, tolerance=1e-9),
        expect.compound_columns_to_be_unique(MARKET_MONTH),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Rain is that of the farm stations delivered, whatever the market's county: in the open files one station in "
        "彰化縣. A crop may have grown elsewhere. Prices are nominal. The first and last months may be partial."
    ),
    limits_zh=(
        "雨量為已交付的農業氣象站，不論市場在哪一縣：公開檔案中只有彰化縣一站。作物可能產自他處。"
        "價格為名目價格。首月與末月可能不完整。"
    ),
    parts=Parts("month", {CROP_PRICES.name: "trunc(traded_on, 'month')"}),
    publish=Publication(share="agriculture"),
)
