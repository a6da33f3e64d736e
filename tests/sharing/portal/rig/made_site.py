"""Made rows, tables and outlines for tests of the portal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from lakeward.lake import release
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Curated
from lakeward.quality import history
from lakeward.quality.history import Validation
from lakeward.quality.result import Result

ROADS = "gold.road_safety_weather"
COUNTIES = ("臺北市", "臺中市", "花蓮縣", "澎湖縣")
DAYS = 700
ARROW: dict[str, pa.DataType] = {
    "string": pa.string(),
    "date": pa.date32(),
    "bigint": pa.int64(),
    "int": pa.int32(),
    "double": pa.float64(),
}


def put(lake: Lake, name: str, rows: list[dict[str, Any]], columns: tuple[Column, ...]) -> None:
    """Write a table of made rows; what they lack is null."""
    schema = pa.schema([(column.name, ARROW.get(column.type, pa.bool_())) for column in columns])
    write_deltalake(str(lake.table(name)), pa.Table.from_pylist(rows, schema), mode="overwrite")


def publish(lake: Lake, table: Curated, rows: list[dict[str, Any]]) -> release.Manifest:
    """Write a curated table of made rows and release it."""
    put(lake, table.table, rows, table.columns)
    version = 0 if not (done := release.manifests(lake.releases(table.table))) else done[-1]["source"]["version"] + 1
    return release.publish(lake, table.table, version, table.columns, {"title": table.title}, "made")


def road_rows(days: int = DAYS) -> list[dict[str, Any]]:
    """Give a row a county and day, of made numbers."""
    return [
        {
            "county_name": county, "crash_on": date(2020, 1, 1) + timedelta(days=day), "crashes": 1 + (day + at) % 3,
            "deaths": 1 + day % 2, "injured": day % 5, "rain_mm": None if at else day % 7 + 0.5,
            "population": 1_000_000 + day, "deaths_per_100k": 0.1 * (at + 1),
        }
        for at, county in enumerate(COUNTIES)
        for day in range(days)
    ]  # fmt: skip


def checked(lake: Lake, table: Curated, broken: int) -> None:
    """Put a check of a table's rules into the lake's history, of which some did not hold; they have failing values."""
    results = tuple(
        Result(rule, at >= broken, {"element_count": DAYS, "unexpected_count": 0 if at >= broken else 3, "partial_unexpected_list": ["A123456789"]})
        for at, rule in enumerate(table.suite)
    )  # fmt: skip
    history.record(lake, f"made-{broken}", [Validation(table.table, "made rows", results)])


def squares(lake: Lake) -> None:
    """Put made outlines of counties into the lake: a square each."""
    table = declared()["maps.boundaries"]
    rows = [
        {
            "edition": "made", "level": "county", "area_id": str(at), "county_name": name,
            "geometry_wkt": f"POLYGON (({x} {y}, {x + 0.3} {y}, {x + 0.3} {y + 0.3}, {x} {y + 0.3}, {x} {y}))",
        }
        for at, (name, x, y) in enumerate((("臺北市", 121.4, 25), ("臺中縣", 120.6, 24.1), ("花蓮縣", 121.3, 23.8), ("澎湖縣", 119.5, 23.5)))
    ]  # fmt: skip
    put(lake, table.table, rows, table.columns)
