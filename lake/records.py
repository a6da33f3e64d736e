"""Small tables of lakeward's own, to which records are added: deliveries, runs, quality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from lakeward.lake import delta
from lakeward.lake.overtaken import Overtaken
from lakeward.lake.storage import Lake

TRIES = 5


@dataclass(frozen=True, slots=True)
class Records:
    """One such table.

    Args:
        table: its name.
        step: what its commits are called among the crash points.
        types: its columns and their Arrow types.
    """

    table: str
    step: str
    types: Mapping[str, pa.DataType]
    _one_at_a_time: Lock = field(default_factory=Lock, compare=False)

    def add(self, lake: Lake, rows: Iterable[Mapping[str, Any]], about: str = "") -> None:
        """Add records as one commit; none makes no version."""
        told = pa.Table.from_pylist([dict(row) for row in rows], pa.schema(dict(self.types)))
        if not told.num_rows:
            return
        path = lake.table(self.table)
        for tries_left in reversed(range(TRIES)):
            try:
                with self._one_at_a_time:
                    delta.durably(lambda: _append(lake, path, told), path, step=self.step, about=about or self.table)
            except Overtaken:  # two that make a table: the second then adds to it
                if not tries_left:
                    raise
            else:
                return

    def all(self, lake: Lake) -> list[dict[str, Any]]:
        """Read every record, in no order."""
        return delta.records_of(lake.table(self.table))


def _append(lake: Lake, path: Path, told: pa.Table) -> None:
    options = dict(lake.store.for_deltalake)
    write_deltalake(str(path), told, mode="append", schema_mode="merge", storage_options=options)
