"""Predicates that clients send as hints: a small part of SQL, and trees of JSON.

A hint may only leave out files of which no row fulfils it. What cannot be read or judged leaves out nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lakeward.sharing.server import statistics as known
from lakeward.sharing.server.memory import Memory
from lakeward.sharing.server.snapshot import Action, Snapshot
from lakeward.sharing.server.statistics import Bounds, Field, Fields
from lakeward.sharing.server.truth import ANY, Outcomes, compare, conjunction, disjunction, is_null, negation

Predicate = Callable[[Bounds, int], Outcomes]
"""What is known of files, and the place of one among them → how it may come out there."""
DEEPEST = 100
TURNED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
NAME = r"(?:`(?P<quoted>[^`]+)`|(?P<plain>[^\W\d]\w*))"
VALUE = r"(?P<value>'(?:[^'\\]|'')*'|[+-]?\d+(?:\.\d+)?|true|false)"
OPERATOR = r"\s*(?P<operator>=|<>|<=|>=|<|>)\s*"
FORMS = tuple(
    re.compile(rf"\s*{form}\s*", re.IGNORECASE)
    for form in (rf"{NAME}{OPERATOR}{VALUE}", rf"{VALUE}{OPERATOR}{NAME}", rf"{NAME}\s+IS(?P<has>\s+NOT)?\s+NULL")
)
INT32 = range(-(1 << 31), 1 << 31)
NAMES_OF_JSON = {
    "equal": "=", "lessThan": "<", "lessThanOrEqual": "<=", "greaterThan": ">", "greaterThanOrEqual": ">=",
}  # fmt: skip
TYPES_OF_JSON = {
    "int": known.WHOLE, "long": known.WHOLE, "string": ("string",), "date": ("date",), "double": ("double",),
    "timestamp": ("timestamp",), "bool": ("boolean",), "float": (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hints:
    """What a client looks for.

    Args:
        parts: predicates that hold together.
        is_all: each hint that was sent is among them.
    """

    parts: tuple[Predicate, ...]
    is_all: bool

    def kept(self, table: Snapshot, memory: Memory, limit: int | None) -> Sequence[Action]:
        """Give the files that may hold rows that are looked for.

        Args:
            table: the table.
            memory: remembers what is known of its files.
            limit: so many rows are enough. Only rows that are looked for for sure are counted.
        """
        if not self.parts and limit is None:
            return table.files
        bounds, found, rows = Bounds(table, memory), [], 0
        counts = bounds.rows() if limit is not None else ()
        for at, file in enumerate(table.files):
            if limit is not None and rows >= limit:
                break
            outcomes = conjunction(part(bounds, at) for part in self.parts)
            if True not in outcomes:
                continue
            found.append(file)
            if counts and self.is_all and outcomes == {True}:
                rows += counts[at] or 0
        return found


def hints(snapshot: Snapshot, sql: Sequence[str], tree: str | None) -> Hints:
    """Read what a client sent.

    Args:
        snapshot: the table.
        sql: `predicateHints`; those that cannot be read are passed over.
        tree: `jsonPredicateHints`; with anything wrong in it, it is passed over as a whole.
    """
    fields = Fields(snapshot)
    parts = [part for each in sql if (part := _of_sql(fields, each))]
    is_all = len(parts) == len(sql)
    if tree is not None:
        try:
            parts.append(_of_json(fields, json.loads(tree), DEEPEST))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            is_all = False
    return Hints(tuple(parts), is_all)


def _of_sql(fields: Fields, hint: str) -> Predicate | None:
    told = next((match for form in FORMS if (match := form.fullmatch(hint))), None)
    if told is None:
        return None
    parts = told.groupdict()
    try:
        field = fields[parts["quoted"] or parts["plain"]]
        if "operator" not in parts:
            return _nullness(field, is_wanted=not parts["has"])
        literal = _sql_literal(field, parts["value"])
    except (KeyError, ValueError):
        return None
    is_turned = told.start("value") < told.start("operator")
    return _comparison(field, TURNED[parts["operator"]] if is_turned else parts["operator"], literal)


def _nullness(field: Field, *, is_wanted: bool) -> Predicate:
    def part(bounds: Bounds, at: int) -> Outcomes:
        found = is_null(bounds.of(field)[at])
        return found if is_wanted else negation(found)

    return part


def _sql_literal(field: Field, text: str) -> Any:
    """Read a literal as the type of the column it is compared with, where SQL would compare them so."""
    if text.startswith("'"):
        value = text[1:-1].replace("''", "'")
        if field.type == "string":
            return value
        if field.type == "date":
            return known.day(value)
    elif field.type == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    elif field.type in (*known.WHOLE, "double") and text[-1].isdigit():
        return float(text) if field.type == "double" else Decimal(text)
    raise ValueError("the literal is of another type than the column")


def _comparison(field: Field, operator: str, literal: Any, *, is_narrow: bool = False) -> Predicate:
    def part(bounds: Bounds, at: int) -> Outcomes:
        values = bounds.of(field)[at]
        is_cut = is_narrow and not (values.low in INT32 and values.high in INT32)  # as `int` it could be another number
        return ANY if is_cut and values.may_have_value else compare(values, operator, literal)

    return part


def _of_json(fields: Fields, told: Any, depth: int) -> Predicate:
    if not depth:
        raise ValueError("too deep")
    operator = told["op"]
    children = told["children"]
    if not isinstance(children, list):
        raise TypeError("children are a list")
    if operator == "isNull":
        (child,) = children
        field, _ = _column(fields, child)
        return _nullness(field, is_wanted=True)
    if operator in NAMES_OF_JSON:
        return _json_comparison(fields, NAMES_OF_JSON[operator], *children)
    parts = [_of_json(fields, child, depth - 1) for child in children]
    if operator == "not":
        (only,) = parts
        return lambda bounds, at: negation(only(bounds, at))
    if len(parts) < 2:
        raise ValueError("and, or have two parts at least")
    join = {"and": conjunction, "or": disjunction}[operator]
    return lambda bounds, at: join(part(bounds, at) for part in parts)


def _json_comparison(fields: Fields, operator: str, left: Any, right: Any) -> Predicate:
    if left["op"] == "literal":
        left, right, operator = right, left, TURNED[operator]
    field, kind = _column(fields, left)
    if right["op"] != "literal" or right["valueType"] != kind:
        raise ValueError("a column is compared with a literal of its type")
    literal = _json_literal(kind, right["value"])
    if field.type not in TYPES_OF_JSON[kind]:
        return lambda *_: ANY
    return _comparison(field, operator, literal, is_narrow=kind == "int" and field.type == "long")


def _column(fields: Fields, told: Any) -> tuple[Field, str]:
    kind = told["valueType"]
    if told["op"] != "column" or kind not in TYPES_OF_JSON:
        raise ValueError("no column")
    return fields[told["name"]], kind


def _json_literal(kind: str, value: Any) -> Any:
    match kind:
        case "int" | "long":
            return int(value) if isinstance(value, str) else known.whole(value)
        case "float" | "double":
            return known.real(float(value) if isinstance(value, str) else value)
        case "bool":
            return {"true": True, "false": False}[str(value).lower()]
        case "date":
            return known.day(value)
        case "timestamp":
            return known.instant(value)
    return known.text(value)
