"""What a branch has other than main: columns, rows by key, and how the rules came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lakeward.jobs.report import columns
from lakeward.lake import branches, delta
from lakeward.lake.branches import Branch
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.quality import history
from lakeward.sharing.reader import source
from lakeward.sharing.reader.duck import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOTHING = pa.table({"nothing": pa.array([], pa.int8())})
COUNTS = ("rows_main", "rows_branch", "added", "changed", "removed")


@dataclass(frozen=True, slots=True)
class Difference:
    """How a table differs.

    Args:
        table: its full name.
        schema: columns that came, went (`+`, `-`) or have another type.
        rows_main: how many rows it has on main.
        rows_branch: how many it has on the branch.
        added: rows whose key main lacks; without a key, whole rows.
        changed: rows of the same key with other values; without a key, none.
        removed: rows whose key the branch lacks.
        rules: rules that come out otherwise, as `main: … / branch: …`.
    """

    table: str
    schema: tuple[str, ...]
    rows_main: int
    rows_branch: int
    added: int
    changed: int
    removed: int
    rules: tuple[str, ...]


def compare(branch: Branch, tables: Mapping[str, Table]) -> list[Difference]:
    """Compare the declared tables whose logs differ.

    Raises:
        UsageError: there is no such branch.
    """
    here, there = branch.existing(), branch.main
    found = []
    for table in tables.values():
        ours, theirs = here.table(table.table), there.table(table.table)
        newest, known = delta.version_of(ours), delta.version_of(theirs)
        if newest is None and known is None:
            continue
        if newest == known and branches.is_same(
            branches.commit_of(ours, newest or 0), branches.commit_of(theirs, newest or 0)
        ):
            continue
        found.append(_difference(table, there, here))
    return found


def as_document(branch: str, found: Sequence[Difference]) -> dict[str, Any]:
    """Give it for machines."""
    return {"schema": "lakeward.diff/1", "branch": branch, "tables": [asdict(each) for each in found]}


def as_text(branch: str, found: Sequence[Difference]) -> str:
    """Give it for people."""
    if not found:
        return f"branch {branch} has the tables of main as they are"
    rows = [(each.table, *(getattr(each, name) for name in COUNTS)) for each in found]
    lines = [columns(rows, ("table", "rows on main", "on the branch", "added", "changed", "removed"))]
    for each in found:
        lines += [f"{each.table}: {told}" for told in (*each.schema, *each.rules)]
    return "\n".join(lines)


def _difference(table: Table, there: Lake, here: Lake) -> Difference:
    import duckdb

    known, fresh = _types(there.table(table.table)), _types(here.table(table.table))
    before, after = _rules(there, table.table), _rules(here, table.table)
    shared = [each.name for each in table.columns if each.name in known and each.name in fresh]
    with duckdb.connect() as asked:
        for name, lake, is_there in (("main", there, known), ("branch", here, fresh)):
            asked.register(name, source.of_version(lake, table.table, None) if is_there else NOTHING)
        counts = [_count(asked, f"from {name}") for name in ("main", "branch")]
        moves = (
            _moves(asked, shared, [name for name in table.key if name in shared])
            if shared
            else (counts[1], 0, counts[0])
        )
    schema = [f"- {name} {kind}" for name, kind in known.items() if name not in fresh]
    schema += [f"+ {name} {kind}" for name, kind in fresh.items() if name not in known]
    both = known.keys() & fresh.keys()
    schema += [f"{n}: {known[n]} on main, {fresh[n]} on the branch" for n in sorted(both) if known[n] != fresh[n]]
    told = [(rule, before.get(rule, "not checked"), after.get(rule, "not checked")) for rule in {**before, **after}]
    rules = [f"{rule}: {one} on main, {other} on the branch" for rule, one, other in told if one != other]
    return Difference(table.table, tuple(schema), counts[0], counts[1], *moves, tuple(rules))


def _moves(asked: DuckDBPyConnection, shared: Sequence[str], key: Sequence[str]) -> tuple[int, int, int]:
    """Count rows added, changed and removed; without a key no row can be told to be another one's successor."""
    every = ", ".join(map(quoted, shared))
    if not key:
        added = _count(asked, f"from (select {every} from branch except all select {every} from main)")  # noqa: S608 - names of declared columns, quoted
        return added, 0, _count(asked, f"from (select {every} from main except all select {every} from branch)")  # noqa: S608
    same = " and ".join(f"m.{quoted(name)} is not distinct from b.{quoted(name)}" for name in key)
    differs = " or ".join(f"m.{quoted(name)} is distinct from b.{quoted(name)}" for name in shared)
    return (
        _count(asked, f"from branch b where not exists (from main m where {same})"),
        _count(asked, f"from main m join branch b on {same} where {differs}"),
        _count(asked, f"from main m where not exists (from branch b where {same})"),
    )


def _count(asked: DuckDBPyConnection, rest: str) -> int:
    (row,) = asked.execute(f"select count(*) {rest}").fetchall()
    return int(row[0])


def _types(path: Path) -> dict[str, str]:
    opened = delta.opened(path)
    return {each.name: str(each.type.type) for each in opened.schema().fields} if opened else {}


def _rules(lake: Lake, table: str) -> dict[str, str]:
    rows = history.last(history.records(lake, table))
    return {
        f"{row['type']}({', '.join(row['columns'] or ())}) on {row['batch']}": _outcome(row) for row in reversed(rows)
    }


def _outcome(row: Mapping[str, Any]) -> str:
    return "held" if row["success"] else f"{row['failed'] or 0:,} rows broke it"
