"""The official calendar."""

from __future__ import annotations

from datetime import date

from pyspark.sql import SparkSession

from lakeward.pipelines.places.holidays import calendar, days


def test_holidays_bridges_and_saturdays_worked(spark: SparkSession) -> None:
    year = {row["day_on"]: row for row in calendar(spark, 2023, 2023).collect()}

    assert len(year) == 365
    assert year[date(2023, 10, 10)]["holiday_name"] == "國慶日"
    assert year[date(2023, 10, 10)]["holiday_name_en"] == "National Day"
    assert (year[date(2023, 10, 9)]["is_holiday"], year[date(2023, 10, 9)]["is_day_off"]) == (True, True)
    worked = year[date(2023, 9, 23)]
    assert (worked["is_weekend"], worked["is_makeup_workday"], worked["is_day_off"]) == (True, True, False)
    assert year[date(2023, 9, 25)]["is_day_off"] is False


def test_years_follow_each_other_without_a_gap() -> None:
    told = [day[0] for day in days(2019, 2021)]

    assert told[0] == date(2019, 1, 1)
    assert len(told) == len(set(told)) == (told[-1] - told[0]).days + 1 == 365 + 366 + 365
