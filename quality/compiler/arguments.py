"""Arguments of expectations, held against the columns of the table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lakeward.quality.sql import NotCompiled

Arguments = Mapping[str, Any]
Types = Mapping[str, str]
INTEGRAL = ("tinyint", "smallint", "int", "bigint")
NUMBERS = (*INTEGRAL, "float", "double", "decimal")
MOMENTS = ("date", "timestamp", "timestamp_ntz")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?)?")


def type_of(types: Types, column: str) -> str:
    """Give a column's type without its sizes.

    Raises:
        NotCompiled: there is no such column.
    """
    if column not in types:
        raise NotCompiled(f"there is no column {column}")
    return types[column].partition("(")[0]


def comparable(types: Types, column: str, *values: Any) -> None:
    """Let values pass that Spark compares with a column as they are.

    Raises:
        NotCompiled: it would cast the one or the other.
    """
    kind = type_of(types, column)
    for value in values:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = (
            (is_number and kind in NUMBERS)
            or (isinstance(value, str) and (kind == "string" or (kind in MOMENTS and _is_moment(value))))
            or (isinstance(value, bool) and kind == "boolean")
        )
        if not fits:
            raise NotCompiled(f"{value!r} is not of the type of {column}, {types[column]}")


def _is_moment(text: str) -> bool:
    """True for what Spark reads as a date or a time; at anything else it would stop the whole pass."""
    if not MOMENT.fullmatch(text):
        return False
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def bounds_of(told: Arguments) -> tuple[Any, Any]:
    """Give the bounds, one of which must be there.

    Raises:
        NotCompiled: they are wrong, which GX says in its own words.
    """
    low, high = told.get("min_value"), told.get("max_value")
    if low is None and high is None:
        raise NotCompiled("it has no bound")
    if low is not None and high is not None and (isinstance(low, str) != isinstance(high, str) or low > high):
        raise NotCompiled("its bounds are not in order")
    return low, high


def check_bounds(told: Arguments, *kinds: type) -> None:
    """Let bounds pass that are of the given types, and in order.

    Raises:
        NotCompiled: one is not, which GX says in its own words.
    """
    for key in ("min_value", "max_value"):
        bound = told.get(key)
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, kinds)):
            raise NotCompiled(f"its {key} is {bound!r}")
    low, high = (told.get(key) for key in ("min_value", "max_value"))
    if low is not None and high is not None and low > high:
        raise NotCompiled("its bounds are not in order")
