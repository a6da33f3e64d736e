"""Days of Taiwan's official calendar: holidays by name, days off moved for bridges, Saturdays worked in their place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DAY = (
    "day_on date, is_weekend boolean, is_holiday boolean, is_makeup_workday boolean, is_day_off boolean, "
    "holiday_name string, holiday_name_en string"
)
Day = tuple[date, bool, bool, bool, bool, str | None, str | None]


def days(first_year: int, last_year: int) -> Iterator[Day]:
    """Give every day of some years, in the order of `DAY`.

    Source:
        The library `holidays`, after 行政院人事行政總處 「政府行政機關辦公日曆表」. It knows days from 1998; bridges
        and the Saturdays worked for them (補班) only for years that had been announced when it was released. Days off
        for typhoons are not in it, nor holidays of single trades (勞動節 until 2024).
    """
    import holidays

    years = range(first_year, last_year + 1)
    chinese, english = (holidays.country_holidays("TW", years=years, language=each) for each in ("zh_TW", "en_US"))
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        is_weekend, is_holiday, is_worked = day.weekday() >= 5, day in chinese, day in chinese.weekend_workdays
        is_off = is_holiday or (is_weekend and not is_worked)
        yield day, is_weekend, is_holiday, is_worked, is_off, chinese.get(day), english.get(day)
        day += timedelta(days=1)


def calendar(spark: SparkSession, first_year: int, last_year: int) -> DataFrame:
    """Give every day of some years as a frame of the columns `DAY`."""
    return spark.createDataFrame(list(days(first_year, last_year)), DAY)
