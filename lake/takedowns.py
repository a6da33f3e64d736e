"""Rows that were taken out for a person's sake: the table `_takedowns`, which holds where they stand and never what.

A delivery is its sha256 and stays in the landing zone as it came; so a file and a line say for ever which row is not to
come back, also when the file is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pyarrow as pa

from lakeward.lake.records import Records
from lakeward.lake.storage import Lake

TYPES: dict[str, pa.DataType] = {
    "dataset": pa.string(),
    "sha256": pa.string(),
    "row_number": pa.int32(),
    "reason": pa.string(),
    "run_id": pa.string(),
    "taken_at": pa.timestamp("us", "UTC"),
}
TABLE = Records("_takedowns", "takedowns", TYPES)
Places = Mapping[str, frozenset[int]]
"""Row numbers by the sha256 of their delivery."""


def places(lake: Lake, dataset: str) -> Places:
    """Give the rows of a data set that were taken down."""
    found: dict[str, frozenset[int]] = {}
    for each in TABLE.all(lake):
        if each["dataset"] == dataset:
            found[each["sha256"]] = found.get(each["sha256"], frozenset()) | {each["row_number"]}
    return found


def datasets(lake: Lake) -> set[str]:
    """Name the data sets of which rows were taken down."""
    return {each["dataset"] for each in TABLE.all(lake)}


def record(lake: Lake, run_id: str, taken: Iterable[tuple[str, Places]], reason: str) -> None:
    """Add rows as one commit."""
    now = datetime.now(UTC)
    TABLE.add(
        lake,
        (
            {
                "dataset": dataset,
                "sha256": sha256,
                "row_number": row,
                "reason": reason,
                "run_id": run_id,
                "taken_at": now,
            }
            for dataset, told in taken
            for sha256, rows in told.items()
            for row in sorted(rows)
        ),
    )
