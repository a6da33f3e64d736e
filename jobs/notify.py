"""Tell a URL that a gate failed: one JSON document a run, posted with short patience; it never fails the run.

Its keys: `schema` (`lakeward.gate/1`), `run_id`, `lake`, `exit_code`, and `gates`: for each table whose deliveries were
refused or whose suite failed, its `table`, `outcome`, `exit_code`, `problem`, `rows_read`, `rows_quarantined`,
`reasons`, and `broken`: each rule (`batch`, `rule`, `severity`, `rows`, `failed`, `observed`) that failed a batch.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Thread
from typing import Any

import click

from lakeward.lake.errors import EXIT_DATA, EXIT_QUALITY, UsageError
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.lake.web import Place, place_of
from lakeward.quality import history

TRIES = 3
CONNECT_S, ANSWER_S = 3.0, 5.0
ALL_S = 30.0
PAUSE_S = 1.0
Document = dict[str, Any]


def address(url: str) -> Place:
    """Check where to post to.

    Raises:
        UsageError: it is not an http(s) address, or carries a name and password.
    """
    return place_of(url, UsageError)


def tell(place: Place, lake: Lake, run_id: str, steps: Sequence[Step]) -> None:
    """Post the gates that failed, if any; a post that fails is said on standard error."""
    if told := document(lake, run_id, steps):
        say(place, told)


def say(place: Place, told: Document) -> None:
    """Post a document; one that is not taken is said on standard error."""
    if why := post(place, told):
        click.echo(f"lakeward: {why}", err=True)


def document(lake: Lake, run_id: str, steps: Sequence[Step]) -> Document | None:
    """Say which gates failed in a run; None when none did."""
    failed = [step for step in steps if step.exit_code in (EXIT_DATA, EXIT_QUALITY) and step.outcome != "skipped"]
    if not failed:
        return None
    rows = [row for row in history.records(lake) if row["run_id"] == run_id]
    return {
        "schema": "lakeward.gate/1",
        "run_id": run_id,
        "lake": str(lake.root),
        "exit_code": max(step.exit_code for step in failed),
        "gates": [
            {
                "table": step.table_name,
                "outcome": step.outcome,
                "exit_code": step.exit_code,
                "problem": step.error,
                "rows_read": step.rows_read,
                "rows_quarantined": step.rows_quarantined,
                "reasons": dict(step.reasons),
                "broken": broken([row for row in rows if row["table_name"] == step.table_name]),
            }
            for step in failed
        ],
    }


def broken(rows: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Give the critical rules that did not hold in what was refused."""
    return [
        {
            "batch": row["batch"],
            "rule": f"{', '.join(row['columns']) or 'table'}: {row['type']}",
            **{name: row[name] for name in ("severity", "rows", "failed", "observed")},
        }
        for row in rows
        if row["verdict"] and not row["success"] and row["severity"] == "critical"
    ]


def post(place: Place, told: Document) -> str:
    """Post a document.

    Returns:
        Why it was not taken, for a person, without what may be secret in the address; empty when it was.
    """
    said: list[str] = []
    work = Thread(target=_try, args=(place, json.dumps(told, default=str).encode(), said.append), daemon=True)
    work.start()
    work.join(ALL_S)  # a server that answers letter by letter keeps no run from its end
    why = "no answer in time" if work.is_alive() else "".join(said)
    return f"{place.scheme}://{place.authority} was not told: {why}" if why else ""


def _try(place: Place, body: bytes, say: Callable[[str], None]) -> None:
    import urllib3

    pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=CONNECT_S, read=ANSWER_S), retries=False)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "lakeward"}
    why = ""
    for tried in range(TRIES):
        time.sleep(PAUSE_S * tried)
        try:
            answer = pool.request("POST", place.url, body=body, headers=headers, preload_content=False)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            why = type(error).__name__  # its text holds the address
            continue
        answer.close()
        if 200 <= answer.status < 300:
            return
        why = f"it answered {answer.status}"
        if answer.status < 500 and answer.status != 429:
            break
    say(why)
