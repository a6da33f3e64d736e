"""Expectations on each row beside the one before it.

GX walks the rows in the order in which they lie, in one partition, and so does this: what it spares is GX itself.
"""

from __future__ import annotations

from lakeward.quality.compiled import Compiled, InOrder, rows_where
from lakeward.quality.compiler.arguments import INTEGRAL, NUMBERS, Types, type_of
from lakeward.quality.compiler.verdict import on_rows, scope
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import NotCompiled, name

MONOTONIC = {"expect_column_values_to_be_increasing": "<", "expect_column_values_to_be_decreasing": ">"}
SKIPS_MISSING = ("int", "bigint", "double")


def compile_in_order(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation that values go up, or down.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for this column.
    """
    told = expectation.arguments
    kind, column = type_of(types, told["column"]), name(told["column"])
    every, judged = scope(expectation)
    if kind in ("date", "timestamp"):
        step = f"datediff({column}, lag({column}) over (order by 'constant'))"
    elif kind in NUMBERS:
        value = f"cast({column} as decimal(38, 0))" if kind in INTEGRAL else column
        step = f"{value} - lag({value}) over (order by 'constant')"
    else:
        raise NotCompiled(f"GX takes no differences of {types[told['column']]}")
    parts = [every] if every else []
    if kind in SKIPS_MISSING:
        parts += [f"{column} is not null", *([f"not isnan({column})"] if kind == "double" else [])]
    wrong = MONOTONIC[expectation.type] + ("=" if told.get("strictly") else "")
    return on_rows(expectation, every, judged, InOrder(step, " and ".join(parts), rows_where(f"_1 {wrong} 0")))
