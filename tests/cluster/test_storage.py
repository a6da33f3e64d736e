"""The same commands on a store as on a folder: the backbone's main job, what it leaves, and what it never tells."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stores import HERE, ROOT, Store

from lakeward.jobs.cli import EXIT_TERMINATED
from lakeward.lake import delta, release
from lakeward.lake.audit import audit
from lakeward.lake.etag import is_as_put
from lakeward.lake.landing import deliveries
from lakeward.lake.storage import Lake
from lakeward.lake.store import opened, place
from lakeward.lake.table import Column

CLIENT = ROOT / ".venv-client" / "bin" / "python"
GOLD = "gold.road_safety_weather"
ODD = "2021_made 風%20雨 +#.csv"
TABLES = ("silver.police.fatal_crashes", "quarantine.police.fatal_crashes", "silver.environment.hourly_weather", GOLD)


@dataclass(frozen=True)
class Twice:
    """One job on the Spark cluster with its lake and its landing zone in the store, and again on this machine alone."""

    remote: Lake
    local: Lake
    landing: str
    said: str
    events: Path


def lakeward(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does."""
    told = {**os.environ, "LAKEWARD_LINEAGE": "1", "LAKEWARD_SHUFFLE_PARTITIONS": "4", **environment}
    command = [sys.executable, "-m", "lakeward.jobs.cli", *arguments]
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=580)


@pytest.fixture(scope="module")
def twice(cluster: Store, tmp_path_factory: pytest.TempPathFactory) -> Twice:
    here = tmp_path_factory.mktemp("storage")
    made, events = here / "made", here / "events"
    events.mkdir()
    assert lakeward("sample", str(made), GOLD, "--rows", "300").returncode == 0
    (made / "police/npa_a1_annual/2021_made.csv").rename(made / "police/npa_a1_annual" / ODD)
    root = f"s3://{cluster.bucket}/{uuid4().hex[:8]}"
    _put(made, place(f"{root}/landing"))
    heard = ("enabled=true", "compress=false", f"dir={events.as_uri()}")
    submitted = ["--submit", "--master", os.environ["LAKEWARD_CLUSTER_MASTER"]]
    submitted += [word for each in heard for word in ("--conf", f"spark.eventLog.{each}")]
    runs = [
        lakeward("run", GOLD, "--landing", landing, "--lake", lake, *more, PYSPARK_PYTHON=python)
        for landing, lake, more, python in (
            (str(made), str(here / "lake"), [], sys.executable),
            (f"{root}/landing", f"{root}/a lake 湖", submitted, str(_without_lakeward(here))),
        )
    ]
    assert [run.returncode for run in runs] == [0, 0], runs
    said = runs[1].stdout + runs[1].stderr
    return Twice(Lake.at(f"{root}/a lake 湖"), Lake.at(str(here / "lake")), f"{root}/landing", said, events)


def _without_lakeward(folder: Path) -> Path:
    """Make a Python for executors that has our libraries and not us."""
    python = folder / "python"
    libraries = Path(pa.__file__).parents[1]  # as a plain folder: the link to this checkout in it is not followed
    python.write_text(f'#!/bin/sh\nPYTHONPATH="$PYTHONPATH:{libraries}" exec {sys.executable} -S "$@"\n', "utf-8")
    python.chmod(0o755)
    return python


def _put(folder: Path, to: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            (to / file.relative_to(folder).as_posix()).write_bytes(file.read_bytes())


def _rows(lake: Lake, table: str) -> list[str]:
    found = delta.opened(lake.table(table))
    assert found
    rows = [{**row, "run_id": ""} for row in found.to_pyarrow_table().to_pylist()]
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)


def _released(lake: Lake) -> pa.Table:
    manifest = release.newest(lake, GOLD)
    assert manifest
    folder = lake.releases(GOLD) / manifest["release"]
    return pa.concat_tables(
        pq.read_table(lake.store.for_arrow(folder / name), page_checksum_verification=True)
        for name in release.parquet_of(manifest)
    )


def test_the_store_gives_what_it_noted_as_each_file_was_put(twice: Twice) -> None:
    many = twice.remote.root / "many-parts"
    with many.fs.open(many.path, "wb", block_size=5 << 20) as file:  # type: ignore[attr-defined]
        file.write(os.urandom(11 << 20))

    for file in (many, *(file for table in TABLES for file in delta.data_files(twice.remote.table(table)))):
        assert is_as_put(*twice.remote.store.etag(file), file.read_bytes()) is True
    assert audit(twice.remote, TABLES).faults == []
    many.unlink()


@pytest.mark.parametrize("table", TABLES)
def test_tables_hold_the_same_rows_as_in_a_folder(twice: Twice, table: str) -> None:
    rows = _rows(twice.remote, table)

    assert rows == _rows(twice.local, table)
    assert rows


def test_the_release_holds_the_same_rows_as_in_a_folder(twice: Twice) -> None:
    released = _released(twice.remote)

    assert released.equals(_released(twice.local))
    assert released.num_rows == delta.rows_of(twice.remote.table(GOLD))


def test_running_again_starts_no_jvm(twice: Twice, tmp_path: Path) -> None:
    where = ("--landing", twice.landing, "--lake", str(twice.remote.root))

    again = lakeward("run", GOLD, *where, "--json", JAVA_HOME=str(tmp_path), PATH=str(tmp_path))

    assert again.returncode == 0, again.stderr
    assert {step["outcome"] for step in json.loads(again.stdout)["steps"]} == {"unchanged"}


def test_what_is_there_is_shown_without_a_jvm(twice: Twice, tmp_path: Path) -> None:
    lake = ("--lake", str(twice.remote.root))

    for asked in (
        ("show", GOLD),
        ("ls",),
        ("runs",),
        ("quality",),
        ("quality", GOLD),
        ("quality", "--docs"),
        ("lineage", GOLD),
    ):
        shown = lakeward(*asked, *lake, JAVA_HOME=str(tmp_path), PATH=str(tmp_path))
        assert shown.returncode == 0, (asked, shown.stderr)
    assert (twice.remote.root / "_quality_docs" / "site" / "index.html").is_file()


def test_the_secret_is_nowhere(twice: Twice) -> None:
    secret = os.environ["AWS_SECRET_ACCESS_KEY"].encode()
    events = b"".join(file.read_bytes() for file in twice.events.rglob("*") if file.is_file())
    root: Any = twice.remote.root
    kept = {name: root.fs.cat_file(name) for name in root.fs.find(root.path)}

    assert b"spark.hadoop.fs.s3a.endpoint" in events
    assert len(kept) > 30 and not [name for name, content in kept.items() if secret in content]
    assert secret not in events
    assert secret.decode() not in twice.said


@pytest.mark.parametrize(
    ("wrong", "bucket", "said"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wr0ng-canary"}, "", "the secret does not fit the access key"),
        ({"AWS_ACCESS_KEY_ID": "nobody"}, "", "does not know the access key"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "", "no store answers at http://127.0.0.1:1"),
        ({}, "no-such-bucket", "has no such bucket"),
    ],
)
def test_a_store_that_cannot_be_used_is_told_at_once(
    cluster: Store, wrong: dict[str, str], bucket: str, said: str, landing: Path
) -> None:
    lake = f"s3://{bucket or cluster.bucket}/x"

    for asked in (("doctor", "--lake", lake), ("run", GOLD, "--lake", lake, "--landing", str(landing))):
        told = lakeward(*asked, **wrong)
        assert told.returncode in (2, 75) and said in told.stdout + told.stderr
        assert "remedy" in told.stdout + told.stderr and "Traceback" not in told.stderr
        assert "canary" not in told.stdout + told.stderr


def test_doctor_tries_all_that_a_lake_asks_of_a_store(store: Store) -> None:
    told = lakeward("doctor", "--lake", store.uri, "--json")
    checks = {each["name"]: each for each in json.loads(told.stdout)["checks"]}

    asked = ("write", "read", "list", "write on condition", "write in parts", "delete")
    assert all(checks[f"store: {name}"]["ok"] for name in asked), checks
    assert "refused" in checks["store: write on condition"]["found"]
    assert store.names("") == []


def test_names_of_delivered_files_are_taken_as_they_are(store: Store) -> None:
    names = ("a b.csv", "風 雨.csv", "50%25.csv", "c+d#e?.csv")
    for name in names:
        (place(store.uri) / "town" / "wells" / name).write_bytes(name.encode())

    found, strange = deliveries(store.uri, "town/wells/*.csv")
    told = {Path(each.file).name: each.identified({}) for each in found}

    assert set(told) == set(names) and not strange
    for name, each in told.items():
        assert each.sha256 and not each.fault and each.modified_at and each.bytes == len(name.encode())
        with opened(each.path) as stream:
            assert stream.read() == name.encode()


@pytest.fixture
def rain(store: Store) -> Iterator[Lake]:
    """A lake with two versions of a table that was never released."""
    from deltalake import write_deltalake

    lake = Lake.at(store.uri)
    for version in range(2):
        table = pa.table({"county": [f"made {version}"]})
        options = dict(lake.store.for_deltalake)
        write_deltalake(str(lake.table("gold.rain")), table, mode="overwrite", storage_options=options)
    yield lake


def _publish(lake: Lake, version: int) -> str:
    columns = [Column("county", "string", "where", key=True)]
    return str(release.publish(lake, "gold.rain", version, columns, {}, f"run {version}")["release"])


def test_of_two_runs_that_release_at_once_each_gets_a_number_and_the_newest_is_named(
    rain: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(point: str, _: str = "") -> None:
        if point == "release.manifest":
            monkeypatch.setattr(release, "crash_point", lambda *_: None)
            assert _publish(rain, 1) == "1.0"

    monkeypatch.setattr(release, "crash_point", overtaken)

    assert _publish(rain, 0) == "1.1"
    assert [each["source"]["version"] for each in release.manifests(rain.releases("gold.rain"))] == [1, 0]
    assert (release.newest(rain, "gold.rain") or {})["release"] == "1.1"


def test_a_run_that_names_an_older_release_last_looks_again(rain: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(point: str, _: str = "") -> None:
        if point == "release.promoted":
            monkeypatch.setattr(release, "crash_point", lambda *_: None)
            assert _publish(rain, 1) == "1.1"

    monkeypatch.setattr(release, "crash_point", overtaken)

    assert _publish(rain, 0) == "1.0"
    assert (release.newest(rain, "gold.rain") or {})["release"] == "1.1"


def test_files_of_a_run_that_died_before_its_manifest_are_in_nobodys_way(rain: Lake) -> None:
    (rain.releases("gold.rain") / "1.0" / "rain-0123456789ab.parquet").write_bytes(b"cut")
    assert release.newest(rain, "gold.rain") is None

    assert _publish(rain, 0) == "1.0"
    assert (release.newest(rain, "gold.rain") or {})["rows"] == 1


def test_recipients_read_from_the_store_itself(twice: Twice, tmp_path: Path) -> None:
    """With the official client, by addresses that the store signs; the server gives out no byte of data."""
    if not CLIENT.exists():
        pytest.skip("the official client has no environment here: `make client` makes it")
    profile, port, lake = tmp_path / "x.share", _free_port(), ("--lake", str(twice.remote.root))
    endpoint = f"http://127.0.0.1:{port}/delta-sharing"
    added = lakeward(
        "share", "add", uuid4().hex[:8], "--grant", "*", "--profile", str(profile), "--endpoint", endpoint, *lake
    )
    assert added.returncode == 0, added.stderr
    command = [sys.executable, "-m", "lakeward.jobs.cli", "share", "serve", "--port", str(port), "--endpoint", endpoint]
    serving = subprocess.Popen([*command, *lake])
    try:
        _until_answered(port)
        asked = [str(CLIENT), str(HERE / "client.py"), str(profile), "police.gold.road_safety_weather", "deaths"]
        done = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=120)
    finally:
        serving.terminate()
        assert serving.wait(60) == EXIT_TERMINATED

    told = json.loads(done.stdout.splitlines()[-1])
    deaths = sorted(json.loads(row)["deaths"] for row in _rows(twice.local, GOLD))
    assert told["parquet"] == told["delta"] == deaths
    assert told["hosts"] == [urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc]


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _until_answered(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, "the server does not come up"
            time.sleep(0.1)
        else:
            return
