"""The other engines of `quality.py`, each as its own documentation tells to use it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lakeward.quality.expect import Expectation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NO_DEEQU = "PyDeequ 1.7 is for Spark 3.5 and 4.1, and refuses the Spark 4.2 that this project stands on"


def gx(frame: DataFrame, suite: Sequence[Expectation], result_format: str) -> list[bool]:
    """Give the verdicts of Great Expectations' own Spark engine."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_spark(uuid4().hex, persist=False).add_dataframe_asset("frame")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    asked = [
        ExpectationConfiguration(type=each.type, kwargs=_plain(each.arguments), meta={"place": place}).to_domain_obj()
        for place, each in enumerate(suite)
    ]
    found = batch.validate(
        great_expectations.ExpectationSuite(name=uuid4().hex, expectations=asked),
        result_format=result_format,  # type: ignore[arg-type]
    )
    told = {each.expectation_config.meta["place"]: bool(each.success) for each in found.results}  # type: ignore[union-attr,index]
    return [told[place] for place in range(len(suite))]


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in arguments.items()}


def cuallee(frame: DataFrame, suite: Sequence[Expectation]) -> list[bool]:
    """Give cuallee's verdicts on what it has words for; it counts missing values in its own way."""
    from cuallee import Check, CheckLevel  # type: ignore[import-not-found]

    check = Check(CheckLevel.WARNING, "bench")
    for each in suite:
        if each.type in CUALLEE:
            CUALLEE[each.type](check, each.arguments)
    return [row["status"] == "PASS" for row in check.validate(frame).collect()]


CUALLEE: Mapping[str, Callable[[Any, Mapping[str, Any]], object]] = {
    "expect_column_values_to_not_be_null": lambda c, a: c.is_complete(a["column"], a.get("mostly", 1.0)),
    "expect_column_values_to_be_between": lambda c, a: c.is_between(
        a["column"], (a["min_value"], a["max_value"]), a.get("mostly", 1.0)
    ),
    "expect_column_values_to_be_in_set": lambda c, a: c.is_contained_in(a["column"], tuple(a["value_set"])),
    "expect_column_values_to_match_regex": lambda c, a: c.has_pattern(a["column"], a["regex"], a.get("mostly", 1.0)),
    "expect_column_values_to_be_unique": lambda c, a: c.is_unique(a["column"]),
    "expect_compound_columns_to_be_unique": lambda c, a: c.is_composite_key(tuple(a["column_list"])),
}
