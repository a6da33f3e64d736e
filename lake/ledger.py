"""What was found in the landing zone and what became of it: the Delta table `_deliveries`.

It explains; it does not decide what is loaded. That is told by the tables themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Literal

import pyarrow as pa

from lakeward.lake.records import Records
from lakeward.lake.storage import Lake

Status = Literal["received", "duplicate", "empty", "refused"]
TYPES: dict[str, pa.DataType] = {
    "dataset": pa.string(),
    "file": pa.string(),
    "sha256": pa.string(),
    "bytes": pa.int64(),
    "modified_at": pa.string(),
    "status": pa.string(),
    "reason": pa.string(),
    "remedy": pa.string(),
    "exit_code": pa.int32(),
    "fingerprint": pa.string(),
    "encoding": pa.string(),
    "header": pa.list_(pa.string()),
    "is_made": pa.bool_(),
    "reading": pa.string(),
    "run_id": pa.string(),
    "seen_at": pa.timestamp("us", "UTC"),
}
TABLE = Records("_deliveries", "ledger", TYPES)


@dataclass(frozen=True, slots=True)
class Entry:
    """One verdict on one file: `received` into bronze, a `duplicate` of other bytes, `empty`, or `refused`.

    `fingerprint` names the declaration that judged it, `reading` the format by which it was read.
    """

    dataset: str
    file: str
    sha256: str
    bytes: int
    modified_at: str
    status: Status
    reason: str
    remedy: str
    exit_code: int
    fingerprint: str
    encoding: str
    header: tuple[str, ...]
    is_made: bool
    reading: str = ""
    seen_at: datetime | None = None

    @property
    def verdict(self) -> tuple[str, ...]:
        """What it says: who said it already need not say it again."""
        by = self.reading if self.status == "received" else self.fingerprint
        return self.dataset, self.file, self.sha256, self.status, self.reason, by


def entries(lake: Lake) -> list[Entry]:
    """Read every verdict, the oldest first."""
    rows = sorted(TABLE.all(lake), key=lambda row: row["seen_at"])
    names = [each.name for each in fields(Entry)]
    return [
        Entry(
            **{name: row.get(name) for name in names}
            | {"header": tuple(row["header"]), "reading": row.get("reading") or ""}
        )
        for row in rows
    ]


def received(told: Iterable[Entry], readings: Mapping[str, str]) -> dict[str, Entry]:
    """Give the line of each delivery in bronze that tells of it as it was read there, seen when it first came.

    Args:
        told: lines, the oldest first.
        readings: how each delivery in bronze was read, by sha256.
    """
    seen_at: dict[str, datetime | None] = {}
    found: dict[str, Entry] = {}
    for entry in told:
        if entry.status == "received":
            seen_at.setdefault(entry.sha256, entry.seen_at)
            if readings.get(entry.sha256) == entry.reading:
                found.setdefault(entry.sha256, replace(entry, seen_at=seen_at[entry.sha256]))
    return found


def record(lake: Lake, run_id: str, told: Iterable[Entry]) -> None:
    """Add verdicts as one commit; none makes no version."""
    now = datetime.now(UTC)
    TABLE.add(lake, ({**asdict(entry), "run_id": run_id, "seen_at": now} for entry in told))
