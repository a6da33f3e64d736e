"""What a curated table would tell of persons, for people and machines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lakeward.jobs.report import columns
from lakeward.lake import delta
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column, Open, Personal
from lakeward.lake.treatment import Generalised
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.privacy import gate

Document = dict[str, Any]


def risk_document(lake: Lake, table: Table) -> Document:
    """Judge the newest version of a curated table.

    Raises:
        UsageError: the table holds what was delivered, and is not published.
    """
    if not isinstance(table, Curated):
        raise UsageError(
            f"{table.table} holds what its agency delivered and is never published",
            remedy="ask about a gold table; docs/privacy.md says which places of a lake are internal",
        )
    risk = gate.check(lake, table)
    found: dict[str, list[Document]] = {}
    for each in risk.found:
        found.setdefault(each.column, []).append({"kind": each.kind, "what": each.what, "values": each.values})
    return {
        "schema": "lakeward.privacy/1",
        "table": table.table,
        "version": delta.version_of(lake.table(table.table)),
        "may_be_published": not risk.problems,
        "problems": list(risk.problems),
        "columns": [
            {
                "name": column.name, "class": gate.class_of(column), "treatment": _treatment(column),
                "found": [{**each, "why_open": _why(column, each["kind"])} for each in found.get(column.name, ())],
            }
            for column in table.columns
        ],
        "disclosure": asdict(risk.disclosed) if risk.disclosed else None,
    }  # fmt: skip


def risk_text(told: Document) -> str:
    """Give it for people."""
    version = (
        "not built yet: only its declaration is judged" if told["version"] is None else f"version {told['version']}"
    )
    rows = [
        (each["name"], each["class"] or "NOT CLASSED", each["treatment"], _in_words(each["found"]))
        for each in told["columns"]
    ]
    parts = [f"{told['table']} ({version})", "", columns(rows, ("column", "class", "treated", "its values hold")), ""]
    parts += _groups(told["disclosure"])
    parts += [f"MAY NOT BE PUBLISHED: {each}" for each in told["problems"]] or ["may be published"]
    return "\n".join(parts)


def _groups(disclosure: Document | None) -> list[str]:
    if disclosure is None:
        return ["counts nobody: no disclosure is declared"]
    smallest = "none" if disclosure["smallest"] is None else f"{disclosure['smallest']:,}"
    told = [
        f"groups: the smallest is {smallest}; {disclosure['small']:,} are below {disclosure['k']}, "
        f"{disclosure['hidden']:,} rows are hidden"
    ]
    told += [f"with the last release: {each}" for each in disclosure["derived"]]
    return [*told, *([f"small ones may be seen: {disclosure['public']}"] if disclosure["public"] else [])]


def _treatment(column: Column) -> str:
    how = column.treated if isinstance(column, Personal) else None
    if how is None:
        return ""
    return f"generalised to {how.to}" if isinstance(how, Generalised) else type(how).__name__.lower()


def _why(column: Column, kind: str) -> str:
    return column.holds.get(kind, "") if isinstance(column, Open) else ""


def _in_words(found: list[Document]) -> str:
    told = []
    for each in found:
        many = f" ({each['values']:,} values)" if each["values"] else ""
        told.append(f"{each['what']}{many}: {each['why_open'] or 'REFUSED'}")
    return "; ".join(told)
