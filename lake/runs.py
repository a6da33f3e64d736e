"""The record of every run: the Delta table `_runs`, one row a table and run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import pyarrow as pa

from lakeward.lake.costs import COST, Cost
from lakeward.lake.records import Records
from lakeward.lake.storage import Lake

Outcome = Literal["built", "checked", "unchanged", "refused", "failed", "skipped"]
TYPES: dict[str, pa.DataType] = {
    "run_id": pa.string(),
    "table_name": pa.string(),
    "outcome": pa.string(),
    "started_at": pa.timestamp("us", "UTC"),
    "seconds": pa.float64(),
    "deliveries": pa.int64(),
    "bytes_read": pa.int64(),
    "rows_read": pa.int64(),
    "rows_written": pa.int64(),
    "rows_quarantined": pa.int64(),
    "rows_footer": pa.int64(),
    "reasons": pa.map_(pa.string(), pa.int64()),
    "warnings": pa.list_(pa.string()),
    "version_before": pa.int64(),
    "version_after": pa.int64(),
    "release": pa.string(),
    "error": pa.string(),
    "exit_code": pa.int32(),
    "bytes_released": pa.int64(),
    "cost": COST,
}
TABLE = Records("_runs", "runs", TYPES)


@dataclass(frozen=True, slots=True)
class Step:
    """What one run did to one table. Rows add up: read = written + quarantined; footers are remarks, not rows."""

    run_id: str
    table_name: str
    outcome: Outcome
    started_at: datetime
    seconds: float = 0.0
    deliveries: int = 0
    bytes_read: int = 0
    rows_read: int = 0
    rows_written: int = 0
    rows_quarantined: int = 0
    rows_footer: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    version_before: int | None = None
    version_after: int | None = None
    release: str = ""
    error: str = ""
    exit_code: int = 0
    bytes_released: int = 0
    cost: Cost | None = None


def new_id(began: datetime) -> str:
    """Name a run: names sort as runs began."""
    return f"{began:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"


def record(lake: Lake, step: Step) -> None:
    """Add one step as one commit."""
    TABLE.add(
        lake,
        [{**asdict(step), "reasons": list(step.reasons.items()), "warnings": list(step.warnings)}],
        about=step.table_name,
    )


def steps(lake: Lake) -> list[Step]:
    """Read every step of every run, the newest first."""
    rows = sorted(TABLE.all(lake), key=lambda row: row["started_at"], reverse=True)
    return [_read(row) for row in rows]


def _read(row: Mapping[str, Any]) -> Step:
    """Give a step from its record; one written by another version may lack fields, or have more."""
    told = {name: value for name, value in row.items() if name in Step.__dataclass_fields__ and value is not None}
    if "cost" in told:
        told["cost"] = Cost.of(told["cost"])
    return Step(**{**told, "reasons": dict(row["reasons"] or ()), "warnings": tuple(row["warnings"] or ())})
