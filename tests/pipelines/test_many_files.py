"""A thousand files of a day each are checked in one plan."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from pyspark.sql import SparkSession

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, ReplacePeriod, Source
from lakeward.pipelines.typed import checked, named

if TYPE_CHECKING:
    from lakeward.lake.ledger import Entry

FIRST, MANY = date(2023, 1, 1), 1_000
DAYS = Dataset(
    "made.days", "Made", "虛構", "nobody",
    Source("made/*.csv", "CC0-1.0", "daily", Csv(encoding="utf-8"), period=r"^(\d{4}-\d\d-\d\d)"),
    (Column("fell_on", "date", "day", cell="日", key=True),), combine=ReplacePeriod("fell_on", "day"),
)  # fmt: skip


def test_each_is_held_against_the_day_in_its_own_name(spark: SparkSession) -> None:
    days = [FIRST + timedelta(number) for number in range(MANY)]
    told = {f"{number:064}": SimpleNamespace(file=f"made/{day}.csv", header=("日",)) for number, day in enumerate(days)}
    wrong = {0, MANY - 1}
    rows = [
        (f"{number:064}", f"made/{day}.csv", 1, "data", None, False, str(day + timedelta(number in wrong)))
        for number, day in enumerate(days)
    ]
    types = "_sha256 string, _file string, _row long, _kind string, _fault string, _padded boolean, `日` string"

    entries = cast("dict[str, Entry]", told)
    found = named(checked(spark.createDataFrame(rows, types), DAYS, entries), DAYS, entries)

    refused = {row["_file"]: row["_reasons"] for row in found.where("_reasons is not null").collect()}
    assert refused == {
        f"made/{days[at]}.csv": [f"fell_on: outside {days[at]}, the period in the file's name"] for at in wrong
    }
    assert found.count() == MANY
