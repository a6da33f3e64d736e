"""Every rule checked, every time: the Delta table `_quality`, one row a rule and batch.

A batch is a delivery, as a run checks it before anything is committed, or a version of a table. Values that broke a
rule are not kept here: they may be personal, and they lie in quarantine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from lakeward.lake.records import Records
from lakeward.lake.storage import Lake
from lakeward.quality import badge, gx_results
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
RUNS_BACK = 12


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
    """Add what was checked as one commit, and write it beside it as Great Expectations' own JSON and as badges."""
    now = datetime.now(UTC)
    told = list(validations)
    rows = [_row(run_id, now, each, place, result) for each in told for place, result in enumerate(each.results)]
    TABLE.add(lake, rows, about=told[0].table if told else "")
    for stands in standing(rows):
        table = stands.pop("table")
        results = [_as_gx(run_id, now, each) for each in told if each.table == table]
        gx_results.keep(lake, f"results/{table}/{run_id}.json", gx_results.checkpoint(table, run_id, now, results))
        counts = {name: stands[name] for name in ("rules", "held", "refused")}
        gx_results.keep(lake, f"badges/{table}.svg", badge.svg(table, **counts, on=f"{now:%Y-%m-%d}"))


def records(lake: Lake, table: str = "") -> list[dict[str, Any]]:
    """Read the history, of one table or of all, the newest first, rules in order."""
    found = TABLE.of(lake, "table_name", table) if table else TABLE.all(lake)
    return sorted(found, key=lambda row: (-row["checked_at"].timestamp(), row["table_name"], row["batch"], row["rule"]))


def last(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep of each table the records of its newest run, from a history that begins with the newest."""
    newest: dict[str, str] = {}
    for row in rows:
        newest.setdefault(row["table_name"], row["run_id"])
    return [row for row in rows if newest[row["table_name"]] == row["run_id"]]


def standing(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give, of each table's records, how many rules held in every batch, warned or failed, and what was refused."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        tables.setdefault(row["table_name"], []).append(row)
    told = []
    for table, of_it in sorted(tables.items()):
        broken = {row["rule"]: row["severity"] for row in of_it if not row["success"]}
        rules, failed = len({row["rule"] for row in of_it}), sum(each == "critical" for each in broken.values())
        told.append(
            {
                "table": table,
                "checked_at": of_it[0]["checked_at"].isoformat(timespec="seconds"),
                "batches": len({row["batch"] for row in of_it}),
                "refused": len({row["batch"] for row in of_it if row["verdict"]}),
                "rules": rules,
                "held": rules - len(broken),
                "warned": len(broken) - failed,
                "failed": failed,
                "run_id": of_it[0]["run_id"],
            }
        )
    return told


def rules(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each rule of one table as it came out last, over all batches of that run, and in the runs before.

    Args:
        rows: the table's history, the newest first.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        runs.setdefault(row["run_id"], []).append(row)
    if not runs:
        return []
    newest, *before = runs.values()
    return [_rule(place, newest, before) for place in sorted({row["rule"] for row in newest})]


def _rule(place: int, newest: Sequence[dict[str, Any]], before: Sequence[Sequence[dict[str, Any]]]) -> dict[str, Any]:
    mine = [row for row in newest if row["rule"] == place]
    about = mine[0]
    past = [[row for row in run if _same(row, about)] for run in before[: RUNS_BACK - 1]]
    return {
        "rule": f"{', '.join(about['columns']) or 'table'}: {about['type'].removeprefix('expect_')}",
        "arguments": about["arguments"],
        "severity": about["severity"],
        "held": sum(row["success"] for row in mine),
        "batches": len(mine),
        "rows": sum(row["rows"] or 0 for row in mine),
        "failed": sum(row["failed"] or 0 for row in mine),
        "observed": mine[0]["observed"] if len(mine) == 1 else None,
        "problem": next((row["problem"] for row in mine if row["problem"]), ""),
        "history": "".join(_mark(run) for run in [*reversed([run for run in past if run]), mine]),
    }


def _same(row: dict[str, Any], about: dict[str, Any]) -> bool:
    return bool(row["type"] == about["type"] and row["arguments"] == about["arguments"])


def _mark(run: Sequence[dict[str, Any]]) -> str:
    broken = [row for row in run if not row["success"]]
    return "✓" if not broken else ("✗" if any(row["severity"] == "critical" for row in broken) else "!")


def _as_gx(run_id: str, now: datetime, told: Validation) -> dict[str, Any]:
    batch = told.sha256[:16] or (f"version-{told.version}" if told.version is not None else "all-rows")
    more = {"verdict": told.verdict, "sha256": told.sha256, "version": told.version}
    return gx_results.validation(told.table, told.batch, batch, told.results, run_id, now, more)


def _row(run_id: str, now: datetime, told: Validation, place: int, result: Result) -> dict[str, Any]:
    expectation, numbers = result.expectation, gx_results.without_values(result)
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
        "observed": json.dumps(numbers["observed_value"], ensure_ascii=False) if "observed_value" in numbers else None,
        "rows": numbers.get("element_count"),
        "failed": numbers.get("unexpected_count"),
        "missing": numbers.get("missing_count"),
        "failed_pct": numbers.get("unexpected_percent"),
        "engine": result.engine,
        "problem": result.problem,
    }
