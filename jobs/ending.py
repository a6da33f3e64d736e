"""What a URL is told of a run's end, good or bad: `schema` (`lakeward.end/1`), `run_id`, `lake`, `exit_code`, `tables`.

Each table has its `table`, `outcome`, `exit_code`, `problem`, `rows_read`, `rows_written`, `rows_quarantined`,
`version` and `release`. A run that could not begin, or was stopped by its store, has no tables but a `problem`.
"""

from __future__ import annotations

from typing import Any

from lakeward.jobs.run import Report
from lakeward.lake.errors import LakewardError

SCHEMA = "lakeward.end/1"


def of_report(report: Report) -> dict[str, Any]:
    """Tell of a run that came to its end."""
    tables = [
        {
            "table": step.table_name,
            "outcome": step.outcome,
            "exit_code": step.exit_code,
            "problem": step.error,
            "rows_read": step.rows_read,
            "rows_written": step.rows_written,
            "rows_quarantined": step.rows_quarantined,
            "version": step.version_after,
            "release": step.release,
        }
        for step in report.steps
    ]
    told = {"run_id": report.run_id, "lake": str(report.lake.root), "exit_code": report.exit_code}
    return {"schema": SCHEMA, **told, "problem": "", "tables": tables}


def of_error(lake: str, error: LakewardError) -> dict[str, Any]:
    """Tell of a run that ended with an error."""
    told = {"run_id": "", "lake": lake, "exit_code": error.exit_code, "problem": str(error)}
    return {"schema": SCHEMA, **told, "tables": []}
