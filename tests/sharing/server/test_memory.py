"""What the server remembers of tables stays below its limit, and answers are the same with little and with much of it."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ref

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from lakeward.sharing.server.hints import hints
from lakeward.sharing.server.log import Log
from lakeward.sharing.server.memory import Memory
from lakeward.sharing.server.snapshot import Snapshot
from lakeward.sharing.server.statistics import Bounds, Fields

FILES = 50


def _made(version: int) -> Snapshot:
    return Snapshot(version, {}, {}, tuple({"path": f"{at}.parquet", "stats": "{}"} for at in range(FILES)))


def test_the_least_lately_used_is_forgotten_with_all_that_was_worked_out_of_it() -> None:
    size = _made(0).bytes
    limit = 3 * size + size // 2
    memory, works, alive = Memory(limit), [], []

    def worked(table: Snapshot) -> bytes:
        def work() -> tuple[bytes, int]:
            works.append(table.version)
            return bytes(size // 10), size // 10

        return memory.worked(table, "x", work)

    for version in range(5):
        table = _made(version)
        memory.keep(table)
        assert worked(table) is worked(table)
        assert memory.bytes <= limit
        alive.append(ref(table))
    del table
    gc.collect()

    assert works == [0, 1, 2, 3, 4]
    assert [each() is None for each in alive] == [True, True, False, False, False]


def test_what_is_larger_than_all_is_used_and_does_not_stay_beside_others() -> None:
    memory, huge, small = Memory(1000), _made(0), _made(1)
    memory.keep(small)

    assert [memory.worked(huge, name, lambda: ("told", 10_000)) for name in ("a", "b", "a")] == ["told"] * 3
    assert len(huge.worked) == 1
    assert memory.bytes == huge.bytes + 10_000
    memory.keep(small)
    assert memory.bytes == small.bytes


def test_answers_are_the_same_where_hardly_anything_is_remembered(tmp_path: Path) -> None:
    for first in range(6):
        rows = pa.table({"number": [first, first + 10], "part": [str(first % 2)] * 2})
        write_deltalake(str(tmp_path), rows, mode="append", partition_by=["part"])
    DeltaTable(str(tmp_path)).delete("number = 3")
    much, little = Log(tmp_path), Log(tmp_path, Memory(1))

    for version in (6, 2, 4, 6, 0, 5, 2):
        wanted, found = much.snapshot(version), little.snapshot(version)
        assert found.files == wanted.files
        for told in (["number < 3"], ["part = '1'", "number >= 12"], ["number IS NULL"]):
            by_much = hints(wanted, told, None).kept(wanted, much.memory, 3)
            assert list(hints(found, told, None).kept(found, little.memory, 3)) == list(by_much)


def test_statistics_are_read_once_for_all_requests(tmp_path: Path) -> None:
    write_deltalake(str(tmp_path), pa.table({"number": [1, 2], "other": ["a", "b"]}))
    log = Log(tmp_path)
    table = log.snapshot(0)
    number = Fields(table)["number"]

    first = Bounds(table, log.memory).of(number)

    assert Bounds(log.snapshot(0), log.memory).of(number) is first
    assert (first[0].low, first[0].high) == (1, 2)
    assert [about for about in table.worked if about[0] == "bounds"] == [("bounds", number)]  # type: ignore[index]
