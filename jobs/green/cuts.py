"""What would cut the cost of runs: work that was done in vain, files that cost every reader, tables nobody reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from lakeward.jobs.green.intensity import Window
from lakeward.jobs.maintain import needs
from lakeward.lake import delta, release
from lakeward.lake.costs import RunCost
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.sharing.server import journal

RETAIN_HOURS = 168


@dataclass(frozen=True, slots=True)
class Cut:
    """One thing that would cut cost.

    Args:
        kind: what sort of thing: `again`, `same`, `compaction`, `unread`, `off-peak`.
        about: the table, or the run.
        what: in words.
        remedy: what to do.
        cpu_seconds: what was measured to have gone into it; None where nobody can know.
        bytes: what lies in files because of it.
    """

    kind: str
    about: str
    what: str
    remedy: str
    cpu_seconds: float | None = None
    bytes: int | None = None


def cuts(lake: Lake, declared: Mapping[str, Table], steps: Sequence[Step]) -> list[Cut]:
    """List what would cut cost, what was measured to cost most first."""
    found = [*_again(steps), *_same(lake, steps), *_files(lake, declared.values()), *_unread(lake, declared, steps)]
    return sorted(found, key=lambda each: (-(each.cpu_seconds or 0.0), -(each.bytes or 0), each.about))


def off_peak(runs: Sequence[RunCost], window: Window) -> Cut:
    """Say what beginning at the cleanest moment would save."""
    grams = [run.cost.carbon_g.mid for run in runs if run.cost.carbon_g]
    whole = f", about {median(grams) * window.saves:.2g} g CO2e a run by the model" if grams else ""
    return Cut(
        "off-peak",
        "every run",
        f"at {window.begin.isoformat()} the grid gives {window.g_per_kwh:.0f} g/kWh while a run lasts, "
        f"{window.usual_g_per_kwh:.0f} on average: {window.saves:.0%} less{whole}",
        "begin it then, by cron or your scheduler",
    )


def lasting(runs: Sequence[RunCost]) -> float:
    """Give how long a run lasts, in seconds: the median."""
    return median([run.seconds for run in runs]) if runs else 0.0


def _cpu(steps: Iterable[Step]) -> float:
    return round(sum(step.cost.cpu_seconds for step in steps if step.cost), 3)


def _again(steps: Sequence[Step]) -> Iterator[Cut]:
    """Find steps that ended as the step of their table before them did: refused or failed for the same reason."""
    last: dict[str, Step] = {}
    vain: dict[str, list[Step]] = {}
    for step in sorted(steps, key=lambda each: each.started_at):
        before = last.get(step.table_name)
        if before and step.outcome in ("failed", "refused") and _ending(before) == _ending(step):
            vain.setdefault(step.table_name, []).append(step)
        last[step.table_name] = step
    for table, again in vain.items():
        what = f"{len(again)} steps ended as the one before: {again[-1].outcome}, {again[-1].error.splitlines()[0]}"
        yield Cut("again", table, what, "mend the cause, or leave the table out of the schedule", _cpu(again))


def _ending(step: Step) -> tuple[str, str]:
    return step.outcome, step.error


def _same(lake: Lake, steps: Sequence[Step]) -> Iterator[Cut]:
    """Find tables that were built and released again with the rows that they had."""
    built = {(step.table_name, step.release): step for step in steps if step.release}
    tables = {table for table, _ in built}
    for table in sorted(tables):
        alike = [each["release"] for each in release.manifests(lake.releases(table)) if _is_alike(each)]
        vain = [step for name in alike if (step := built.get((table, name)))]
        if vain:
            what = f"{len(vain)} releases have the rows of the one before, as {vain[0].release}"
            remedy = "`lakeward plan` says why it is built again: leave code and inputs alone, or take a smaller input"
            yield Cut("same", table, what, remedy, _cpu(vain))


def _is_alike(manifest: release.Manifest) -> bool:
    told = manifest.get("changes") or {}
    rows, columns = told.get("rows") or {"added": 1}, told.get("columns") or {}
    return not any(rows.get(name) for name in ("added", "removed", "changed")) and not any(columns.values())


def _files(lake: Lake, declared: Iterable[Table]) -> Iterator[Cut]:
    for need in needs(lake, declared, RETAIN_HOURS):
        if need.small:
            what = f"{need.small} small files that every reader and every snapshot opens one by one"
            yield Cut("compaction", need.table, what, f"`lakeward maintain {_selected(need.table)}`")
        if need.unnamed:
            what = f"{len(need.unnamed)} files that no version names"
            yield Cut("unread", need.table, what, f"`lakeward maintain {_selected(need.table)}`", bytes=need.bytes)


def _selected(table: str) -> str:
    """Give what selects a table on the command line; lakeward's own come with every selection."""
    return table if table.startswith("gold.") else table.partition(".")[2]


def _unread(lake: Lake, declared: Mapping[str, Table], steps: Sequence[Step]) -> Iterator[Cut]:
    """Find data sets that no table rests on, and shared tables that no recipient has asked for."""
    inputs = {thing.name for each in declared.values() if isinstance(each, Curated) for thing in each.inputs}
    asked = {row["table_name"] for row in journal.TABLE.all(lake) if row["table_name"]}
    for name, table in declared.items():
        held = _bytes(lake, table.table)
        spent = _cpu(step for step in steps if step.table_name == table.table)
        if not held:
            continue
        if isinstance(table, Dataset) and name not in inputs:
            what = "no declared table reads it; people may, by `lakeward sql` or from Python, which nobody counts"
            yield Cut("unread", table.table, what, "leave it out of the schedule if nobody needs it", spent, held)
        elif isinstance(table, Curated) and table.publish and asked and name.removeprefix("gold.") not in asked:
            what = "no recipient of shares has asked for it; downloads from a web server are not counted"
            yield Cut("unread", table.table, what, "build it less often", spent, held)


def _bytes(lake: Lake, table: str) -> int:
    opened = delta.opened(lake.table(table))
    return sum(opened.get_add_actions(flatten=True).column("size_bytes").to_pylist()) if opened else 0
