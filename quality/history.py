"""Every rule checked, every time: the Delta table `_quality`, one row a rule and batch.

A batch is a delivery, as a run checks it before anything is committed, or a version of a table. Values that broke a
rule are not kept here: they may be personal, and they lie in quarantine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from lakeward.lake.records import Records
from lakeward.lake.storage import Lake
from lakeward.quality.result import Result

TYPES: dict[str, pa.DataType] = {
    "run_id": pa.string(),
    "table_name": pa.string(),
    "batch": pa.string(),
    "sha256": pa.string(),
    "version": pa.int64(),
    "checked_at": pa.timestamp("us", "UTC"),
    "verdict": pa.string(),
    "rule": pa.int32(),
    "type": pa.string(),
    "columns": pa.list_(pa.string()),
    "arguments": pa.string(),
    "severity": pa.string(),
    "success": pa.bool_(),
    "observed": pa.string(),
    "rows": pa.int64(),
    "failed": pa.int64(),
    "missing": pa.int64(),
    "failed_pct": pa.float64(),
    "engine": pa.string(),
    "problem": pa.string(),
}
TABLE = Records("_quality", "quality", TYPES)


@dataclass(frozen=True, slots=True)
class Validation:
    """A suite checked on one batch.

    Args:
        table: the table's full name.
        batch: the delivery's file, or `version N`.
        results: a result a rule, in the order of the suite.
        verdict: why the batch was refused; empty when it passed.
        sha256: of the delivery.
        version: of the table, where a table was checked.
    """

    table: str
    batch: str
    results: tuple[Result, ...]
    verdict: str = ""
    sha256: str = ""
    version: int | None = None


def record(lake: Lake, run_id: str, validations: Iterable[Validation]) -> None:
    """Add what was checked as one commit."""
    now = datetime.now(UTC)
    told = list(validations)
    rows = [_row(run_id, now, each, place, result) for each in told for place, result in enumerate(each.results)]
    TABLE.add(lake, rows, about=told[0].table if told else "")


def records(lake: Lake, table: str = "") -> list[dict[str, Any]]:
    """Read the history, of one table or of all, the newest first, rules in order."""
    found = (row for row in TABLE.all(lake) if not table or row["table_name"] == table)
    return sorted(found, key=lambda row: (-row["checked_at"].timestamp(), row["table_name"], row["batch"], row["rule"]))


def last(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep of each table the records of its newest run, from a history that begins with the newest."""
    newest: dict[str, str] = {}
    for row in rows:
        newest.setdefault(row["table_name"], row["run_id"])
    return [row for row in rows if newest[row["table_name"]] == row["run_id"]]


def _row(run_id: str, now: datetime, told: Validation, place: int, result: Result) -> dict[str, Any]:
    expectation, numbers = result.expectation, result.numbers
    return {
        "run_id": run_id,
        "table_name": told.table,
        "batch": told.batch,
        "sha256": told.sha256,
        "version": told.version,
        "checked_at": now,
        "verdict": told.verdict,
        "rule": place,
        "type": expectation.type,
        "columns": list(expectation.columns),
        "arguments": json.dumps(dict(expectation.arguments), ensure_ascii=False, default=str),
        "severity": expectation.severity,
        "success": result.success,
        "observed": _text(numbers["observed_value"]) if "observed_value" in numbers else None,
        "rows": numbers.get("element_count"),
        "failed": numbers.get("unexpected_count"),
        "missing": numbers.get("missing_count"),
        "failed_pct": numbers.get("unexpected_percent"),
        "engine": result.engine,
        "problem": result.problem,
    }


def _text(value: Any) -> str:
    plain = value.isoformat() if isinstance(value, date) else value
    return json.dumps(plain, ensure_ascii=False, default=str)
