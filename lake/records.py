"""Small tables of lakeward's own, to which records are added: deliveries, runs, quality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import uniform
from threading import Lock
from time import sleep
from typing import Any
from uuid import uuid4

import pyarrow as pa
from deltalake import CommitProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from lakeward.lake import delta
from lakeward.lake.overtaken import Overtaken
from lakeward.lake.storage import Lake
from lakeward.lake.store import store_of

WRITER = "lakeward-writer"
TRIES = 15
SUMMED_UP = {"delta.checkpointInterval": "20"}
"""Every step of a run adds to these tables, and each time the log is read from its last checkpoint on."""


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
        path, name = lake.table(self.table), uuid4().hex
        for number in range(TRIES):
            try:
                with self._one_at_a_time:
                    delta.durably(lambda: _append(path, told, name), path, step=self.step, about=about or self.table)
            except Overtaken:
                if number == TRIES - 1:
                    raise
                sleep(uniform(0, 0.1 * (number + 1)))  # noqa: S311
            else:
                return

    def all(self, lake: Lake) -> list[dict[str, Any]]:
        """Read every record, in no order."""
        return delta.records_of(lake.table(self.table))

    def of(self, lake: Lake, column: str, value: str) -> list[dict[str, Any]]:
        """Read the records that have a text in a column, in no order."""
        return delta.records_of(lake.table(self.table), column, value)


def _append(path: Path, rows: pa.Table, name: str) -> None:
    """Append as one commit that bears a name of its own.

    When no answer comes, the log tells by the name whether the commit was made. If not, it is sent once more: a first
    try that arrives late finds its version taken. The client may not go on to the next version by itself when it is
    refused, for that may be because of that first try.
    """
    once = CommitProperties(custom_metadata={WRITER: name}, max_commit_retries=0)
    options = dict(store_of(path).for_deltalake)
    for is_last in (False, True):
        try:
            write_deltalake(
                str(path),
                rows,
                mode="append",
                schema_mode="merge",
                storage_options=options,
                commit_properties=once,
                configuration=SUMMED_UP,
            )
        except (DeltaError, OSError) as failure:
            if _is_in_log(path, name):
                return
            if is_last or isinstance(failure, CommitFailedError):
                raise
        else:
            return


def _is_in_log(path: Path, name: str) -> bool:
    table = delta.opened(path)
    return table is not None and any(commit.get(WRITER) == name for commit in table.history(delta.NOTES_BACK))
