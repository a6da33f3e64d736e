"""Rows that were set aside, read from the quarantine tables by deliveries: batch by batch, without a JVM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetFile

from lakeward.lake import delta
from lakeward.lake.storage import Lake

LAYER = "quarantine"
BATCH_ROWS = 4_096
BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Aside:
    """The refused rows of one delivery.

    Args:
        file: the delivery's path in the landing zone.
        sha256: of its bytes.
        rows: how many rows of it were refused.
        parts: the data files that hold them.
    """

    file: str
    sha256: str
    rows: int
    parts: tuple[Path, ...]

    def batches(self, *columns: str) -> Iterator[pa.RecordBatch]:
        """Read some columns in batches, in the order of the data files; memory holds one batch."""
        for part in self.parts:
            yield from _opened(part).iter_batches(BATCH_ROWS, columns=list(columns), use_threads=False)

    def picked(self, rows: Sequence[int], *columns: str) -> Iterator[pa.RecordBatch]:
        """Read `row_number` and some columns of the rows with these numbers, as `batches` does."""
        numbers = np.array(rows, np.int32)
        # From a buffer, as `pa.array` would load pandas, which takes longer than all the rest.
        wanted = pa.Array.from_buffers(pa.int32(), len(numbers), [None, pa.py_buffer(numbers.tobytes())])
        for batch in self.batches("row_number", *columns):
            yield batch.filter(pc.is_in(batch.column(0), value_set=wanted))


def names(lake: Lake) -> list[str]:
    """List the data sets that have a quarantine table, even an empty one."""
    root = lake.table(LAYER)
    return sorted(".".join(log.parent.relative_to(root).parts) for log in root.glob("*/*/_delta_log"))


def counts(lake: Lake, name: str) -> tuple[int, int]:
    """Count a data set's refused rows, and the deliveries they came in, from the log."""
    found = _parts(lake, name)
    return sum(rows for parts in found.values() for _, rows in parts), len(found)


def asides(lake: Lake, name: str) -> list[Aside]:
    """List the deliveries of a data set with refused rows, in the order of their files."""
    found = []
    for sha256, parts in _parts(lake, name).items():
        first = next(_opened(parts[0][0]).iter_batches(1, columns=["file"], use_threads=False))
        paths = tuple(sorted(path for path, _ in parts))
        found.append(Aside(first.column(0)[0].as_py(), sha256, sum(rows for _, rows in parts), paths))
    return sorted(found, key=lambda aside: (aside.file, aside.sha256))


def _parts(lake: Lake, name: str) -> dict[str, list[tuple[Path, int]]]:
    """Give the data files that hold rows, and how many, by delivery."""
    root = lake.table(f"{LAYER}.{name}")
    table = delta.opened(root)
    if table is None:
        return {}
    told = table.get_add_actions(flatten=True)
    held = [told.column(column).to_pylist() for column in ("path", "num_records", "partition._sha256")]
    found: dict[str, list[tuple[Path, int]]] = {}
    for path, logged, sha256 in zip(*held, strict=True):
        rows = _opened(root / path).metadata.num_rows if logged is None else logged
        if rows:
            found.setdefault(sha256, []).append((root / path, rows))
    return found


def _opened(part: Path) -> ParquetFile:
    return delta.parquet(part, buffer_size=BUFFER_BYTES)
