"""Made readings in order of time: a first delivery, a second one of changes, and the whole table as it then is.

One in a hundred keys changes: of each ten, nine have a new level and one is new. The changed ones are the last in
time, as agencies' corrections mostly are, or lie evenly over all of them.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pyarrow as pa
from pyarrow import csv

RECENT, SPREAD = "recent", "spread"
PATTERNS = (RECENT, SPREAD)
ONE_CHANGED_IN = 100
ONE_NEW_IN = 10
RISE_CM = 1_000
STATIONS = 500
AT_ONCE = 1_000_000
HEADER = ("測站", "時間", "縣市", "雨量", "氣溫", "濕度", "水位", "備註")
COUNTIES = np.array(["臺北市", "臺中市", "臺南市", "高雄市", "花蓮縣", "澎湖縣"])


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds.

    Args:
        rows: how many rows.
        level_cm: the sum of their levels.
    """

    rows: int
    level_cm: int


def first(path: Path, rows: int) -> None:
    """Write the first delivery."""
    _write(path, (_table(ids, _none(ids), _none(ids)) for ids in _chunks(rows)))


def changes(path: Path, rows: int, pattern: str) -> None:
    """Write the delivery of what changed, of so many rows in the first."""

    def tables() -> Iterator[pa.Table]:
        for ids in _chunks(rows):
            changed = ids[_changed(ids, rows, pattern)]
            if len(changed):
                yield _table(changed, ~_none(changed), _new(changed, pattern))

    _write(path, tables())


def again(path: Path, rows: int, pattern: str) -> None:
    """Write the whole table as it is after the changes, in the same order."""

    def tables() -> Iterator[pa.Table]:
        for ids in _chunks(rows):
            changed = _changed(ids, rows, pattern)
            new = changed & _new(ids, pattern)
            every = np.concatenate([ids, ids[new]])
            is_new = np.concatenate([_none(ids), ~_none(ids[new])])
            is_risen = np.concatenate([changed & ~new, ~_none(ids[new])])
            in_time = np.argsort(every, kind="stable")
            yield _table(every[in_time], is_risen[in_time], is_new[in_time])

    _write(path, tables())


def held(rows: int, pattern: str = "") -> Held:
    """Reckon what a table is to hold after the first delivery, or after the changes of a pattern."""
    count = level_cm = 0
    for ids in _chunks(rows):
        changed = ids[_changed(ids, rows, pattern)] if pattern else ids[:0]
        new = changed[_new(changed, pattern)]
        count += len(ids) + len(new)
        level_cm += int(_level(ids).sum() + RISE_CM * len(changed) + _level(new).sum())
    return Held(count, level_cm)


def _chunks(rows: int) -> Iterator[np.ndarray]:
    for begin in range(0, rows, AT_ONCE):
        yield np.arange(begin, min(begin + AT_ONCE, rows))


def _none(ids: np.ndarray) -> np.ndarray:
    return np.zeros(len(ids), dtype=bool)


def _changed(ids: np.ndarray, rows: int, pattern: str) -> np.ndarray:
    return ids >= rows - rows // ONE_CHANGED_IN if pattern == RECENT else ids % ONE_CHANGED_IN == 0


def _new(changed: np.ndarray, pattern: str) -> Any:
    """Say which of the changed readings are of a gauge that was not there."""
    return (changed // (1 if pattern == RECENT else ONE_CHANGED_IN)) % ONE_NEW_IN == 0


def _level(ids: np.ndarray) -> np.ndarray:
    return _drawn(ids, 5, RISE_CM)


def _drawn(ids: np.ndarray, salt: int, below: int) -> np.ndarray:
    """Give each row a number that its neighbours do not tell, the same in every delivery."""
    mixed = (ids.astype(np.uint64) + np.uint64(salt << 40)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return ((mixed ^ (mixed >> np.uint64(32))) % np.uint64(below)).astype(np.int64)


def _table(ids: np.ndarray, risen: np.ndarray, new: np.ndarray) -> pa.Table:
    hours = np.datetime64("2000-01-01T00", "h") + ids // STATIONS
    each, at = np.unique(hours, return_inverse=True)
    times = np.char.replace(np.datetime_as_string(each.astype("datetime64[s]")), "T", " ")
    names = np.array([f"{kind}{n:05}" for kind in "SN" for n in range(STATIONS)])
    columns = (
        names[ids % STATIONS + STATIONS * new], times[at], COUNTIES[ids % len(COUNTIES)], _drawn(ids, 1, 500) / 10,
        _drawn(ids, 2, 400) / 10, _drawn(ids, 3, 101), _level(ids) + RISE_CM * risen,
        np.array([f"自製資料第{n}列" for n in range(1_000)])[_drawn(ids, 4, 1_000)],
    )  # fmt: skip
    return pa.table(dict(zip(HEADER, map(pa.array, columns), strict=True)))


def _write(path: Path, tables: Iterator[pa.Table]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wb", compresslevel=1) as packed:
        file = cast("IO[bytes]", packed)
        for number, table in enumerate(tables):
            csv.write_csv(table, file, csv.WriteOptions(include_header=number == 0, quoting_style="needed"))
