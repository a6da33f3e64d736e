"""Several processes append to one table on Ceph at once: every row and every version is there, once."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from deltalake import DeltaTable
from stores import HERE, Store
from workers import Worker

APPENDS = int(os.environ.get("LAKEWARD_APPENDS", "100"))
COMPACTED_APPENDS = 20
MIXED_APPENDS = int(os.environ.get("LAKEWARD_MIXED_APPENDS", "10"))


def _started(kind: str, *names: str) -> list[Worker]:
    return [Worker([sys.executable, str(HERE / "appender.py"), kind, name]) for name in names]


@pytest.fixture(scope="module")
def drivers(cluster: Store) -> Iterator[list[Worker]]:
    """Two Spark drivers, each with an executor inside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAKEWARD_MASTER", "local[1]")
        yield from _running(_started("spark", "s1", "s2"))


@pytest.fixture(scope="module")
def pythons(cluster: Store) -> Iterator[list[Worker]]:
    """Two Python processes with deltalake."""
    yield from _running(_started("deltalake", "p1", "p2"))


def _running(workers: list[Worker]) -> Iterator[list[Worker]]:
    for each in workers:
        assert each.answer() == "ready"
    yield workers
    for each in workers:
        each.end()


def _append(writers: Sequence[Worker], table: str, count: int) -> None:
    for each in writers:
        each.ask(f"{table} {count}")
    for each in writers:
        assert each.answer() == "done"


def _rows(table: str) -> Counter[tuple[str, int]]:
    return Counter((row["writer"], row["number"]) for row in DeltaTable(table).to_pyarrow_table().to_pylist())


def test_executors_of_a_spark_cluster_write_to_the_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (master := os.environ["LAKEWARD_CLUSTER_MASTER"]):
        pytest.skip("Spark's master does not run: `make cluster-up` starts it")
    monkeypatch.setenv("LAKEWARD_MASTER", master)

    for writers in _running(_started("spark", "s3")):
        _append(writers, store.uri, 2)

    assert _rows(store.uri) == {("s3", 0): 1, ("s3", 1): 1}


def test_two_drivers_lose_and_double_nothing(drivers: list[Worker], store: Store) -> None:
    _append(drivers[:1], store.uri, 1)
    _append(drivers, store.uri, APPENDS)

    rows = _rows(store.uri)
    assert set(rows.values()) == {1}
    assert Counter(writer for writer, _ in rows) == {"s1": 1 + APPENDS, "s2": APPENDS}
    assert DeltaTable(store.uri).version() == 2 * APPENDS


def test_spark_and_python_write_to_one_table(drivers: list[Worker], pythons: list[Worker], store: Store) -> None:
    # Made by Python: it does not write to tables with in-commit timestamps, which ours have.
    _append(pythons[:1], store.uri, 1)
    _append([*drivers, *pythons], store.uri, MIXED_APPENDS)

    rows = _rows(store.uri)
    assert set(rows.values()) == {1}
    assert Counter(writer for writer, _ in rows) == dict.fromkeys(("s1", "s2", "p2"), MIXED_APPENDS) | {
        "p1": 1 + MIXED_APPENDS
    }
    assert DeltaTable(store.uri).version() == 4 * MIXED_APPENDS


def test_appends_beside_a_compaction_lose_and_double_nothing(drivers: list[Worker], store: Store) -> None:
    first, second = drivers
    _append([first], store.uri, 4)
    first.ask(f"{store.uri} {COMPACTED_APPENDS}")
    second.ask(f"{store.uri} {COMPACTED_APPENDS // 4} compact")
    assert [each.answer() for each in drivers] == ["done", "done"]

    table = DeltaTable(store.uri)
    done = Counter(commit["operation"] for commit in table.history())
    assert done["WRITE"] == 4 + COMPACTED_APPENDS
    assert done["OPTIMIZE"] > 0
    assert set(_rows(store.uri).values()) == {1}
    assert len(_rows(store.uri)) == 4 + COMPACTED_APPENDS
