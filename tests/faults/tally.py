"""The table of results: what happened how often, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from trials import Outcome

BEGIN, END = "<!-- results: made by `make faults` -->", "<!-- end of results -->"
HEAD = ("fault", "times", "in a write", "run went on", "ended with a reason", "rows lost", "doubled", "half releases",
        "as if nothing had happened")  # fmt: skip


def table(outcomes: Sequence[Outcome]) -> str:
    """Give a line a kind of fault, in Markdown; what a trial showed counts for each kind that happened in it."""
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    for kind in sorted({each.kind for outcome in outcomes for each in outcome.happened}):
        lines.append(_line(kind, [each for each in outcomes if any(fault.kind == kind for fault in each.happened)]))
    return "\n".join(lines)


def summary(outcomes: Sequence[Outcome]) -> str:
    """Give the sum of all."""
    faults = [fault for outcome in outcomes for fault in outcome.happened]
    inside = sum(fault.is_inside for fault in faults)
    wrong = [outcome.name for outcome in outcomes if outcome.wrong]
    lost, doubled, half = (sum(getattr(each, what) for each in outcomes) for what in ("lost", "doubled", "half"))
    return (
        f"{len(faults)} faults in {len(outcomes)} trials, {inside} of them in a write: {lost} rows lost, {doubled} "
        f"doubled, {half} releases half visible; {len(outcomes) - len(wrong)} of {len(outcomes)} lakes as after a "
        f"clean run{''.join(f'; not {name}' for name in wrong)}"
    )


def written(page: Path, outcomes: Sequence[Outcome], command: str) -> None:
    """Put the results into a page, in place of those that stand there."""
    text = page.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    told = f"{BEGIN}\n\n`{command}`: {summary(outcomes)}.\n\n{table(outcomes)}\n\n{END}"
    page.write_text(before + told + after, "utf-8")


def _line(kind: str, outcomes: Sequence[Outcome]) -> str:
    faults = [fault for outcome in outcomes for fault in outcome.happened if fault.kind == kind]
    ends = Counter("on" if outcome.end.code == 0 else "ended" for outcome in outcomes if outcome.end)
    told = (
        kind,
        len(faults),
        sum(fault.is_inside for fault in faults),
        ends["on"],
        ends["ended"],
        *(sum(getattr(each, what) for each in outcomes) for what in ("lost", "doubled", "half")),
        f"{sum(not each.wrong for each in outcomes)} of {len(outcomes)} lakes",
    )
    return f"| {' | '.join(map(str, told))} |"
