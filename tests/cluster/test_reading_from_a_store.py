"""Analysts read a lake in a store as one in a folder: in part, in old versions, by SQL."""

from __future__ import annotations

import subprocess
import sys
from uuid import uuid4

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from stores import Store

import lakeward as lw
from lakeward.lake.storage import Lake
from lakeward.sharing.reader.lake import OpenLake

TABLE, FILES, ROWS = "gold.rain_day", 8, 50_000
OFTEN = """
import sys
import lakeward as lw
table = lw.open(sys.argv[1])["gold.rain_day"]
for _ in range(20):
    assert len(table.head()) == 5
    assert table.arrow(where="day_no >= 390000", limit=3).num_rows == 3
"""


@pytest.fixture(scope="module")
def root(cluster: Store) -> str:
    uri = f"s3a://{cluster.bucket}/{uuid4().hex[:8]}/a lake 湖"
    lake = Lake.at(uri)
    where, how = str(lake.table(TABLE)), dict(lake.store.for_deltalake)
    for number in range(FILES):
        first = number * ROWS
        rows = pa.table({"day_no": range(first, first + ROWS), "rain_mm": [0.5] * ROWS})
        write_deltalake(where, rows, mode="append" if number else "overwrite", storage_options=how)
    return uri


@pytest.fixture
def opened(root: str) -> OpenLake:
    found = lw.open(root)
    assert isinstance(found, OpenLake)
    return found


def test_reads_that_stop_early_end_well(root: str) -> None:
    """In a process of its own: a file system that calls back into Python ends the interpreter now and then."""
    done = subprocess.run([sys.executable, "-c", OFTEN, root], capture_output=True, text=True, check=False, timeout=120)

    assert (done.returncode, done.stderr) == (0, "")


def test_versions_and_their_history_are_told(opened: OpenLake) -> None:
    history = opened[TABLE].history()

    assert list(history["version"])[:2] == [FILES - 1, FILES - 2]
    assert opened[TABLE].arrow(version=int(history["version"].iloc[1])).num_rows == (FILES - 1) * ROWS


def test_sql_asks_for_a_part(opened: OpenLake) -> None:
    assert opened.sql("select day_no from gold.rain_day order by 1 desc limit 1").fetchall() == [(FILES * ROWS - 1,)]
