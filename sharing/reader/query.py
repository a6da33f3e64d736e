"""SQL over all tables of a lake by their names, in DuckDB, closed off from everything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import UsageError
from lakeward.sharing.reader.duck import connection, explained, quoted
from lakeward.sharing.reader.readable import State

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from lakeward.sharing.reader.lake import OpenLake
    from lakeward.sharing.reader.table import Table

LAYERS = ("silver", "bronze", "quarantine")


def relation(lake: OpenLake, query: str) -> DuckDBPyRelation:
    """Ask a lake; `OpenLake.sql` tells what may be asked.

    Only the tables that the query names are opened, so that a lake may hold thousands.
    """
    base = connection(*LAYERS)
    columns: dict[str, None] = {}
    for number, (parts, table) in enumerate(_tables(base, lake, query).items()):
        rows = table.source(State(), {})
        columns |= dict.fromkeys(rows.schema.names)
        _name(base, parts, f"rows_{number}", rows)
    with explained(list(columns), list(lake)):
        found: DuckDBPyRelation = base.sql(query)
    return found


def _tables(base: DuckDBPyConnection, lake: OpenLake, query: str) -> dict[tuple[str, ...], Table]:
    """Find the lake's tables that a query names, by DuckDB's own parser."""
    with explained(tables=list(lake)):
        told = json.loads(base.execute("select json_serialize_sql(?::varchar)", [query]).fetchall()[0][0])
    if told["error"] and told["error_type"] == "parser":
        raise UsageError(f"this is no SQL: {told['error_message']}", remedy=_pointed(query, told))
    if told["error"] or len(told["statements"]) != 1:
        raise UsageError("a lake is only read here", remedy="give one SELECT; PIVOT and EXPLAIN cannot be asked")
    found: dict[tuple[str, ...], Table] = {}
    for parts in _named(told["statements"]):
        if len(parts) > 1 or parts[0].startswith("_"):
            found[parts] = lake[".".join(parts)]
    return found


def _named(node: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            names = (node["catalog_name"], node["schema_name"], node["table_name"])
            yield tuple(name.lower() for name in names if name)
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _named(each)


def _name(base: DuckDBPyConnection, parts: tuple[str, ...], rows_name: str, rows: Any) -> None:
    base.register(rows_name, rows)
    if len(parts) > 1:
        base.execute(f"create schema if not exists {'.'.join(map(quoted, parts[:-1]))}")
    base.execute(f"create view {'.'.join(map(quoted, parts))} as from {rows_name}")


def _pointed(query: str, told: dict[str, Any]) -> str:
    place = int(told.get("position") or 0)
    return f"look at «{query[place : place + 30].strip()}»; this is DuckDB's SQL"
