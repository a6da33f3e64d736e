"""Great Expectations' own engine: for what is not compiled, and as the oracle of our tests."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

QUANTILES = "expect_column_quantile_values_to_be_between"


def check(frame: DataFrame, suite: Sequence[Expectation]) -> list[Result]:
    """Check a frame by GX on Spark, without a project, files or messages to anyone."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    source = context.data_sources.add_spark(uuid4().hex, persist=False)
    asset = source.add_dataframe_asset("frame")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    results: dict[int, Result] = {}
    asked: dict[int, Any] = {}
    for place, expectation in enumerate(suite):
        told = ExpectationConfiguration(
            type=expectation.type, kwargs=_plain(expectation.arguments), meta={"place": place}
        )
        try:
            asked[place] = told.to_domain_obj()
        except Exception as error:  # GX refuses the arguments in many ways
            results[place] = Result(expectation, False, problem=f"{type(error).__name__}: {error}", engine="gx")
    for together in _rounds(asked.values()):
        found = batch.validate(gx.ExpectationSuite(name=uuid4().hex, expectations=together))
        for each in found.results:  # in an order of GX's own
            config = each.expectation_config
            place = (config.meta or {})["place"] if config else 0
            results[place] = _result(suite[place], each)
    return [results[place] for place in range(len(suite))]


def _rounds(asked: Collection[Any]) -> list[list[Any]]:
    """Ask for quantiles one by one: GX 1.24 takes those of one column for the same, whichever they are."""
    alone = [[each] for each in asked if each.expectation_type == QUANTILES]
    others = [each for each in asked if each.expectation_type != QUANTILES]
    return [others, *alone] if others else alone


def _result(expectation: Expectation, told: Any) -> Result:
    raised = told.exception_info or {}
    nested = next((each for each in raised.values() if isinstance(each, dict)), raised)
    problem = str(nested.get("exception_message") or "") if nested.get("raised_exception") else ""
    return Result(expectation, bool(told.success), dict(told.result), problem, "gx")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
