"""Where rows come from, for plans that do not tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def drawn_from(rows: DataFrame, origin: DataFrame) -> DataFrame:
    """Say where columns come from whose plan does not tell it: a checkpoint, a change feed, a function in Python.

    Args:
        rows: any frame.
        origin: columns of the same names and types, of which the rows' are made.

    Returns:
        The rows. An empty piece of the origin stands beside them in the plan that OpenLineage sees, and Spark's
        optimizer takes it out before anything runs.
    """
    return rows.unionByName(origin.where("false"), allowMissingColumns=True)
