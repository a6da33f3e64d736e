"""`lakeward green`: what runs cost over time, which tables cost most, and what would cut them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from lakeward.jobs.green.cuts import Cut, cuts, lasting, off_peak
from lakeward.jobs.green.intensity import cleanest
from lakeward.jobs.green.told import BOUNDARY, beside, run_document, size, span, step_document
from lakeward.jobs.report import columns
from lakeward.lake import costs, runs
from lakeward.lake.costs import Range, RunCost
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table

COMPARED = 10
Document = dict[str, Any]


def as_document(
    lake: Lake, declared: Mapping[str, Table], limit: int, curve: Sequence[tuple[Any, float]] = ()
) -> Document:
    """Tell what runs cost, for machines.

    Args:
        lake: the lake.
        declared: the tables to speak of.
        limit: how many runs, tables and releases to list.
        curve: carbon intensity by time, where the user gave it.
    """
    every, names = costs.costs(lake), {table.table for table in declared.values()}
    steps = [step for step in runs.steps(lake) if step.table_name in names]
    told = cuts(lake, declared, steps)
    told += [off_peak(every, cleanest(curve, lasting(every)))] if curve and every else []
    known = [step for step in steps if step.cost]
    return {
        "schema": "lakeward.green/1",
        "runs": [{**run_document(run), "cpu_to_median": _to_median(run, every)} for run in every[:limit]],
        "tables": _tables(known)[:limit],
        "releases": [_release(step) for step in known if step.release][:limit],
        "cuts": [asdict(each) for each in told],
        "factors": dict(every[0].factors) if every else {},
        "boundary": BOUNDARY,
        "steps_without_cost": len(steps) - len(known),
    }


def as_text(told: Document, every: Sequence[RunCost]) -> str:
    """Tell it for people.

    Args:
        told: the document.
        every: the runs that it lists, the newest first.
    """
    if not told["runs"] and not told["tables"]:
        return "no run has told its cost yet: lakeward run --help"
    parts = [
        "What runs cost, the newest first; x median: CPU seconds to the ten before on the same kind of machine",
        "",
    ]
    headers = ("run", "CPU s", "x median", "core-h", "peak", "read", "written", "J", "g CO2e", "g/1,000 rows")
    parts.append(columns([_row(run) for run in told["runs"]], headers))
    parts += ["", "The costliest tables, all their steps added up", ""]
    rows = [
        (each["table"], each["steps"], each["cpu_seconds"], f"{each['share']:.0%}", size(each["bytes_written"]),
         span(_range(each["carbon_g"])))
        for each in told["tables"]
    ]  # fmt: skip
    parts.append(columns(rows, ("table", "steps", "CPU s", "of all", "written", "g CO2e")))
    if told["releases"]:
        parts += ["", "Releases: their own step, not that of their inputs", ""]
        parts.append(
            columns([_released(each) for each in told["releases"]], ("table", "release", "CPU s", "SCI, g CO2e"))
        )
    parts += ["", "What would cut it", ""] if told["cuts"] else ["", "nothing is known that would cut it"]
    parts += [_cut(Cut(**each)) for each in told["cuts"]]
    parts += ["", f"CPU is measured; energy and carbon: {told['runs'][0]['sci']['method'] if told['runs'] else '-'}"]
    parts += [f"  {name}: {text}" for name, text in told["factors"].items()]
    parts.append(f"  boundary: {told['boundary']}")
    parts += [f"  beside it, {text}" for text in map(beside, every[:1]) if text]
    if told["steps_without_cost"]:
        parts.append(f"  {told['steps_without_cost']} steps of earlier versions told no cost and are left out")
    return "\n".join(parts)


def _to_median(run: RunCost, every: Sequence[RunCost]) -> float | None:
    """Hold a run against those before it, only on the same kind of machine; None for the first."""
    before = [each.cost.cpu_seconds for each in every if each.host == run.host and each.started_at < run.started_at]
    usual = median(before[:COMPARED]) if before else 0.0
    return round(run.cost.cpu_seconds / usual, 2) if usual else None


def _tables(steps: Sequence[Step]) -> list[Document]:
    by_table: dict[str, list[Step]] = {}
    for step in steps:
        by_table.setdefault(step.table_name, []).append(step)
    total = sum(step.cost.cpu_seconds for step in steps if step.cost)
    found = [_table(table, theirs, total) for table, theirs in by_table.items()]
    return sorted(found, key=lambda each: -each["cpu_seconds"])


def _table(table: str, steps: Sequence[Step], total: float) -> Document:
    known = [step.cost for step in steps if step.cost]
    cpu, read = sum(cost.cpu_seconds for cost in known), sum(step.bytes_read for step in steps)
    scanned = sum(cost.bytes_scanned for cost in known)
    return {
        "table": table,
        "steps": len(known),
        "cpu_seconds": round(cpu, 1),
        "share": cpu / total if total else 0.0,
        "cpu_seconds_per_gb_read": round(cpu / ((read + scanned) / 1e9), 1) if read + scanned else None,
        "core_hours": round(sum(cost.core_hours for cost in known), 4),
        "bytes_read": read,
        "bytes_scanned": scanned,
        "bytes_written": sum(cost.bytes_written for cost in known),
        "bytes_shuffled": sum(cost.bytes_shuffled for cost in known),
        "peak_memory_bytes": max(cost.peak_memory_bytes for cost in known),
        "energy_joules": _sum([cost.energy_joules for cost in known]),
        "carbon_g": _sum([cost.carbon_g for cost in known]),
    }


def _sum(ranges: Sequence[Range | None]) -> Document | None:
    """Add up ranges; where one is not known, neither is the sum."""
    known = [each for each in ranges if each]
    if len(known) < len(ranges):
        return None
    return asdict(Range(*(sum(getattr(each, end) for each in known) for end in ("low", "mid", "high"))).times(1))


def _release(step: Step) -> Document:
    told = step_document(step)
    cpu = told["cost"]["cpu_seconds"]
    return {"table": step.table_name, "release": step.release, "cpu_seconds": cpu, "sci": told["sci"]["g_per_release"]}


def _row(run: Document) -> tuple[object, ...]:
    cost = run["cost"]
    modelled = (cost["energy_joules"], cost["carbon_g"], run["sci"]["g_per_1000_rows"])
    return (
        run["run_id"],
        round(cost["cpu_seconds"], 1),
        run["cpu_to_median"],
        round(cost["core_hours"], 3),
        size(cost["peak_memory_bytes"]),
        size(run["bytes_read"] + cost["bytes_scanned"]),
        size(cost["bytes_written"]),
        *(span(_range(each)) for each in modelled),
    )


def _released(told: Document) -> tuple[object, ...]:
    return told["table"], told["release"], told["cpu_seconds"], span(_range(told["sci"]))


def _range(told: Mapping[str, float] | None) -> Range | None:
    return Range(**told) if told else None


def _cut(cut: Cut) -> str:
    spent = f" [{cut.cpu_seconds:,.1f} CPU s so far]" if cut.cpu_seconds else ""
    held = f" [{size(cut.bytes)}]" if cut.bytes else ""
    return f"- {cut.about}: {cut.what}{spent}{held}\n    {cut.remedy}"
