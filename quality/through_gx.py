"""Great Expectations' own engine: for what is not compiled, and as the oracle of our tests."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Collection, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from lakeward.quality.expect import DEFINED_IN, Expectation
from lakeward.quality.result import Result

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Detail = Literal["BASIC", "SUMMARY"]
QUANTILES = "expect_column_quantile_values_to_be_between"


def check(frame: DataFrame, suite: Sequence[Expectation], result_format: Detail = "SUMMARY") -> list[Result]:
    """Check a frame by GX on Spark, without a project, files or messages to anyone.

    Args:
        frame: the rows.
        suite: the expectations.
        result_format: how much GX is to tell; each sample of what failed is a query more.
    """
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
            if DEFINED_IN in expectation.meta:
                import_module(expectation.meta[DEFINED_IN])  # which makes the class known to GX
            asked[place] = told.to_domain_obj()
        except Exception as error:  # GX refuses arguments, and users' modules fail, in many ways
            results[place] = Result(expectation, False, problem=_refused(error), engine="gx")
    for together in _rounds(asked.values()):
        found = batch.validate(
            gx.ExpectationSuite(name=uuid4().hex, expectations=together), result_format=result_format
        )
        for each in found.results:  # in an order of GX's own
            config = each.expectation_config
            place = (config.meta or {})["place"] if config else 0
            results[place] = _result(suite[place], each)
    return [results[place] for place in range(len(suite))]


def _rounds(asked: Collection[Any]) -> Collection[list[Any]]:
    """Part quantiles of one column: GX 1.24 takes them for the same, whichever they are."""
    rounds: dict[int, list[Any]] = {}
    before = Counter[str]()
    for each in asked:
        if each.expectation_type != QUANTILES:
            rounds.setdefault(0, []).append(each)
            continue
        rounds.setdefault(before[each.column], []).append(each)
        before[each.column] += 1
    return rounds.values()


def _result(expectation: Expectation, told: Any) -> Result:
    raised = told.exception_info or {}
    nested = next((each for each in raised.values() if isinstance(each, dict)), raised)
    problem = _cause(str(nested.get("exception_message") or "")) if nested.get("raised_exception") else ""
    return Result(expectation, bool(told.success), dict(told.result), problem, "gx")


def _refused(error: Exception) -> str:
    """Say why GX takes no such arguments; pydantic's own first line tells but how many faults they have."""
    faults: Any = getattr(error, "errors", list)()
    return f"{type(error).__name__}: {'; '.join(each['msg'] for each in faults) or error}"


def _cause(message: str) -> str:
    """Give what was thrown; of a traceback out of Spark's workers, which comes as a message, its last line."""
    return message.rstrip().rpartition("\n")[2] if "\nTraceback (most" in message else message


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
