"""DuckDB as readers use it: over tables that are handed to it, with no way to a file or the network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lakeward.lake.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHOWN = 12
CLOSED = {
    "TimeZone": "'UTC'",
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",  # the last: no statement after it opens what is closed
}
TAIL = re.compile(r"\n\nLINE|\n\s*(?:Did you mean|Candidate)")
"""Where DuckDB begins to guess; we do that by the names of the lake."""
TABLE = re.compile(r'Table with name "?([^"]+?)"? does not exist')
COLUMN = re.compile(r'(?:column named|[Cc]olumn|does not have a column named) "([^"]+)"')


def connection(*catalogues: str) -> DuckDBPyConnection:
    """Open a database in memory that reads and writes nothing outside of itself.

    Args:
        catalogues: names that stand before schemas (`silver` of `silver.police.fatal_crashes`).
    """
    import duckdb

    base = duckdb.connect(":memory:")
    for name in catalogues:
        base.execute(f"attach ':memory:' as {name}")
    for name, value in CLOSED.items():
        base.execute(f"set {name} = {value}")
    return base


@contextmanager
def explained(columns: Sequence[str] = (), tables: Sequence[str] = ()) -> Iterator[None]:
    """Turn what DuckDB cannot do into an error that names what is near.

    Args:
        columns: those that there are.
        tables: those that there are.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as cause:
        problem = TAIL.split(str(cause), maxsplit=1)[0].strip()
        if columns and (column := COLUMN.search(problem)):
            raise unknown("column", column[1], columns) from cause
        if tables and (table := TABLE.search(problem)):
            raise unknown("table", table[1], tables) from cause
        if isinstance(cause, duckdb.PermissionException):
            remedy = "only tables of the lake can be read here, by their names"
        elif isinstance(cause, duckdb.ParserException):
            remedy = "this is DuckDB's SQL: https://duckdb.org/docs/sql/introduction"
        else:
            remedy = f"mend the query; columns are {_some(columns)}" if columns else "mend the query"
        raise UsageError(problem, remedy=remedy) from cause


class Unknown(UsageError, KeyError):
    """There is no column or table of that name; for mappings it is a missing key."""


def unknown(kind: str, name: str, known: Sequence[str]) -> Unknown:
    """Say that there is no such column or table, and which are near."""
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    remedy = f"did you mean {' or '.join(near)}?" if near else f"take one of {_some(known)}"
    return Unknown(f"there is no {kind} {name}", remedy=remedy)


def _some(known: Sequence[str]) -> str:
    return ", ".join(known[:SHOWN]) + (f" and {len(known) - SHOWN} more" if len(known) > SHOWN else "")


def quoted(name: str) -> str:
    """Give a name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
