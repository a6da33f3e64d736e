"""What a plan or a run says, for people and for machines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lakeward.jobs.extent import Extent
from lakeward.jobs.green.told import run_document, run_text, step_document
from lakeward.jobs.plan import DatasetPlan, Plan
from lakeward.jobs.run import Report
from lakeward.lake.runs import Step
from lakeward.quality import history
from lakeward.quality.gx_results import FOLDER

Document = dict[str, Any]
BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""In what agencies deliver; a terminal would obey them."""


def columns(rows: Sequence[Sequence[object]], headers: Sequence[str], *, groups: bool = True) -> str:
    """Lay rows out in columns, one a line; numbers stand to the right, wide characters count for two.

    Args:
        rows: values.
        headers: one a column.
        groups: thousands are set off by commas, as suits counts and not years.
    """
    cells = [[_said(value, groups) for value in row] for row in rows]
    widths = [max(map(_width, (header, *(row[at] for row in cells)))) for at, header in enumerate(headers)]
    is_number = [
        all(isinstance(row[at], int | float | None) for row in rows) and bool(rows) for at in range(len(headers))
    ]
    lines = []
    for row in (list(headers), *cells):
        parts = [
            " " * (width - _width(cell)) + cell if right else cell + " " * (width - _width(cell))
            for cell, width, right in zip(row, widths, is_number, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return "\n".join(lines)


def as_document(report: Report) -> Document:
    """Give a run for machines."""
    return {
        "schema": "lakeward.run/1",
        "run_id": report.run_id,
        "lake": str(report.lake.root),
        "exit_code": report.exit_code,
        "steps": steps_document(report.steps)["steps"],
        "cost": report.cost and run_document(report.cost),
        "quality": _quality(report),
        "docs": str(report.lake.root / FOLDER),
    }


def as_text(report: Report) -> str:
    """Give a run for people: the table of steps, what was refused and why, and where the results lie."""
    lines = [steps_text(report.steps)]
    for step in report.steps:
        where = report.lake.root.joinpath("quarantine", *step.table_name.split(".")[1:])
        for reason, count in sorted(step.reasons.items(), key=lambda told: -told[1]):
            lines.append(f"{step.table_name}: {count:,} rows refused: {reason} (see {where})")
        lines += [f"{step.table_name}: note: {text}" for text in step.warnings]
        lines += [f"{step.table_name}: {step.outcome.upper()}: {text}" for text in _paragraphs(step.error)]
    for step in report.steps:
        if step.release:
            place = report.lake.releases(step.table_name) / step.release
            lines.append(f"{step.table_name}: release {step.release} lies in {place}")
    if checked := _quality(report):
        lines += [f"{each['table']}: {_told(each)}" for each in checked]
        lines.append(f"results, badges and Data Docs of these rules lie in {report.lake.root / FOLDER}")
    if report.cost:
        lines += run_text(report.cost)
    return "\n".join(lines)


def _quality(report: Report) -> list[Document]:
    """Give how the rules came out that this run checked."""
    if all(step.outcome == "unchanged" for step in report.steps):
        return []
    return history.standing([row for row in history.records(report.lake) if row["run_id"] == report.run_id])


def _told(stands: Document) -> str:
    more = [f"{stands[name]} {name}" for name in ("warned", "failed") if stands[name]]
    if stands["refused"]:
        more.append(f"{stands['refused']} of {stands['batches']} batches refused")
    return ", ".join([f"{stands['held']} of {stands['rules']} rules held", *more])


def steps_document(steps: Sequence[Step]) -> Document:
    """Give steps for machines."""
    return {"schema": "lakeward.runs/1", "steps": [step_document(step) for step in steps]}


def steps_text(steps: Sequence[Step]) -> str:
    """Give steps for people."""
    if not steps:
        return "no run yet: lakeward run --help"
    rows = [
        (
            step.run_id, step.table_name, step.outcome, step.rows_read, step.rows_written, step.rows_quarantined,
            _versions(step), step.release, round(step.seconds, 1), step.bytes_read,
        )
        for step in steps
    ]  # fmt: skip
    headers = ("run", "table", "outcome", "read", "written", "quarantined", "version", "release", "seconds", "bytes")
    return columns(rows, headers)


def plan_document(plan: Plan, extents: Mapping[str, Extent]) -> Document:
    """Give a plan for machines, each step with what it is about to read."""
    steps = []
    for name, step in plan.steps.items():
        told: Document = {"table": name, "todo": bool(step.why), "why": step.why}
        told["estimate"] = {"bytes": extents[name].bytes, "rows": extents[name].rows} if name in extents else None
        if isinstance(step, DatasetPlan):
            told["deliveries"] = [
                {"file": a.delivery.file, "status": a.status, "bytes": a.delivery.bytes, "sha256": a.delivery.sha256,
                 "reason": a.reason, "remedy": a.remedy, "warnings": list(a.warnings)}
                for a in step.arrivals
            ]  # fmt: skip
            told["undeclared_files"] = list(step.strange)
        elif step.why:
            told |= {"work": step.work, "whole": step.whole if step.work == "build" else ""}
        steps.append(told)
    return {"schema": "lakeward.plan/1", "changes": not plan.is_idle, "steps": steps}


def plan_text(plan: Plan, extents: Mapping[str, Extent]) -> str:
    """Give a plan for people, each step with what it is about to read where that is more than the files below it."""
    lines = []
    for name, step in plan.steps.items():
        lacks = isinstance(step, DatasetPlan) and (step.refused or step.found == ())
        why = step.why or ("nothing to load" if lacks else "up to date")
        lines.append(f"{'+' if step.why else '='} {name}: {why}")
        if name in extents and extents[name].rows:
            lines.append(f"    reads about {extents[name].rows:,} rows, {extents[name].bytes:,} bytes")
        if isinstance(step, DatasetPlan):
            lines += [f"    + {a.delivery.file} ({a.delivery.bytes:,} bytes)" for a in step.unread]
            lines += [f"    ! {a.delivery.file}: {a.reason}\n      remedy: {a.remedy}" for a in step.refused]
            lines += [f"    ~ {text}" for text in step.warnings]
        elif step.why and step.work == "build":
            lines.append(
                f"    makes {f'all of it: {step.whole}' if step.whole else 'the parts that changed rows touch'}"
            )
    return "\n".join(lines)


def _versions(step: Step) -> str:
    before, after = (
        ("-" if version is None else str(version)) for version in (step.version_before, step.version_after)
    )
    return after if before == after else f"{before} → {after}"


def _paragraphs(error: str) -> list[str]:
    return [text for text in error.replace("\n  remedy:", "; remedy:").split("\n") if text]


def _said(value: object, groups: bool = True) -> str:
    if value is None:
        return "-"
    is_grouped = groups and isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:,}" if is_grouped else CONTROL.sub("�", BREAK.sub("↵", str(value)))


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
