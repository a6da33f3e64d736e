"""SQL text of names, values and row conditions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

INT_MAX = 2**31 - 1


class NotCompiled(Exception):
    """An expectation, or its arguments, that only Great Expectations' own engine checks; the text says why."""


def name(column: str) -> str:
    """Quote a column's name."""
    return "`{}`".format(column.replace("`", "``"))


def literal(value: Any) -> str:
    """Write a value as Spark's own `lit` would type it.

    Raises:
        NotCompiled: a value of this kind has no literal here.
    """
    match value:
        case None | bool():
            text = {None: "null", True: "true", False: "false"}[value]
        case int():
            text = f"{value}L" if abs(value) > INT_MAX else str(value)
        case float():
            text = f"{value!r}D" if math.isfinite(value) else f"double('{value}')"
        case Decimal():
            text = f"{value:f}BD"
        case dt.datetime():
            text = f"timestamp'{value.isoformat(' ')}'"
        case dt.date():
            text = f"date'{value.isoformat()}'"
        case str():
            text = "'{}'".format(value.replace("\\", "\\\\").replace("'", "\\'"))
        case _:
            raise NotCompiled(f"a {type(value).__name__} has no literal in SQL")
    return text


def condition(arguments: Mapping[str, Any]) -> str:
    """Give GX's `row_condition` as SQL; empty when there is none.

    Raises:
        NotCompiled: it is written in a language other than Spark SQL, or as a condition that is not known.
    """
    told = arguments.get("row_condition")
    if not told:
        return ""
    if isinstance(told, Mapping):
        return _condition(told)
    if arguments.get("condition_parser") == "spark":
        return str(told)
    raise NotCompiled("its row_condition is not Spark SQL")


_OPERATORS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "IN": "in", "NOT_IN": "not in"}


def _condition(told: Mapping[str, Any]) -> str:
    match told.get("type"):
        case "nullity":
            return f"{name(told['column']['name'])} is {'' if told['is_null'] else 'not '}null"
        case "comparison":
            value, operator = told["parameter"], _OPERATORS[told["operator"]]
            many = isinstance(value, list | tuple | set)
            right = f"({', '.join(map(literal, value))})" if many else literal(value)
            return f"{name(told['column']['name'])} {operator} {right}"
        case "and" | "or" as joined:
            return f" {joined} ".join(f"({_condition(each)})" for each in told["conditions"])
    raise NotCompiled(f"its row_condition is a {told.get('type')}")


def sql_in(expression: str, values: Collection[str]) -> str:
    """Say in SQL that an expression is one of some texts; of no texts it is none."""
    return f"{expression} in ({', '.join(map(literal, sorted(values)))})" if values else "false"
