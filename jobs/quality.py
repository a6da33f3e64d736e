"""What was checked and how it came out, from the history; no JVM."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lakeward.jobs.report import columns
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.quality import history, profile

Record = dict[str, Any]
DELIVERIES_BACK = 12
WIDE = 60
NAMED = ("column", "column_A", "column_B", "column_list", "condition_parser")
NOTHING = "nothing was checked yet"


def pages(lake: Lake) -> Path:
    """Make Data Docs of everything that was checked; give their first page.

    Raises:
        UsageError: nothing was checked yet.
    """
    from lakeward.quality import data_docs

    page = data_docs.build(lake)
    if page is None:
        raise UsageError(NOTHING, remedy="`lakeward run` checks as it writes, `lakeward validate` what is there")
    return page


def summary(lake: Lake) -> list[Record]:
    """Give each table's last check: when, how many rules held, warned or failed, what was refused."""
    return history.standing(history.last(history.records(lake)))


def rules(lake: Lake, table: str) -> list[Record]:
    """Give each rule of a table: how it came out last, over all batches of that run, and in the runs before."""
    return history.rules(history.records(lake, table))


def drift(lake: Lake, table: str) -> list[Record]:
    """Give what was unlike the last good deliveries in the newest ones, the newest first."""
    newest = reversed(profile.deliveries(profile.records(lake, table))[-DELIVERIES_BACK:])
    return [{"delivery": each.batch, "drift": list(each.drift)} for each in newest if each.drift]


def drift_text(told: Sequence[Record]) -> str:
    """Give drift for people; empty where there is none."""
    lines = [f"{each['delivery']}: {text}" for each in told for text in each["drift"]]
    return "\n".join(["", "unlike the good deliveries before them:", *lines]) if lines else ""


def summary_text(told: Sequence[Record]) -> str:
    """Give the summary for people."""
    if not told:
        return f"{NOTHING}: `lakeward run` checks as it writes"
    rows = [
        tuple(each[name] for name in ("table", "checked_at", "batches", "refused", "rules", "held", "warned", "failed"))
        for each in told
    ]
    text = columns(rows, ("table", "checked at", "batches", "refused", "rules", "held", "warned", "failed"))
    return f"{text}\nnext: `lakeward quality TABLE` tells its rules, `lakeward quality --docs` makes pages of all"


def rules_text(told: Sequence[Record]) -> str:
    """Give a table's rules for people."""
    if not told:
        return f"{NOTHING} of this table: `lakeward run` checks as it writes, `lakeward validate` what is there"
    rows = [
        (
            f"{each['rule']} {_asked(each['arguments'])}".strip(),
            each["severity"],
            f"{each['held']}/{each['batches']}",
            each["rows"] or None,
            each["failed"] if each["rows"] else None,
            _short(each["problem"].splitlines()[0] if each["problem"] else each["observed"]),
            each["history"],
        )
        for each in told
    ]
    text = columns(rows, ("rule", "severity", "held in", "rows", "failed", "observed", "runs"))
    return f"{text}\nruns: the newest stands last; ✓ held in every batch, ! a warning, ✗ a critical rule broken"


def _asked(arguments: str) -> str:
    """Give a rule's arguments in few words; long lists by their length."""
    told = {name: value for name, value in json.loads(arguments).items() if name not in NAMED}
    return _short(", ".join(f"{name}={_listed(value)}" for name, value in told.items())) or ""


def _listed(value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)} values" if len(value) > 3 else "/".join(map(str, value))
    return str(value)


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= WIDE else f"{text[: WIDE - 1]}…"
