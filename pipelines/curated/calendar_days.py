"""Every day of Taiwan's official calendar: holidays, bridges and the Saturdays worked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Publication
from lakeward.pipelines.places.holidays import calendar
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

YEARS = (1998, 2030)
"""From where the library begins to where plans reach."""


def calendar_days() -> DataFrame:
    """List the days of `YEARS`; it rests on no delivery."""
    from pyspark.sql import SparkSession

    return calendar(SparkSession.active(), *YEARS)


CALENDAR_DAYS = Curated(
    name="gold.calendar_days",
    title="Days of the official calendar",
    title_zh="政府行政機關辦公日曆",
    inputs=(),
    grain="one row a day",
    build=calendar_days,
    columns=(
        Open("day_on", "date", "the day", title="日期", key=True),
        Open("is_day_off", "boolean", "offices are closed", title="是否放假"),
        Open("is_weekend", "boolean", "Saturday or Sunday", title="是否週末"),
        Open("is_holiday", "boolean", "a holiday, its substitute or a bridge", title="是否假日"),
        Open("is_makeup_workday", "boolean", "a Saturday worked for a bridge", title="是否補班"),
        Open("holiday_name", "string", "name in Chinese", title="假日名稱"),
        Open("holiday_name_en", "string", "name in English", title="假日英文名稱"),
    ),
    suite=(
        expect.column_values_to_be_unique("day_on"),
        expect.column_values_to_not_be_null("holiday_name", row_condition="is_holiday"),
        expect.table_row_count_to_be_between(min_value=365),
    ),
    limits=(
        "From the library `holidays`, not from an agency's file. Bridges and Saturdays worked are known up to the "
        "years announced when it was released. Days off for typhoons and holidays of single trades are missing."
    ),
    limits_zh=(
        "取自函式庫 holidays，不是機關的檔案。彈性放假與補班只到發行當時已公布的年份。颱風假與個別行業的假日不在內。"
    ),
    publish=Publication(share="maps"),
)
