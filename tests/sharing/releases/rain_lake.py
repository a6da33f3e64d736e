"""A made lake without a JVM: a table of rain by county and day, made of one data set's two deliveries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from deltalake import CommitProperties, write_deltalake

from lakeward.lake.storage import Lake
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Dataset, Publication, Source

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FIRST, SECOND = (hashlib.sha256(name).hexdigest() for name in (b"first", b"second"))
Row = tuple[str, date, float | None]
ROWS: list[Row] = [("乙縣", date(2021, 1, 1), 2.5), ("甲縣", date(2021, 1, 2), None), ("甲縣", date(2021, 1, 1), 0.0)]


def same(rain: DataFrame) -> DataFrame:
    """Give the rows as they are."""
    return rain


RAIN = Dataset(
    name="made.rain",
    title="Made rain",
    title_zh="虛構雨量",
    agency="nobody",
    source=Source("made/rain/*.csv", licence="OGDL-TW-1.0 (made)", cadence="never"),
    columns=(Open("county", "string", "county", key=True), Open("rain_mm", "double", "rain", unit="mm")),
    publish=Publication(share="made"),
)
GOLD = Curated(
    name="gold.rain",
    title="Rain by county",
    title_zh="縣市雨量",
    inputs=(RAIN,),
    grain="one row a county and day",
    columns=(
        Open("county", "string", "county", title="縣市", key=True),
        Open("on", "date", "day", key=True),
        Open("rain_mm", "double", "rain", unit="mm", title="雨量"),
    ),
    build=same,
)


def rain_of(rows: Sequence[Row]) -> pa.Table:
    """Give rows as a table."""
    county, days, rain = zip(*rows, strict=True)
    arrays = [pa.array(county), pa.array(days, pa.date32()), pa.array(rain, pa.float64())]
    return pa.table(arrays, ["county", "on", "rain_mm"])


def write(lake: Lake, table: str, rows: pa.Table, mode: str = "overwrite", **note: object) -> int:
    """Write a table with a note, as lakeward does; give its version."""
    path = lake.table(table)
    path.mkdir(parents=True, exist_ok=True)
    told = CommitProperties(custom_metadata={"userMetadata": json.dumps({"lakeward": 1, "run": "r", **note})})
    write_deltalake(str(path), rows, mode=mode, commit_properties=told)  # type: ignore[call-overload]
    from deltalake import DeltaTable

    return int(DeltaTable(str(path)).version())


def silver(lake: Lake, shas: Sequence[str], table: str = "silver.made.rain") -> int:
    """Write a silver table that holds a row of each delivery."""
    rows = [{"county": "甲縣", "rain_mm": 1.0, "_sha256": sha256} for sha256 in shas]
    return write(lake, table, pa.Table.from_pylist(rows))


def gold(lake: Lake, rows: Sequence[Row] = ROWS, made_from: int = 0) -> int:
    """Write a version of `gold.rain`."""
    return write(lake, "gold.rain", rain_of(rows), inputs={"silver.made.rain": made_from})


def checked(lake: Lake, run_id: str, verdict: str = "") -> None:
    """Have the history tell that the rules of `gold.rain` were checked."""
    from lakeward.quality import history

    row: dict[str, Any] = {
        "run_id": run_id, "table_name": "gold.rain", "batch": "all rows", "checked_at": datetime.now(UTC),
        "verdict": verdict, "rule": 0, "type": "expect_column_values_to_be_between", "columns": ["rain_mm"],
        "severity": "critical", "success": not verdict, "failed": 1 if verdict else 0,
    }  # fmt: skip
    history.TABLE.add(lake, [row])
