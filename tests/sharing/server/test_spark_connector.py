"""Spark's own connector reads what is shared, in both formats, where `make sharing-connector` found it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import connector
import pytest
from shared_world import world

from lakeward.lake import delta

SCRIPT = Path(__file__).parent / "rig" / "by_spark.py"
CHANGED = sorted(
    [["insert", 1, deaths] for deaths in range(9, 18)]
    + [["delete", 2, 4], ["update_preimage", 3, 7], ["update_postimage", 3, 7]]
)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if not (found := connector.found()):
        pytest.skip("Spark's connector is not here: `make sharing-connector` says how it can be had")
    root = tmp_path_factory.mktemp("connector")
    file = root / "taipei.share"
    with world(root) as made:
        profile = {"shareCredentialsVersion": 1, "endpoint": made.server.endpoint, "bearerToken": made.token}
        file.write_text(json.dumps(profile))
        done = subprocess.run(
            [sys.executable, SCRIPT, file, root / "streams", *found], capture_output=True, text=True, timeout=400, check=False
        )  # fmt: skip
        made.server.journal.close()
        asked = delta.records_of(made.lake.table("_audit"))
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    queries = sorted((row for row in asked if row["action"] == "query"), key=lambda row: row["at"])
    return {**told, "files": [row["files"] for row in queries[:4]]}


@pytest.mark.parametrize("form", ["parquet", "delta"])
@pytest.mark.parametrize(("way", "rows"), [
    ("rows", list(range(30))), ("some", [21, 24, 27]), ("of no county", list(range(2, 30, 3))),
    ("counties", ["None", "臺北市", "花蓮縣"]), ("limit", 7), ("old", list(range(9))), ("changes", CHANGED),
    ("changes of all", 9 + 9 + 1 + 2 + 17 + 30), ("empty", ["county_name", "crash_on", "deaths", "rain_mm", "seen_at"]),
    ("in pages", list(range(30))), ("with an end", list(range(30))), ("stream", 40), ("stream from", 30),
    ("not recorded", "HTTP 400"), ("another share", "HTTP 403"), ("unknown", "HTTP 404"),
])  # fmt: skip
def test_the_connector_reads(read: dict[str, Any], form: str, way: str, rows: object) -> None:
    assert read[f"{form}: {way}"] == rows


@pytest.mark.parametrize(("way", "rows"), [
    ("delta: mapped", [1, 2, 3]), ("delta: vectors", [0, 2, 4]), ("delta: naive", "2024-01-01 00:00:00"),
    ("parquet: mapped", "HTTP 400"), ("parquet: vectors", "HTTP 400"), ("parquet: naive", "HTTP 400"),
    ("either: crashes", list(range(30))), ("either: mapped", [1, 2, 3]), ("either: vectors", [0, 2, 4]),
])  # fmt: skip
def test_what_a_table_needs_comes_by_the_delta_format(read: dict[str, Any], way: str, rows: object) -> None:
    assert read[way] == rows


def test_filters_leave_out_files(read: dict[str, Any]) -> None:
    assert read["files"] == [3, 1, 1, 3]  # of all rows, some, those of no county, and all counties
