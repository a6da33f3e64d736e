"""How a table's rules came out when they were last checked, from the lake's history of quality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lakeward.lake import delta
from lakeward.lake.errors import GateFailed
from lakeward.lake.storage import Lake
from lakeward.quality import history

COLUMNS = ("run_id", "checked_at", "batch", "verdict", "rule", "type", "columns", "severity", "success", "failed")
UNCHECKED = {"verdict": "not checked", "why": "", "rules": 0, "held": 0, "broken": []}


class ReleaseRefused(GateFailed):
    """A table may not be released as it stands; a person may force it, and the reason stays in the manifest."""

    def __init__(self, table: str, objections: Sequence[str]) -> None:
        super().__init__(
            f"{table} is not released: {'; '.join(objections)}",
            remedy=f"mend it and run again; `lakeward publish {table} --force --reason TEXT` releases it as it is, and "
            "its manifest says so for ever",
        )


def verdict_of(lake: Lake, table: str, run_id: str = "") -> dict[str, Any]:
    """Give the verdict of a run that checked a table's rules, for its manifest.

    Args:
        lake: the lake.
        table: its full name.
        run_id: the run; by default the newest.

    Returns:
        `verdict` (passed, failed, not checked), `why` in words where it failed, how many `rules` there were and `held`,
        and which were `broken`.
    """
    opened = delta.opened(lake.table(history.TABLE.table))
    if opened is None:
        return dict(UNCHECKED)
    told = opened.to_pyarrow_table(columns=list(COLUMNS), filters=[("table_name", "==", table)])
    told = told.sort_by([("checked_at", "descending"), ("batch", "ascending"), ("rule", "ascending")])
    rows = told.drop_columns(["checked_at"]).to_pylist()
    newest = [row for row in rows if row["run_id"] == (run_id or rows[0]["run_id"])]
    if not newest:
        return dict(UNCHECKED)
    why = "; ".join(dict.fromkeys(row["verdict"] for row in newest if row["verdict"]))
    broken = {row["rule"]: row for row in newest if not row["success"]}
    return {
        "verdict": "failed" if why else "passed",
        "why": why,
        "rules": len({row["rule"] for row in newest}),
        "held": len({row["rule"] for row in newest} - broken.keys()),
        "broken": [
            {"rule": row["type"], "columns": row["columns"], "severity": row["severity"], "rows": row["failed"]}
            for row in broken.values()
        ],
    }


def objections(table: str, quality: dict[str, Any]) -> list[str]:
    """Say what a table's last check has against its release."""
    return [f"the last check of {table} failed: {quality['why']}"] if quality["verdict"] == "failed" else []
