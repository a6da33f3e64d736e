"""What a table is and how it stands, told from its declaration and the Delta logs, without a JVM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lakeward.jobs.plan import input_versions
from lakeward.jobs.publish import made
from lakeward.jobs.report import columns
from lakeward.lake import branches, delta, ledger, release, runs
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated, Dataset

Document = dict[str, Any]


def list_document(lake: Lake, tables: Mapping[str, Table]) -> Document:
    """Give every table with its rows, version and last outcome, for machines."""
    last = {step.table_name: step for step in reversed(runs.steps(lake))}
    told = ledger.entries(lake)
    made_sets = {entry.dataset for entry in told if entry.is_made}
    listed = []
    for name, table in sorted(tables.items()):
        step = last.get(table.table)
        sources = {name} if isinstance(table, Dataset) else {source.name for source in table.sources()}
        newest = release.newest(lake, table.table) if isinstance(table, Curated) else None
        listed.append(
            {
                "table": name,
                "title": table.title,
                "title_zh": table.title_zh,
                "rows": delta.rows_of(lake.table(table.table)),
                "version": delta.version_of(lake.table(table.table)),
                "release": newest["release"] if newest else "",
                "last": step.outcome if step else "never run",
                "is_made": bool(sources & made_sets),
            }
        )
    told_branches = branches.names(lake)
    return {"schema": "lakeward.ls/1", "lake": str(lake.root), "branches": told_branches, "tables": listed}


def list_text(listed: Document) -> str:
    """Give the list for people."""
    rows = [
        (
            t["table"],
            t["title_zh"] + ("（made data）" if t["is_made"] else ""),
            t["rows"],
            t["version"],
            t["release"],
            t["last"],
        )
        for t in listed["tables"]
    ]
    lines = [columns(rows, ("table", "title", "rows", "version", "release", "last run"))]
    return "\n".join([*lines, *(f"branch {name}: `lakeward diff {name}`" for name in listed["branches"])])


def show_document(lake: Lake, table: Table, rows: int) -> Document:
    """Give one table with all that is known of it, for machines."""
    path = lake.table(table.table)
    told: Document = {
        "schema": "lakeward.show/1",
        "table": table.name,
        "title": table.title,
        "title_zh": table.title_zh,
        "limits": table.limits,
        "path": str(path),
        "version": delta.version_of(path),
        "rows": delta.rows_of(path),
        "columns": [
            {
                "name": c.name,
                "type": c.type,
                "unit": c.unit,
                "key": c.key,
                "description": c.description,
                "title_zh": c.title,
            }
            for c in table.columns
        ],
        **(_dataset(lake, table) if isinstance(table, Dataset) else _curated(lake, table)),
    }
    if rows > 0:
        told["first_rows"] = delta.first_rows(path, rows, [column.name for column in table.columns])
    return told


def vintage_document(lake: Lake, table: Table, when: str, rows: int) -> Document:
    """Give one gold table as it was known, for machines.

    Args:
        lake: the lake.
        table: its declaration.
        when: an ISO day or time.
        rows: how many of its rows to give.

    Raises:
        UsageError: it is no gold table, it was not known then, or `when` is no time.
    """
    from lakeward.sharing.releases.vintages import as_known_on, moment_of

    if not isinstance(table, Curated):
        raise UsageError(f"{table.name} follows its deliveries", remedy="ask for a gold table, or read `_deliveries`")
    vintage = as_known_on(lake, table.table, moment_of(when))
    told = {
        "as_known_on": when, "version": vintage.version, "rows": vintage.rows.num_rows, "release": vintage.release,
        "known_since": vintage.since.isoformat(timespec="seconds"),
        "first_rows": vintage.rows.slice(0, rows).to_pylist(),
    }  # fmt: skip
    return {**show_document(lake, table, 0), **told}


def show_text(shown: Document) -> str:
    """Give one table for people."""
    facts = [
        (name, shown.get(key))
        for name, key in (
            ("title", "title_zh"), ("", "title"), ("agency", "agency"), ("licence", "licence"), ("cadence", "cadence"),
            ("page", "page"), ("files", "files"), ("combines by", "combine"), ("grain", "grain"), ("inputs", "inputs"),
            ("as known on", "as_known_on"), ("since", "known_since"),
            ("rows", "rows"), ("version", "version"), ("release", "release"), ("data", "data"), ("path", "path"),
            ("limits", "limits"),
        )
        if shown.get(key) not in (None, "", {})
    ]  # fmt: skip
    parts = [shown["table"], *(f"  {name:12}{_fact(value)}" for name, value in facts), ""]
    rows = [(c["name"], c["type"], c["unit"], "key" if c["key"] else "", c["description"]) for c in shown["columns"]]
    parts.append(columns(rows, ("column", "type", "unit", "", "what it is")))
    if shown.get("deliveries"):
        told = [(d["file"], d["status"], d["bytes"], d["reason"]) for d in shown["deliveries"]]
        parts += ["", columns(told, ("delivery", "status", "bytes", ""))]
    if shown.get("quarantine"):
        parts += ["", columns(list(shown["quarantine"].items()), ("in quarantine because", "rows"))]
    if shown.get("first_rows"):
        names = list(shown["first_rows"][0])[:8]
        first = [tuple(_short(row[name]) for name in names) for row in shown["first_rows"]]
        parts += ["", columns(first, names)]
    return "\n".join(parts)


def _dataset(lake: Lake, dataset: Dataset) -> Document:
    told = {(entry.file, entry.sha256): entry for entry in ledger.entries(lake) if entry.dataset == dataset.name}
    return {
        "agency": dataset.agency,
        "licence": dataset.source.licence,
        "cadence": dataset.source.cadence,
        "page": dataset.source.page,
        "files": dataset.source.files,
        "combine": type(dataset.combine).__name__,
        "data": "MADE UP by lakeward sample" if any(entry.is_made for entry in told.values()) else "",
        "deliveries": [
            {"file": e.file, "status": e.status, "bytes": e.bytes, "sha256": e.sha256, "reason": e.reason}
            for e in told.values()
        ],
        "quarantine": _quarantine(lake, dataset),
    }


def _curated(lake: Lake, curated: Curated) -> Document:
    newest = release.newest(lake, curated.table)
    return {
        "grain": curated.grain,
        "licence": " + ".join(sorted({source.source.licence for source in curated.sources()})),
        "agency": "; ".join(sorted({source.agency for source in curated.sources()})),
        "inputs": input_versions(lake, curated),
        "release": newest["release"] if newest else "",
        "data": "MADE UP by lakeward sample" if made(lake, curated) else "",
    }


def _quarantine(lake: Lake, dataset: Dataset) -> dict[str, int]:
    opened = delta.opened(lake.table(f"quarantine.{dataset.name}"))
    if opened is None:
        return {}
    reasons = opened.to_pyarrow_table(columns=["reasons"]).column("reasons").to_pylist()
    return dict(Counter(reason for row in reasons for reason in row or ()).most_common())


def _fact(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}@{'none' if version is None else version}" for name, version in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _short(value: object) -> object:
    text = str(value)
    return value if isinstance(value, int | float) or value is None else (text if len(text) <= 24 else f"{text[:23]}…")
