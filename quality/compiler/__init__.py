"""From expectations to Spark SQL: what compiles, in what words, and what does not and why."""

from __future__ import annotations

from collections.abc import Mapping

from lakeward.quality.compiled import Compiled
from lakeward.quality.compiler.rows import ROWS, UNIQUE, compile_rows, compile_unique
from lakeward.quality.compiler.tables import TABLES, compile_table
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import NotCompiled

COMPILED = (*ROWS, *UNIQUE, *TABLES)


def compiled(expectation: Expectation, types: Mapping[str, str]) -> Compiled:
    """Compile an expectation for a table.

    Args:
        expectation: what must hold.
        types: the table's columns, in order, and their Spark types (`decimal(6,2)`).

    Raises:
        NotCompiled: only Great Expectations' own engine gives its answer; the text says why.
    """
    if expectation.type in ROWS:
        return compile_rows(expectation, types)
    if expectation.type in UNIQUE:
        return compile_unique(expectation, types)
    if expectation.type in TABLES:
        return compile_table(expectation, types)
    raise NotCompiled("no compiler is written for this type")


def is_row_rule(expectation: Expectation) -> bool:
    """True when the expectation speaks of single rows, each judged by itself."""
    return expectation.type in ROWS


def reason(expectation: Expectation) -> str:
    """Say in a few words why a row that breaks the expectation is refused; empty when it speaks of no single row."""
    words = ROWS.get(expectation.type)
    return f"{expectation.about}: {words[1](expectation.arguments)}" if words else ""
