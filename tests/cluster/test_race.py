"""Several drivers want the same version of a table: one gets it, and the others know."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from stores import HERE, Store, class_path
from workers import Worker

from lakeward.lake import jars, logstore

WRITERS = ("a", "b", "c")
VERSIONS = int(os.environ.get("LAKEWARD_RACE_VERSIONS", "150"))
DELTAS_OWN = "io.delta.storage.S3SingleDriverLogStore"
TICK_MS = 60


@pytest.fixture(scope="module")
def racers(cluster: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Worker]]:
    """Three JVMs, each with a LogStore of its own."""
    on_path = class_path(tmp_path_factory.mktemp("race"))
    command = [str(jars.java()), "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", on_path, str(HERE / "Race.java")]
    started = [Worker([*command, writer]) for writer in WRITERS]
    for each in started:
        assert each.answer() == "ready"
    yield started
    for each in started:
        each.end()


def _race(racers: list[Worker], log_store: str, log: str, versions: int) -> dict[str, list[int]]:
    first = int((time.time() + 2) * 1000)
    for racer in racers:
        racer.ask(f"{log_store} {log} {versions} {first} {TICK_MS}")
    return {
        writer: [int(each) for each in racer.answer().split()] for writer, racer in zip(WRITERS, racers, strict=True)
    }


def test_no_version_is_won_twice(racers: list[Worker], store: Store) -> None:
    won = _race(racers, logstore.CLASS, f"{store.uri}/_delta_log", VERSIONS)

    assert sorted(version for versions in won.values() for version in versions) == list(range(VERSIONS))
    for writer, versions in won.items():
        assert {store.read(f"_delta_log/{version:020d}.json") for version in versions} <= {f"{writer}\n"}
    assert store.names("_delta_log") == [f"{version:020d}.json" for version in range(VERSIONS)]


def test_the_race_is_hard_enough_for_deltas_own_store_to_lose_commits(racers: list[Worker], store: Store) -> None:
    won = _race(racers, DELTAS_OWN, f"{store.uri}/_delta_log", 30)

    claims = Counter(version for versions in won.values() for version in versions)
    assert max(claims.values()) > 1
