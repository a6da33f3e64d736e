"""Files go while others read: who reads what a release was made from never misses one, and neither do new readers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from stores import Store

from lakeward.jobs.maintain import maintain, needs
from lakeward.lake import delta, release
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Curated, Dataset, Source

WORD = Column("word_no", "long", "number of a word", key=True)
WORDS = Dataset(
    name="made.words", title="Words", title_zh="虛構", agency="nobody", columns=(WORD,),
    source=Source("made/words/*.csv", licence="CC0-1.0", cadence="never"),
)  # fmt: skip
MADE = Curated("gold.made", "Made", "虛構", inputs=(WORDS,), grain="a word", columns=(WORD,), build=lambda words: words)
RELEASED, ROUNDS = 4, 5


@pytest.fixture
def lake(cluster: Store) -> Lake:
    """A gold table of five versions, of which the newest is released."""
    found = Lake.at(f"s3a://{cluster.bucket}/{uuid4().hex[:8]}")
    for number in range(RELEASED + 1):
        _append(found, number)
    release.publish(found, MADE.name, RELEASED, [WORD], {}, "made run")
    return found


def _append(lake: Lake, number: int) -> None:
    how = dict(lake.store.for_deltalake)
    rows = pa.table({WORD.name: pa.array([number], pa.int64())})
    write_deltalake(str(lake.table(MADE.name)), rows, mode="append", storage_options=how)


def _opened(lake: Lake, version: int | None = None) -> DeltaTable:
    found = delta.opened(lake.table(MADE.name), version)
    assert found
    return found


def _words(table: DeltaTable) -> list[int]:
    return sorted(row[WORD.name] for row in table.to_pyarrow_table().to_pylist())


def test_readers_of_a_released_version_never_miss_a_file(lake: Lake) -> None:
    over, opened_before = Event(), _opened(lake, RELEASED)

    def reading(rows: Callable[[], list[int]]) -> int:
        times = 0
        while not over.is_set():
            assert rows() == [*range(RELEASED + 1)]
            times += 1
        return times

    with ThreadPoolExecutor() as pool:
        readers = [
            pool.submit(reading, lambda: _words(opened_before)),
            pool.submit(reading, lambda: _words(_opened(lake, RELEASED))),
        ]
        try:
            for number in range(RELEASED + 1, RELEASED + 1 + ROUNDS):
                _append(lake, number)
                _opened(lake).optimize.compact()
                maintain(lake, needs(lake, [MADE], retain_hours=0))
        finally:
            over.set()
        assert all(each.result() > 0 for each in readers)

    assert _words(_opened(lake)) == [*range(RELEASED + 1 + ROUNDS)]
    with pytest.raises(FileNotFoundError):  # what no release is made from is really gone
        _words(_opened(lake, RELEASED + 1))
