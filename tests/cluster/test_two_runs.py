"""Two engineers run the same thing at the same time on one lake in the store: one set of rows, and both are content."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stores import ROOT, Store

from lakeward.lake import delta, release
from lakeward.lake.storage import Lake

OWN, GOLD, SILVER = ROOT / "tests" / "faults" / "made_rain", "gold.faults_daily", "silver.faults.rain"
BOTH, LATE = (2015, 2016), 2017


def _run(lake: str, landing: Path) -> subprocess.CompletedProcess[str]:
    few = {"LAKEWARD_MASTER": "local[1]", "LAKEWARD_DRIVER_MEMORY": "1g", "LAKEWARD_SHUFFLE_PARTITIONS": "1"}
    command = [sys.executable, "-m", "lakeward.jobs.cli", "run", GOLD, "--lake", lake, "--landing", str(landing)]
    return subprocess.run(
        [*command, "--pipelines", str(OWN), "--json"], env={**os.environ, **few, "LAKEWARD_LINEAGE": "0"},
        capture_output=True, text=True, check=False, timeout=500,
    )  # fmt: skip


def _delivered(landing: Path, *years: int) -> Path:
    folder = landing / "faults" / "rain"
    folder.mkdir(parents=True)
    for year in years:
        (folder / f"{year}.csv").write_text(f"站,日期,雨量\nA,{year}-01-01,1.5\nB,{year}-01-01,2\n", "utf-8")
    return landing


def test_two_runs_at_once_of_which_one_knows_a_delivery_more_make_one_set_of_rows(store: Store, tmp_path: Path) -> None:
    landings = (_delivered(tmp_path / "early", *BOTH), _delivered(tmp_path / "late", *BOTH, LATE))

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda landing: _run(store.uri, landing), landings))

    assert [each.returncode for each in ended] == [0, 0], [each.stdout + each.stderr for each in ended]
    lake, years = Lake.at(store.uri), len(BOTH) + 1
    assert {name: _rows(lake, name) for name in ("bronze.faults.rain", SILVER, GOLD)} == {
        "bronze.faults.rain": 2 * years, SILVER: 2 * years, GOLD: years,
    }  # fmt: skip
    latest = release.newest(lake, GOLD)
    assert latest and latest["rows"] == years


def _rows(lake: Lake, table: str) -> int:
    found = delta.opened(lake.table(table))
    return int(found.to_pyarrow_table().num_rows) if found else 0
