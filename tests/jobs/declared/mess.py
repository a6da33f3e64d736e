"""Data sets whose made deliveries are as bad as agencies' get, and tables that rest on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Csv, Curated, Dataset, Source
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

COLUMNS = (
    Open("station", "string", "made station", cell="站", key=True),
    Open("day", "date", "day", cell="日期", key=True),
    Open("rain_mm", "double", "rain", unit="mm", cell="雨量(mm)", nulls=("X",), reads={"T": "0"}),
    Open("note", "string", "remark", cell="(備註)", optional=True),
)
SUITE = (
    expect.column_values_to_be_between("rain_mm", 0, 3000),
    expect.column_values_to_be_in_set("station", ("甲", "乙", "丙"), severity="warning"),
    expect.table_row_count_to_be_between(min_value=1),
)


def _declare(name: str, max_refused: float = 0.05, *, may_be_empty: bool = False) -> Dataset:
    return Dataset(
        name=name,
        title="Made rain",
        title_zh="虛構雨量",
        agency="nobody",
        source=Source(
            files=f"{name.replace('.', '/')}/*.csv",
            licence="CC0-1.0",
            cadence="never",
            format=Csv(encoding="utf-8", footers=("^資料提供",)),
            may_be_empty=may_be_empty,
        ),
        columns=COLUMNS,
        suite=SUITE,
        max_refused=max_refused,
    )


REFUSED = _declare("mess.refused")
ACCEPTED = _declare("mess.accepted", 0.8, may_be_empty=True)
SWAPPED = _declare("mess.swapped")
EMPTIED = _declare("mess.emptied", 1.0)
ABSENT = _declare("mess.absent")


def same(rain: DataFrame) -> DataFrame:
    """Give the rows as they are."""
    return rain


def _table(name: str, source: Dataset) -> Curated:
    return Curated(
        name=name, title="Made", title_zh="虛構", inputs=(source,), grain="as its input", columns=COLUMNS, build=same
    )


GOOD = _table("gold.mess_good", ACCEPTED)
SKIPPED = _table("gold.mess_skipped", SWAPPED)
