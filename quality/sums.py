"""Parts that add up to a whole. Great Expectations has no words for it: the whole must be null where they do not."""

from __future__ import annotations

from collections.abc import Sequence

from lakeward.quality import expect
from lakeward.quality.expect import Expectation, Severity
from lakeward.quality.sql import name

PARTS = "parts"
WORDS = "not the sum of its parts"


def column_values_to_be_sum_of(column: str, parts: Sequence[str], *, severity: Severity = "critical") -> Expectation:
    """Every value is the sum of other columns; a part without a value counts as 0, a row without parts is not judged.

    Args:
        column: the whole.
        parts: the columns of numbers that make it.
        severity: what a breach does.
    """
    names = [name(part) for part in parts]
    summed = " + ".join(f"coalesce({each}, 0)" for each in names)
    condition = f"coalesce({', '.join(names)}) is not null and {name(column)} <> {summed}"
    return expect.column_values_to_be_null(
        column, row_condition=condition, severity=severity, meta={PARTS: tuple(parts)}
    )


def parts_of(expectation: Expectation) -> tuple[str, ...]:
    """Give the columns that are to add up to the one it speaks of; none for any other expectation."""
    return tuple(expectation.meta.get(PARTS, ()))
