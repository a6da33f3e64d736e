"""Make release sets, and tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lakeward.jobs.publish import publish
from lakeward.jobs.report import columns
from lakeward.lake import delta, runs
from lakeward.lake.crash import crash_point
from lakeward.lake.errors import UsageError
from lakeward.lake.lease import lease
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.releases import keys, sets


def make(lake: Lake, name: str, tables: Sequence[Curated], *, replaces: bool = False) -> sets.Document:
    """Release tables under one name; the name is switched when all of them are released, or not at all.

    A name that means these versions already keeps its meaning, and what a dead process left undone of it is done.

    Args:
        lake: the lake.
        name: the set's (`2026Q3`).
        tables: its members.
        replaces: the name may mean something already.

    Raises:
        UsageError: the name cannot be one, or is taken; a table is not built.
        NotOneMoment: tables rest on different versions of what they share.
        LakewardError: a table may not be released.
    """
    file = sets.place(lake, name)
    now = datetime.now(UTC)
    with lease(lake, f"publish --set {name}"):
        found = {table.table: delta.version_of(lake.table(table.table)) for table in tables}
        if lacking := [table for table, version in found.items() if version is None]:
            raise UsageError(
                f"{', '.join(lacking)} is not built yet", remedy=f"`lakeward run {' '.join(lacking)}` builds it"
            )
        versions = {table: version for table, version in found.items() if version is not None}
        if file.exists() and not replaces and sets.versions_of(sets.read(lake, name)) != versions:
            raise UsageError(f"there is a set {name} already", remedy="give another name, or --replace to switch it")
        sets.check_moment(lake, versions)
        run_id = runs.new_id(now)
        crash_point("set.before", name)
        made = {each.table: publish(lake, each, run_id, version=versions[each.table]) for each in tables}
        crash_point("set.released", name)
        return sets.switch(lake, name, made, now.isoformat(timespec="seconds"), keys.configured())


def as_document(lake: Lake, name: str | None) -> dict[str, Any]:
    """Give one set, or all, for machines."""
    told = [sets.read(lake, each) for each in ([name] if name else sets.names(lake))]
    stands = {each["name"]: list(sets.problems(lake.root / "published", each)) for each in told}
    return {"schema": "lakeward.sets/1", "sets": told, "problems": {each: why for each, why in stands.items() if why}}


def as_text(document: dict[str, Any]) -> str:
    """Give it for people."""
    rows = [
        (each["name"], each["made_at"][:16], table, member["release"], member["version"])
        for each in document["sets"]
        for table, member in each["tables"].items()
    ]
    if not rows:
        return "no set is made yet: `lakeward publish --set NAME TABLE…` makes one"
    lines = [columns(rows, ("set", "made at", "table", "release", "version"))]
    lines += [f"{name}: {each}" for name, why in document["problems"].items() for each in why]
    return "\n".join(lines)
