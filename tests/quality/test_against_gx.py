"""Our engine against Great Expectations' own on Spark: the same verdicts and numbers on random frames and suites.

LAKEWARD_GX_CASES=20000 LAKEWARD_GX_SEED=7 pytest tests/quality/test_against_gx.py
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from cases import MAKERS, SCHEMA, expectation, rows

from lakeward.quality import expect, through_gx
from lakeward.quality.compiler import COMPILED
from lakeward.quality.engine import Checks
from lakeward.quality.expect import Expectation
from lakeward.quality.gate import told
from lakeward.quality.result import Result

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CASES = int(os.environ.get("LAKEWARD_GX_CASES", "2000"))
SEED = int(os.environ.get("LAKEWARD_GX_SEED", "4711"))
A_FRAME = 150
# Thousands of jobs over a few rows each: making code for them would be nearly all the work. Spark skips cached rows for
# which `> 200` holds by the largest value it noted, in which NaN is none: then GX counts them or not as they are cached.
TINY = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.inMemoryColumnarStorage.partitionPruning": "false",
    "spark.sql.shuffle.partitions": "1",
}
COMPARED = (
    "observed_value", "element_count", "unexpected_count", "unexpected_percent", "missing_count", "missing_percent",
    "unexpected_percent_total", "unexpected_percent_nonmissing", "details",
)  # fmt: skip
NOT_COMPARED = ("unexpected_values", "unexpected_index_list", "unexpected_index_query")
"""What GX fetches besides, at a query for each: samples of what failed."""
NO_MORE_SHRINKING = 40


@pytest.fixture(scope="module")
def tiny(spark: SparkSession) -> SparkSession:
    """A session for tiny jobs."""
    own = spark.newSession()
    for name, value in TINY.items():
        own.conf.set(name, value)
    return own


@pytest.fixture
def no_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have GX fetch no samples of what failed."""
    from great_expectations.validator.validator import ValidationDependencies

    as_it_was = ValidationDependencies.set_metric_configuration

    def asked(self: Any, metric_name: str, metric_configuration: Any) -> None:
        if not metric_name.endswith(NOT_COMPARED):
            as_it_was(self, metric_name, metric_configuration)

    monkeypatch.setattr(ValidationDependencies, "set_metric_configuration", asked)


@pytest.mark.usefixtures("no_samples")
def test_verdicts_and_numbers_are_those_of_great_expectations(
    tiny: SparkSession, record_property: Callable[[str, Any], None]
) -> None:
    seen: set[str] = set()
    compared = 0
    frame_no = 0
    while compared < CASES:
        dice = Random(f"{SEED}/{frame_no}")  # noqa: S311
        data = rows(dice)
        suite = [expectation(dice) for _ in range(A_FRAME)]
        frame = tiny.createDataFrame(data, SCHEMA).coalesce(1).cache()
        checks = Checks.for_frame(suite, frame.schema)
        ours = [suite[place] for place in checks.ready]
        for each, (mine, theirs) in zip(ours, _both(frame, ours), strict=True):
            if said := _difference(mine, theirs):
                raise AssertionError(_shrunk(tiny, data, each, said, frame_no))
        frame.unpersist()
        seen |= {each.type for each in ours}
        compared += len(ours)
        frame_no += 1
    record_property(
        "told", f"{compared} random cases on {frame_no} frames, seed {SEED}: all as Great Expectations says"
    )
    assert seen == set(COMPILED)


@pytest.mark.parametrize(
    "once_wrong",
    [
        expect.column_value_z_scores_to_be_less_than("d", 2.5, double_sided=False),  # the deviation is NaN
        expect.column_kl_divergence_to_be_less_than("d", {"bins": [-5, 0, 1, 2], "weights": [0.2, 0.5, 0.3]}, 0.5),
        expect.column_kl_divergence_to_be_less_than("d", {"bins": [-5, -1, 0], "weights": [0.5, 0.5]}, None),
        expect.column_quantile_values_to_be_between("d", {"quantiles": [0.9], "value_ranges": [[1, None]]}),
    ],
)
def test_what_random_cases_once_found(once_wrong: Expectation, tiny: SparkSession) -> None:
    frame = tiny.createDataFrame([(each,) for each in (-0.0, 0.0, 1.5, 2.0, math.nan, math.inf, None)], "d double")

    ((mine, theirs),) = _both(frame.coalesce(1), [once_wrong])

    assert not _difference(mine, theirs)


def test_what_cannot_be_compiled_goes_through_gx_in_the_same_run(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("[2020]", 1), ("x", 2)], "s string, i int")
    suite = (
        expect.column_values_to_be_json_parseable("s"),
        expect.column_values_to_be_between("i", 5, 1),
        expect.column_values_to_be_between("i", 1, 1),
        Expectation("expect_column_values_to_be_perfect", {"column": "i"}),
    )

    results = Checks.for_frame(suite, frame.schema).run(frame)

    assert [(each.success, each.engine, bool(each.problem)) for each in results] == [
        (False, "gx", False), (False, "gx", True), (False, "spark", False), (False, "gx", True),
    ]  # fmt: skip
    assert results[0].numbers["unexpected_count"] == 1
    assert "perfect" in results[3].problem


def test_what_a_worker_threw_is_told_without_its_traceback(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("x",)], "s string")
    suite = (expect.column_values_to_match_json_schema("s", {"type": "object"}),)

    (result,) = Checks.for_frame(suite, frame.schema).run(frame)

    assert result.problem == "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"


def test_why_great_expectations_takes_no_such_arguments_is_told_in_a_line(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(1,)], "i int")

    (result,) = Checks.for_frame((expect.column_values_to_be_between("i"),), frame.schema).run(frame)

    assert told(result) == (
        "i: expect_column_values_to_be_between could not be checked: "
        "ValidationError: min_value and max_value cannot both be None"
    )


def test_a_set_that_names_a_value_twice_is_judged_by_gx_itself(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(0.0,)], "d double")
    sets = [expect.column_distinct_values_to_equal_set("d", twice) for twice in ((0.0, -0.0), (0.0, 0.0))]
    within = expect.column_distinct_values_to_be_in_set("d", (0.0, -0.0))

    results = Checks.for_frame((*sets, within), frame.schema).run(frame)

    assert [each.engine for each in results] == ["gx", "gx", "spark"]
    assert [each.success for each in results] == [False, False, True], "GX misses the second"


def test_each_maker_makes_what_is_compiled() -> None:
    made = {make(Random(seed)).type for make in MAKERS for seed in range(20)}  # noqa: S311

    assert made == set(COMPILED)


def _both(frame: DataFrame, suite: Sequence[Expectation]) -> list[tuple[Result, Result]]:
    mine = Checks.for_frame(suite, frame.schema).run(frame)
    assert all(each.engine == "spark" for each in mine)
    return list(zip(mine, through_gx.check(frame, suite, "BASIC"), strict=True))


def _difference(mine: Result, theirs: Result) -> str:
    if theirs.problem and mine.problem:
        return ""
    if theirs.problem:
        return f"GX cannot: {theirs.problem[:1500]}"
    if mine.success != theirs.success:
        return f"ours {mine.success} {dict(mine.numbers)}, theirs {theirs.success} {dict(theirs.numbers)}"
    for name in COMPARED:
        if not _same(mine.numbers.get(name), theirs.numbers.get(name)):
            return f"{name}: ours {mine.numbers.get(name)!r}, theirs {theirs.numbers.get(name)!r}"
    return ""


def _same(mine: Any, theirs: Any) -> bool:
    """Compare numbers but for the last digits, and whatever is made of them."""
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return mine.keys() == theirs.keys() and all(_same(mine[key], theirs[key]) for key in mine)
    if isinstance(mine, list | tuple) and isinstance(theirs, list | tuple):
        return len(mine) == len(theirs) and all(map(_same, mine, theirs))
    if isinstance(mine, float) and isinstance(theirs, float):
        both_nan = math.isnan(mine) and math.isnan(theirs)
        return both_nan or math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-15) or mine == theirs
    return bool(mine == theirs)


def _shrunk(
    spark: SparkSession, data: list[tuple[Any, ...]], expectation: Expectation, said: str, frame_no: int
) -> str:
    """Drop rows as long as the two still disagree, and say what is left."""
    tries = 0
    at = 0
    while at < len(data) and tries < NO_MORE_SHRINKING:
        fewer = data[:at] + data[at + 1 :]
        ((mine, theirs),) = _both(spark.createDataFrame(fewer, SCHEMA).coalesce(1), [expectation])
        tries += 1
        if left := _difference(mine, theirs):
            data, said = fewer, left
        else:
            at += 1
    return f"seed {SEED}, frame {frame_no}: {expectation}\non {data}\n{said}"
