"""How what a step or a run cost is told, to people and to machines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lakeward.lake.costs import Cost, Range, RunCost
from lakeward.lake.runs import Step

ROWS = 1000
BOUNDARY = (
    "processors and memory of the machine that drives Spark; cooling by PUE; no network, no storage system; the grid's "
    "average, no offsets; a release's is its own step's, not that of its inputs"
)


def step_document(step: Step) -> dict[str, Any]:
    """Give a step for machines, with the SCI of its rows and, where it made one, of its release."""
    return {**asdict(step), "sci": step.cost and _sci(step.cost, step.rows_written, bool(step.release))}


def run_document(run: RunCost) -> dict[str, Any]:
    """Give what a run cost for machines."""
    sci = _sci(run.cost, run.rows_written, run.releases)
    return {**asdict(run), "sci": sci, "boundary": BOUNDARY, "embodied": run.cost.embodied_g is not None}


def run_text(run: RunCost) -> list[str]:
    """Give what a run cost for people."""
    cost = run.cost
    lines = [
        f"cost: {cost.cpu_seconds:,.1f} CPU s ({cost.cpu_method}), {cost.core_hours:.3g} core-hours, peak memory "
        f"{size(cost.peak_memory_bytes)}; read {size(run.bytes_read)} delivered and "
        f"{size(cost.bytes_scanned)} of tables, wrote {size(cost.bytes_written)}, shuffled {size(cost.bytes_shuffled)}"
    ]
    if cost.energy_joules is None or cost.carbon_g is None:
        return [*lines, f"energy: {cost.energy_method}"]
    lines.append(
        f"energy: {span(cost.energy_joules)} J, {span(cost.carbon_g)} g CO2e; {cost.energy_method}"
        f" (factors and sources: lakeward green)"
    )
    return lines + [f"beside it, {each}" for each in [beside(run)] if each]


def beside(run: RunCost) -> str:
    """Say what codecarbon told of the same run; empty where it was not there."""
    told = run.beside
    if not told:
        return ""
    return (
        f"{told['tool']} ({told['boundary']}, {told['country']}): {told['energy_joules']} J, {told['carbon_g']} g CO2e"
    )


def _sci(cost: Cost, rows: int, releases: int) -> dict[str, Any]:
    per_rows, per_release = cost.sci(rows / ROWS), cost.sci(releases)
    return {
        "g_per_1000_rows": per_rows and asdict(per_rows),
        "g_per_release": per_release and asdict(per_release),
        "method": cost.energy_method,
    }


def span(found: Range | None) -> str:
    """Say a range; one number where hardware counted it."""
    if found is None:
        return "-"
    return f"{found.low:,.4g}" if found.low == found.high else f"{found.low:,.4g}-{found.high:,.4g}"


def size(count: int) -> str:
    """Say a number of bytes."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit:
            return f"{count / unit:,.1f} {name}"
    return f"{count} B"
