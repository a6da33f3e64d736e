"""Spark's plans with other leaves: what a plan does, done or told of something else than the tables it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def replaced(jvm: Any, plan: Any, instead: Callable[[Any], Any]) -> Any:
    """Give an analyzed plan each of whose leaves is replaced by one with the same columns.

    Args:
        jvm: the view of the JVM that the plan is in.
        plan: a logical plan; it stays as it is.
        instead: gives what is to stand for a leaf; the leaf itself where it may stay.
    """
    made = _replaced(jvm, plan, instead)
    made.setAnalyzed()  # it has the columns that were analyzed; to do so again costs as much as the first time
    return made


def _replaced(jvm: Any, plan: Any, instead: Callable[[Any], Any]) -> Any:
    below = plan.children()
    if below.isEmpty():
        return instead(plan)
    come = [_replaced(jvm, below.apply(at), instead) for at in range(below.size())]
    return plan.withNewChildren(jvm.PythonUtils.toSeq(come))
