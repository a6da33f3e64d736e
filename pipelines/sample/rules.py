"""What a declaration tells of a column's values: its name, its type, the rules of the suite."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Dataset
from lakeward.quality.sums import parts_of

DATES = ("date", "month", "month_end", "year_end")
THINGS = ("_id", "_code", "_name")
CALENDAR = ("year", "month")
SETS = ("expect_column_values_to_be_in_set", "expect_column_distinct_values_to_be_in_set")
GREATER = "expect_column_pair_values_a_to_be_greater_than_b"
HALF = 50.0


def place_of(name: str, known: Sequence[str]) -> str:
    """Give which property of a place a column tells (`county_name` of `infected_county_name`); empty for none."""
    wanted = {"district_name": "town_name"}.get(name, name)
    return next((each for each in known if wanted == each or wanted.endswith(f"_{each}")), "")


def thing_of(column: Column) -> str:
    """Give what thing a column names (`station` of `station_id`); empty for none."""
    end = next((end for end in THINGS if column.name.endswith(end)), "")
    return column.name.removesuffix(end) if end and column.type == "string" else ""


def is_whole(column: Column) -> bool:
    """True for a column of whole numbers."""
    return column.type in {"int", "bigint"}


def is_calendar(column: Column) -> bool:
    """True for a year or a month that is told as a number."""
    is_named = column.name in CALENDAR or column.name.endswith(tuple(f"_{name}" for name in CALENDAR))
    return is_whole(column) and (is_named or column.parse == "year")


def choices_of(dataset: Dataset, column: Column) -> tuple[str, ...]:
    """Give the texts that a column may have, where codes or a rule list them; as the agency writes them."""
    listed = tuple(column.codes)
    for rule in dataset.suite:
        if not listed and rule.type in SETS and rule.arguments["column"] == column.name:
            listed = tuple(map(str, rule.arguments["value_set"]))
    written = {meant: text for text, meant in reversed(list(column.reads.items()))}
    return tuple(written.get(text, text) for text in listed)


def bounds_of(dataset: Dataset, name: str) -> tuple[float, float] | None:
    """Give the narrowest bounds that the suite sets for a column's numbers; halves where one is to be greater."""
    low, high = -math.inf, math.inf
    for rule in dataset.suite:
        told = rule.arguments
        if rule.type == "expect_column_values_to_be_between" and told["column"] == name:
            low = max(low, _number(told.get("min_value"), low))
            high = min(high, _number(told.get("max_value"), high))
        if rule.type == GREATER and rule.severity == "critical":
            low = max(low, HALF) if told["column_A"] == name else low
            high = min(high, HALF) if told["column_B"] == name else high
    if low == -math.inf and high == math.inf:
        return None
    low = low if low > -math.inf else min(0.0, high)
    return low, high if high < math.inf else low + 100


def _number(bound: object, other: float) -> float:
    return float(bound) if isinstance(bound, int | float) else other


def whole_of(dataset: Dataset, name: str) -> tuple[str, tuple[str, ...]]:
    """Give the column of whole numbers that a column is a part of, and all its parts; nothing where it is of none."""
    whole = {column.name for column in dataset.columns if is_whole(column)}
    sums = ((rule.about, parts_of(rule)) for rule in dataset.suite)
    return next(((total, parts) for total, parts in sums if name in parts and {total, *parts} <= whole), ("", ()))
