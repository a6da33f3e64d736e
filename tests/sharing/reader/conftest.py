"""A lake with one made gold table in three versions, two of them released, and a silver table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from made_shelf import RAIN, made
from rainfall import rain

from lakeward.lake import release
from lakeward.lake.storage import Lake
from lakeward.sharing.reader.lake import OpenLake

OWN = "from made_shelf import GAUGES, RAIN, VILLAGES\n"


@pytest.fixture
def own(tmp_path: Path) -> str:
    """A folder that declares the made tables."""
    folder = tmp_path / "own" / "curated"
    folder.mkdir(parents=True)
    (folder / "rain_day.py").write_text(OWN)
    return str(folder.parent)


@pytest.fixture
def opened(lake: Lake, own: str) -> OpenLake:
    made(lake)
    path = str(lake.table(RAIN.name))
    first = rain(("A", date(2024, 1, 2), 1.5), ("A", date(2024, 12, 30), 8.0), ("C", date(2025, 1, 1), 2.0))
    write_deltalake(path, first, mode="overwrite")
    release.publish(lake, RAIN.name, 1, RAIN.columns, {"inputs": {}}, "run-2")
    write_deltalake(path, rain(("D", date(2030, 1, 1), 99.0)), mode="append")
    gauges = lake.table("silver.environment.gauges")
    gauges.mkdir(parents=True)
    write_deltalake(str(gauges), pa.table({"gauge_id": ["A", "C"], "town": ["花蓮市", "南竿鄉"]}))
    return OpenLake(lake, own)
