"""From expectations to Spark SQL: what compiles, in what words, and what does not and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from lakeward.quality.compiled import Compiled
from lakeward.quality.compiler import rows
from lakeward.quality.compiler.arguments import Types
from lakeward.quality.compiler.divergence import DIVERGENCE, compile_divergence
from lakeward.quality.compiler.frequency import MOST_COMMON, compile_most_common
from lakeward.quality.compiler.in_order import MONOTONIC, compile_in_order
from lakeward.quality.compiler.rows import ROWS, UNIQUE, compile_rows, compile_unique
from lakeward.quality.compiler.schema import SCHEMA, compile_schema
from lakeward.quality.compiler.spread import SPREAD, compile_spread
from lakeward.quality.compiler.tables import AGGREGATES, DISTINCT, compile_table
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import NotCompiled


@dataclass(frozen=True, slots=True)
class Family:
    """Expectations that are compiled in one way.

    Args:
        types: GX's names of them.
        compiler: makes one ready for a table.
        takes: what checking it takes, for people.
    """

    types: Collection[str]
    compiler: Callable[[Expectation, Types], Compiled]
    takes: str


FAMILIES = (
    Family(ROWS, compile_rows, "the pass; rows that break it are known one by one"),
    Family(UNIQUE, compile_unique, "one shuffle by its columns"),
    Family(AGGREGATES, compile_table, "the pass"),
    Family(DISTINCT, compile_table, "one shuffle by its column"),
    Family(SPREAD, compile_spread, "the pass, and a second look at its column"),
    Family(MOST_COMMON, compile_most_common, "two shuffles by its column"),
    Family(DIVERGENCE, compile_divergence, "the pass where there are bins, else one shuffle by its column"),
    Family(MONOTONIC, compile_in_order, "the rows in their order in one partition, as GX does"),
    Family(SCHEMA, compile_schema, "names and types of columns; no row is read"),
)
COMPILED = tuple(type_ for family in FAMILIES for type_ in family.types)
_SQL_ONLY = "GX has it for SQL databases only, and says so"
LEFT: Mapping[str, str] = {
    "expect_column_values_to_be_json_parseable": "what is JSON is what Python's json reads, `NaN` included",
    "expect_column_values_to_match_json_schema": "schemas are held by Python's jsonschema",
    "expect_column_values_to_be_dateutil_parseable": "GX has it for pandas only, and says so",
    "expect_column_values_to_match_like_pattern": _SQL_ONLY,
    "expect_column_values_to_match_like_pattern_list": _SQL_ONLY,
    "expect_column_values_to_not_match_like_pattern": _SQL_ONLY,
    "expect_column_values_to_not_match_like_pattern_list": _SQL_ONLY,
    "expect_multicolumn_values_to_be_unique": "GX lists it and does not find it",
    "expect_query_results_to_match_comparison": _SQL_ONLY,
    "expect_table_row_count_to_equal_other_table": _SQL_ONLY,
    "unexpected_rows_expectation": "its rows are told by a query of its own",
}
"""GX's core expectations that run through its own engine, and why."""


def compiled(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation for a table.

    Args:
        expectation: what must hold.
        types: the table's columns, in order, and their Spark types (`decimal(6,2)`).

    Raises:
        NotCompiled: only Great Expectations' own engine gives its answer; the text says why.
    """
    for family in FAMILIES:
        if expectation.type in family.types:
            return family.compiler(expectation, types)
    raise NotCompiled(LEFT.get(expectation.type, "it is none of GX's core expectations"))


def is_row_rule(expectation: Expectation) -> bool:
    """True when the expectation speaks of single rows, each judged by itself."""
    return expectation.type in ROWS


def reason(expectation: Expectation) -> str:
    """Say in a few words why a row that breaks the expectation is refused; empty when it speaks of no single row."""
    return rows.reason(expectation) if expectation.type in ROWS else ""
