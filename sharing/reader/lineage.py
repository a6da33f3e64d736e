"""From a column back to the agencies' columns and files that it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from lakeward.lake import delta, ledger, lineage
from lakeward.lake.errors import UsageError
from lakeward.lake.lineage import WHOLE, Told
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table

SHOWN_FILES = 3
MADE_OF_ROWS = "no column goes into it: it counts rows, or is the same in each"
MADE_HERE = "no table goes into it: it is made here, by the code that builds the table"


@dataclass(frozen=True, slots=True)
class Origin:
    """A column, and the columns that it was made from.

    Args:
        table: the table that holds it.
        column: its name; `*` for what a whole table was joined, filtered or grouped by.
        how: how the column above was made from it; empty for the one that was asked for.
        made_from: the columns before it.
        made_here: why there are none, where the table is not an agency's text; else empty.
    """

    table: str
    column: str
    how: tuple[str, ...] = ()
    made_from: tuple[Origin, ...] = field(default=())
    made_here: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Lineage:
    """Where a table's columns come from; its repr is the tree that `lakeward lineage` prints.

    Args:
        lake: the lake.
        table: the declaration.
        origins: an origin a column.
    """

    lake: Lake
    table: Table
    origins: tuple[Origin, ...]

    def document(self) -> dict[str, Any]:
        """Give it as `lakeward lineage --json` does."""
        return as_document(self.lake, self.table, self.origins)

    def __repr__(self) -> str:
        return as_text(self.lake, self.origins)


def lineage_of(lake: Lake, table: Table, column: str | None = None) -> list[Origin]:
    """Trace one column of a table, or each of them, back to files.

    Args:
        lake: the lake.
        table: the declaration.
        column: one of its columns; None for all.

    Returns:
        An origin a column; after all, or one that only counts rows, what the rows were joined, filtered and grouped by.

    Raises:
        UsageError: the table has no such column, or no run has told how it was written.
    """
    names = [each.name for each in table.columns]
    if column and column not in names:
        raise UsageError(f"{table.name} has no column {column}", remedy=f"take one of {', '.join(names)}")
    told = lineage.newest(lake)
    if table.table not in told:
        raise UsageError(
            f"no run has told yet what {table.name} is made from",
            remedy=f"`lakeward doctor` says whether the lineage JARs are here; then `lakeward run {table.name}` once "
            "its declaration or inputs change",
        )
    origins = [_traced(told, table.table, name) for name in ([column] if column else names)]
    needs_rows = not column or origins[0].made_here == MADE_OF_ROWS
    return origins + ([_traced(told, table.table, WHOLE)] if needs_rows else [])


def deliveries(lake: Lake, origins: Iterable[Origin]) -> dict[str, tuple[str, ...]]:
    """Give the files behind columns, for each table of agencies' text that they come from."""
    received: dict[str, dict[str, None]] = {}
    for entry in ledger.entries(lake):
        if entry.status == "received":
            received.setdefault(f"bronze.{entry.dataset}", {})[entry.file] = None
    return {table: tuple(received.get(table, ())) for table in dict.fromkeys(_first_tables(origins))}


def _first_tables(origins: Iterable[Origin]) -> Iterator[str]:
    for origin in origins:
        if not origin.made_from:
            yield origin.table
        yield from _first_tables(origin.made_from)


def _traced(told: Mapping[str, Told], table: str, column: str, how: tuple[str, ...] = ()) -> Origin:
    sources: dict[tuple[str, str], list[str]] = {}
    for edge in told[table].edges if table in told else ():
        if edge.column == column:
            sources.setdefault((edge.from_table, edge.from_column), []).append(edge.how)
    made_from = tuple(
        _traced(told, *source, tuple(dict.fromkeys(filter(None, ways)))) for source, ways in sources.items()
    )
    is_received = made_from or table.startswith("bronze.")
    has_sources = table in told and told[table].edges
    return Origin(table, column, how, made_from, "" if is_received else MADE_OF_ROWS if has_sources else MADE_HERE)


def _is_newest(lake: Lake, table: str) -> bool:
    """Say whether the run that wrote a table's newest version told what it was made from."""
    told = lineage.newest(lake).get(table)
    return told is not None and delta.note_of(lake.table(table)).get("run") == told.run_id


def as_document(lake: Lake, table: Table, origins: Sequence[Origin]) -> dict[str, Any]:
    """Give it for machines."""
    return {
        "schema": "lakeward.lineage/1",
        "table": table.name,
        "is_of_newest_version": _is_newest(lake, table.table),
        "columns": [asdict(each) for each in origins],
        "deliveries": deliveries(lake, origins),
    }


def as_text(lake: Lake, origins: Sequence[Origin]) -> str:
    """Give it for people: a tree a column, then the files behind them."""
    lines = [line for origin in origins for line in _lines(origin, 0)]
    if not _is_newest(lake, origins[0].table):
        lines.append(
            f"This is of an earlier version of {origins[0].table}: the run that wrote the newest told nothing."
        )
    for table, files in deliveries(lake, origins).items():
        if files:
            more = f" and {len(files) - SHOWN_FILES} more" if len(files) > SHOWN_FILES else ""
            lines.append(f"{table}: {len(files)} deliveries: {', '.join(files[:SHOWN_FILES])}{more}")
    return "\n".join(lines)


def _lines(origin: Origin, depth: int) -> Iterator[str]:
    told = ", ".join((*origin.how, *filter(None, [origin.made_here])))
    how = f"  ({told})" if told else ""
    what = "rows" if origin.column == WHOLE else origin.column
    yield f"{'   ' * depth}← {origin.table}.{what}{how}" if depth else f"{what}{how}"
    for source in origin.made_from:
        yield from _lines(source, depth + 1)
