"""What a predicate can come out as in a file of which only bounds are known, so that none is skipped wrongly.

An outcome is a set: the values among true, false and null (None) that the predicate may take on rows of the file. Where
little is known the set is larger; it never lacks a value that some row gives. A file is skipped when true is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

Outcomes = frozenset[bool | None]
ANY: Outcomes = frozenset({True, False, None})
NULL: Outcomes = frozenset({None})


@dataclass(frozen=True, slots=True)
class Values:
    """What is known of a column's values in one file.

    Args:
        low: no value is smaller; None when that is not known.
        high: no value is larger; None when that is not known.
        may_be_null: a row may lack a value.
        may_have_value: a row may have one.
    """

    low: Any = None
    high: Any = None
    may_be_null: bool = True
    may_have_value: bool = True


def is_null(known: Values) -> Outcomes:
    """Tell `IS NULL`."""
    return frozenset({True} if known.may_be_null else ()) | frozenset({False} if known.may_have_value else ())


def compare(known: Values, operator: str, literal: Any) -> Outcomes:
    """Tell a comparison of a column with a value of its type; operators are `=`, `<`, `<=`, `>`, `>=` and `<>`."""
    if operator in (">", ">=", "<>"):
        return negation(compare(known, {">": "<=", ">=": "<", "<>": "="}[operator], literal))
    low, high = known.low, known.high
    if operator == "=":
        can = (low is None or low <= literal) and (high is None or literal <= high)
        fails = low is None or high is None or not low == high == literal
    elif operator == "<":
        can, fails = low is None or low < literal, high is None or high >= literal
    else:
        can, fails = low is None or low <= literal, high is None or high > literal
    found: set[bool | None] = {None} if known.may_be_null else set()
    if known.may_have_value:
        found |= {value for value, may in ((True, can), (False, fails)) if may}
    return frozenset(found)


def negation(of: Outcomes) -> Outcomes:
    """Tell `NOT`."""
    return frozenset(None if value is None else not value for value in of)


def conjunction(parts: Iterable[Outcomes]) -> Outcomes:
    """Tell `AND`; of no parts it is true."""
    found: Outcomes = frozenset({True})
    for part in parts:
        found = frozenset(
            False if False in (a, b) else None if None in (a, b) else True for a, b in product(found, part)
        )
    return found


def disjunction(parts: Iterable[Outcomes]) -> Outcomes:
    """Tell `OR`."""
    return negation(conjunction(negation(part) for part in parts))
