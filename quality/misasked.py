"""Rules that Spark cannot ask, as for a pattern that is none: named one by one once all of them together failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Column
from lakeward.quality.engine import Checks
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import name

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@contextmanager
def the_rule_named(
    spark: SparkSession, table: str, suite: Sequence[Expectation], columns: Sequence[Column]
) -> Iterator[None]:
    """Let what Spark throws pass, unless a rule of the suite throws by itself on a made row: then that rule is told.

    Args:
        spark: the session.
        table: whose suite it is.
        suite: the rules that are asked in the block.
        columns: of the table.

    Raises:
        UsageError: a rule cannot be asked.
    """
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as thrown:
        row = _made(spark, columns)
        for rule in suite:
            try:
                _ask(row, Checks.of((rule,), {each.name: each.type for each in columns}))
            except PySparkException as cause:
                why = str(cause).strip().splitlines()[0].rstrip("; ")
                raise UsageError(
                    f"{rule.type} on {rule.about or 'the table'} cannot be asked: {why}",
                    remedy=f"mend the rule in the suite of {table}",
                ) from thrown
        raise


def _made(spark: SparkSession, columns: Sequence[Column]) -> DataFrame:
    """Make a row of values that the types can hold; what cannot be made of a text has none."""
    texts = ((each, "null" if "<" in each.type else "'0'") for each in columns)
    return spark.sql(f"select {', '.join(f'try_cast({text} as {of.type}) as {name(of.name)}' for of, text in texts)}")


def _ask(row: DataFrame, checks: Checks) -> None:
    """Ask the rules that need no other engine: their numbers, and which rows break them."""
    for each in checks.ready.values():
        checks.run(row)
        if each.breaks:
            row.where(each.breaks).collect()
