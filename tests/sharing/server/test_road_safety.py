"""A recipient made with two commands reads `gold.road_safety_weather` with the official client, until they may not."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import write_deltalake
from serving import free_port, served
from shared_world import FED

from lakeward.jobs.cli import main
from lakeward.lake import delta, release
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Curated

ROOT = Path(__file__).resolve().parents[3]
CLIENT = ROOT / ".venv-client" / "bin" / "python"
SCRIPT = Path(__file__).parent / "rig" / "road_safety.py"
TABLE = "gold.road_safety_weather"
PATH = "/shares/police/schemas/gold/tables/road_safety_weather/metadata"
ARROW: dict[str, pa.DataType] = {"string": pa.string(), "date": pa.date32(), "double": pa.float64(), "int": pa.int32()}
MONTHS = ((date(2020, 1, 1), 31), (date(2020, 2, 1), 29), (date(2020, 3, 1), 31))


def _month(table: Curated, first: date, days: int) -> pa.Table:
    rows = [
        {"county_name": "花蓮縣", "crash_on": first + timedelta(days=day), "crashes": 1 + day % 3}
        for day in range(days)
    ]
    schema = pa.schema([(each.name, ARROW.get(each.type, pa.int64())) for each in table.columns])
    return pa.Table.from_pylist(rows, schema)


@pytest.fixture
def months(lake: Lake) -> list[pa.Table]:
    """Three versions of the table, each with a month more in a file of its own, each released; what each adds."""
    lake.make()
    table = declared()[TABLE]
    assert isinstance(table, Curated)
    made = [_month(table, first, days) for first, days in MONTHS]
    for version, rows in enumerate(made):
        write_deltalake(str(lake.table(TABLE)), rows, mode="append", configuration=None if version else FED)
        release.publish(lake, TABLE, version, table.columns, {}, "made")
    return made


def _counted(*months: pa.Table) -> list[int]:
    rows = pa.concat_tables(months)
    return [rows.num_rows, pc.sum(rows["crashes"]).as_py()]


def test_two_commands_and_the_official_client(
    lake: Lake, months: list[pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not CLIENT.exists():
        pytest.skip("the official client has no environment here: `make client` makes it")
    monkeypatch.setenv("LAKEWARD_LAKE", str(lake.root))
    monkeypatch.chdir(tmp_path)
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}/delta-sharing"

    assert main(["share", "add", "taipei", "--grant", "police", "--endpoint", endpoint]) == 0
    with served(["--port", str(port), "--endpoint", endpoint], port) as server:
        done = subprocess.run([CLIENT, SCRIPT, "taipei.share"], check=True, capture_output=True, text=True, timeout=120)
        taken: list[Any] = []
        for end in (["rotate", "taipei", "--profile", "new.share"], ["revoke", "taipei"]):
            old = Path("taipei.share" if end[0] == "rotate" else "new.share")
            token = json.loads(old.read_text())["bearerToken"]
            assert main(["share", *end]) == 0
            taken.append(_refused(endpoint + PATH, token))
        server.terminate()
        server.communicate(timeout=30)

    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {
        "now": _counted(*months), "then": _counted(months[0]), "some": _counted(months[2]),
        "some by delta": _counted(months[2]), "changed": {"insert": months[1].num_rows + months[2].num_rows},
        "another share": "HTTP 403", "unknown": "HTTP 404",
    }  # fmt: skip
    assert taken == [(401, "UNAUTHENTICATED")] * 2
    asked = [row for row in delta.records_of(lake.table("_audit")) if row["action"] == "query"]
    assert {row["recipient"] for row in asked} == {"taipei"}
    assert [(row["version"], row["files"]) for row in sorted(asked, key=lambda row: row["at"])] == [
        (2, 3), (0, 1), (2, 1), (2, 1),
    ]  # fmt: skip


def _refused(address: str, token: str) -> tuple[int, str]:
    """Ask until what the server knows of recipients is new, a second at most; give the status and the code."""
    with httpx2.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http:
        for _ in range(40):
            answer = http.get(address)
            if answer.status_code != 200:
                break
            time.sleep(0.05)
    told = answer.json()
    assert set(told) == {"errorCode", "message"}
    return answer.status_code, told["errorCode"]
