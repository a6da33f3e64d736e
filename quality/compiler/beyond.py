"""Rules of which a function in Java counts the rows that break them, without SQL: bounds of numbers and of lengths."""

from __future__ import annotations

import math
from typing import Any

from lakeward.quality.compiled import Beyond
from lakeward.quality.compiler.arguments import Arguments, Types, type_of
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import name

DOUBLES = ("tinyint", "smallint", "int", "float", "double")
"""Types of which every value is a double."""
EXACT = 2**53
"""Up to here every whole number is a double."""


def beyond(expectation: Expectation, types: Types) -> Beyond | None:
    """Say what lies beyond the bounds of an expectation; None where that is not told by doubles."""
    told, column = expectation.arguments, expectation.arguments.get("column", "")
    if expectation.type == "expect_column_value_lengths_to_equal":
        told, is_length = {"min_value": told["value"], "max_value": told["value"]}, True
    elif expectation.type == "expect_column_value_lengths_to_be_between":
        is_length = True
    elif expectation.type == "expect_column_values_to_be_between" and type_of(types, column) in DOUBLES:
        is_length = False
    else:
        return None
    if not all(bound is None or _is_double(bound) for bound in (told.get("min_value"), told.get("max_value"))):
        return None
    return Beyond(name(column), _least(told), _greatest(told), is_length)


def _is_double(bound: Any) -> bool:
    return (isinstance(bound, int) and abs(bound) <= EXACT) or (isinstance(bound, float) and math.isfinite(bound))


def _least(told: Arguments) -> float:
    low = told.get("min_value")
    if low is None:
        return -math.inf
    return math.nextafter(low, math.inf) if told.get("strict_min") else float(low)


def _greatest(told: Arguments) -> float:
    high = told.get("max_value")
    if high is None:
        return math.nan
    return math.nextafter(high, -math.inf) if told.get("strict_max") else float(high)
