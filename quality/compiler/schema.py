"""Expectations that the names and types of the columns answer: no row is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from lakeward.quality.compiled import Compiled
from lakeward.quality.compiler.arguments import Arguments, Types, check_bounds, type_of
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result
from lakeward.quality.sql import NotCompiled

Told = tuple[bool, dict[str, Any]]
CLASSES = {
    "tinyint": "ByteType", "smallint": "ShortType", "int": "IntegerType", "bigint": "LongType", "float": "FloatType",
    "double": "DoubleType", "decimal": "DecimalType", "string": "StringType", "boolean": "BooleanType",
    "date": "DateType", "timestamp": "TimestampType", "timestamp_ntz": "TimestampNTZType", "binary": "BinaryType",
}  # fmt: skip


def compile_schema(expectation: Expectation, types: Types) -> Compiled:
    """Compile an expectation on the columns themselves.

    Raises:
        NotCompiled: only GX's own engine gives GX's answer for these arguments.
    """
    success, numbers = SCHEMA[expectation.type](expectation.arguments, types)
    return Compiled(expectation, (), lambda _: Result(expectation, success, numbers))


def _of_type(names: Callable[[Arguments], Sequence[str]]) -> Callable[[Arguments, Types], Told]:
    def told(arguments: Arguments, types: Types) -> Told:
        wanted, kind = names(arguments), type_of(types, arguments["column"])
        if kind not in CLASSES or not wanted or set(wanted) - set(CLASSES.values()):
            raise NotCompiled(f"{kind} or {', '.join(map(str, wanted))} is no plain type of Spark")
        return CLASSES[kind] in wanted, {"observed_value": CLASSES[kind]}

    return told


def _names(types: Types) -> list[str]:
    if any("." in each for each in types):
        raise NotCompiled("GX quotes a column's name that holds a dot")
    return list(types)


def _count(told: Arguments, types: Types) -> Told:
    count = len(types)
    if "value" in told:
        return count == told["value"], {"observed_value": count}
    check_bounds(told, int)
    low, high = told.get("min_value"), told.get("max_value")
    return (low is None or count >= low) and (high is None or count <= high), {"observed_value": count}


def _exists(told: Arguments, types: Types) -> Told:
    names, place = _names(types), told.get("column_index")
    if not place:
        return told["column"] in names, {}
    return -len(names) <= place < len(names) and names[place] == told["column"], {}


def _ordered_list(told: Arguments, types: Types) -> Told:
    found, wanted = _names(types), told["column_list"]
    pairs = enumerate(zip_longest(wanted, found))
    wrong = [{"Expected Column Position": n, "Expected": a, "Found": b} for n, (a, b) in pairs if a != b]
    return not wrong, {"observed_value": found} | ({"details": {"mismatched": wrong}} if wrong else {})


def _set(told: Arguments, types: Types) -> Told:
    found, wanted = set(_names(types)), set(told["column_set"] or ())
    wrong = {"unexpected": sorted(found - wanted), "missing": sorted(wanted - found)}
    numbers: dict[str, Any] = {"observed_value": sorted(found)}
    if found != wanted:
        numbers["details"] = {"mismatched": {key: names for key, names in wrong.items() if names}}
    return wanted <= found and (found <= wanted or not told.get("exact_match", True)), numbers


SCHEMA: Mapping[str, Callable[[Arguments, Types], Told]] = {
    "expect_column_to_exist": _exists,
    "expect_column_type_to_be": _of_type(lambda told: (told["type_"],)),
    "expect_column_values_to_be_of_type": _of_type(lambda told: (told["type_"],)),
    "expect_column_values_to_be_in_type_list": _of_type(lambda told: told["type_list"]),
    "expect_table_column_count_to_be_between": _count,
    "expect_table_column_count_to_equal": _count,
    "expect_table_columns_to_match_ordered_list": _ordered_list,
    "expect_table_columns_to_match_set": _set,
}
