"""The official Python client reads what is shared, in both formats, and gets the rows of the lake."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shared_world import world

ROOT = Path(__file__).resolve().parents[3]
CLIENT = ROOT / ".venv-client" / "bin" / "python"
SCRIPT = Path(__file__).parent / "rig" / "official.py"
TAIPEI = list(range(0, 30, 3))
CHANGED = sorted(
    [["insert", 1, deaths] for deaths in range(9, 18)]
    + [["delete", 2, 4], ["update_preimage", 3, 7], ["update_postimage", 3, 7]]
)


def _read(root: Path, profile: dict[str, Any]) -> dict[str, Any]:
    if not CLIENT.exists():
        pytest.skip("the official client has no environment here: `make client` makes it")
    file = root / "taipei.share"
    file.write_text(json.dumps(profile))
    done = subprocess.run([CLIENT, SCRIPT, file], check=True, capture_output=True, text=True, timeout=120)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("official")
    with world(root) as made:
        later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        profile = {"shareCredentialsVersion": 1, "endpoint": made.server.endpoint, "bearerToken": made.token}
        return _read(root, {**profile, "expirationTime": later})


@pytest.mark.parametrize(("way", "found"), [
    ("tables", ["crashes", "mapped", "naive", "nothing", "plain", "vectors"]), ("version", 4), ("files", 3),
    ("parquet", list(range(30))), ("delta", list(range(30))), ("old", list(range(9))), ("old by delta", list(range(9))),
    ("limit", 7), ("limit by delta", 7), ("hint", TAIPEI), ("hint by delta", TAIPEI), ("counties", ["None", "臺北市", "花蓮縣"]),
    ("empty", ["county_name", "crash_on", "deaths", "rain_mm", "seen_at"]),
    ("vectors", [0, 2, 4]), ("mapped", [1, 2, 3]), ("naive", "2024-01-01 00:00:00"),
    ("changes", CHANGED), ("changes by delta", CHANGED), ("changes of all", 9 + 9 + 1 + 2 + 17 + 30),
    ("another share", "HTTP 403"), ("unknown", "HTTP 404"), ("not recorded", "HTTP 400"),
])  # fmt: skip
def test_the_client_reads(read: dict[str, Any], way: str, found: object) -> None:
    assert read[way] == found


def test_the_client_is_told_401_for_a_wrong_token(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        told = _read(tmp_path, {"shareCredentialsVersion": 1, "endpoint": made.server.endpoint, "bearerToken": "wrong"})

    assert set(told.values()) == {"HTTP 401"}
