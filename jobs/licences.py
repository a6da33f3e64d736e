"""Tell under which terms data sets stand, and which of these a person has still to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lakeward.jobs.report import columns
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.sharing.releases import terms

STATED, DECIDED, INFERRED, UNKNOWN = "stated", "decided", "inferred", "not stated"
FORM = 'decided=Decision("OGDL-TW-1.0", by="…", on="…", reason="letter … of …")'
Document = dict[str, Any]


def as_document(tables: Mapping[str, Table]) -> Document:
    """Give the terms of every data set, what they rest on and what rests on them, for machines."""
    resting: dict[str, list[str]] = {}
    for each in (table for table in tables.values() if isinstance(table, Curated)):
        for source in each.sources():
            resting.setdefault(source.name, []).append(each.name)
    found = [_told(table, resting.get(table.name, [])) for table in tables.values() if isinstance(table, Dataset)]
    return {"schema": "lakeward.licences/1", "datasets": found}


def as_text(document: Document, *, is_all: bool) -> str:
    """Give it for people.

    Args:
        document: the same for machines.
        is_all: list also what nobody has to decide.
    """
    told = document["datasets"]
    lines: list[str] = []
    for state, about in (
        (INFERRED, "terms were inferred; all that rests on them is published under these until a person decides"),
        (UNKNOWN, "no terms are known; nothing that rests on them is published until a person decides"),
    ):
        of_it = [each for each in told if each["state"] == state]
        lines += [f"{state} ({len(of_it)}): {about}", ""] if of_it else []
        for each in of_it:
            lines += [*_open(each), ""]
    counts = Counter(each["state"] for each in told)
    if is_all:
        rows = [
            (each["name"], each["licence"] or "", each["state"], each["by"], each["declared"])
            for each in told if each["state"] in (STATED, DECIDED)
        ]  # fmt: skip
        lines.append(columns(rows, ("data set", "licence", "", "by", "the agency says")))
    else:
        lines.append(f"{counts[STATED]} stated by their agency, {counts[DECIDED]} decided by a person (--all)")
    return "\n".join(lines)


def _told(dataset: Dataset, resting: list[str]) -> Document:
    declared, decided = dataset.source.licence, dataset.publish.decided if dataset.publish else None
    licence = terms.read(decided.licence if decided else declared)
    state = INFERRED if decided and decided.is_inferred else DECIDED if decided else STATED if licence else UNKNOWN
    return {
        "name": dataset.name,
        "title_zh": dataset.title_zh,
        "agency": dataset.agency,
        "page": dataset.source.page,
        "declared": declared,
        "licence": licence.name if licence else None,
        "state": state,
        "by": decided.by if decided else "",
        "on": decided.on if decided else "",
        "reason": decided.reason if decided else "",
        "rests_on_it": resting,
        "declared_in": terms.declared_in(dataset.name),
    }


def _open(each: Document) -> list[str]:
    """Lay out what a person needs to decide."""
    taken = f"{each['licence']}: {each['reason']}" if each["licence"] else "nothing"
    facts = {
        "agency": each["agency"],
        "page": "" if each["page"] == UNKNOWN else each["page"],
        "it says": each["declared"],
        "taken as": taken,
        "rests on it": ", ".join(each["rests_on_it"]) or "no table of ours",
        "decide in": f"{each['declared_in']}, as {FORM}",
    }
    return [f"{each['name']} {each['title_zh']}", *(f"  {name:<12} {told}" for name, told in facts.items() if told)]
