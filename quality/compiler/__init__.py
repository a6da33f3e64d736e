"""From expectations to Spark SQL: what compiles, in what words, and what does not and why."""

from __future__ import annotations

from collections.abc import Callable, Collection

from lakeward.quality.compiled import Compiled
from lakeward.quality.compiler.arguments import Types
from lakeward.quality.compiler.frequency import FREQUENCY, compile_frequency
from lakeward.quality.compiler.in_order import MONOTONIC, compile_in_order
from lakeward.quality.compiler.rows import ROWS, UNIQUE, compile_rows, compile_unique
from lakeward.quality.compiler.schema import SCHEMA, compile_schema
from lakeward.quality.compiler.spread import SPREAD, compile_spread
from lakeward.quality.compiler.tables import TABLES, compile_table
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import NotCompiled

FAMILIES: tuple[tuple[Collection[str], Callable[[Expectation, Types], Compiled]], ...] = (
    (ROWS, compile_rows),
    (UNIQUE, compile_unique),
    (TABLES, compile_table),
    (SCHEMA, compile_schema),
    (SPREAD, compile_spread),
    (FREQUENCY, compile_frequency),
    (MONOTONIC, compile_in_order),
)
COMPILED = tuple(type_ for types, _ in FAMILIES for type_ in types)


def compiled(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation for a table.

    Args:
        expectation: what must hold.
        types: the table's columns, in order, and their Spark types (`decimal(6,2)`).

    Raises:
        NotCompiled: only Great Expectations' own engine gives its answer; the text says why.
    """
    for known, compiler in FAMILIES:
        if expectation.type in known:
            return compiler(expectation, types)
    raise NotCompiled("no compiler is written for this type")


def is_row_rule(expectation: Expectation) -> bool:
    """True when the expectation speaks of single rows, each judged by itself."""
    return expectation.type in ROWS


def reason(expectation: Expectation) -> str:
    """Say in a few words why a row that breaks the expectation is refused; empty when it speaks of no single row."""
    words = ROWS.get(expectation.type)
    return f"{expectation.about}: {words[1](expectation.arguments)}" if words else ""
