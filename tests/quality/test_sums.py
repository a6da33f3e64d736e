"""Parts that add up: which rows are told, in what words, and that Great Expectations says the same."""

from __future__ import annotations

from pyspark.sql import SparkSession

from lakeward.quality import through_gx
from lakeward.quality.compiler import reason
from lakeward.quality.engine import Checks
from lakeward.quality.expect import Expectation
from lakeward.quality.sums import column_values_to_be_sum_of, parts_of
from lakeward.quality.wording import in_chinese

RULE = column_values_to_be_sum_of("people", ("men", "women"), severity="warning")
ROWS = [(3, 1, 2), (3, 3, None), (3, 1, 1), (3, None, None), (None, 1, 1)]


def test_only_a_whole_with_parts_that_make_another_number_is_told(spark: SparkSession) -> None:
    frame = spark.createDataFrame(ROWS, "people int, men int, women int")

    (ours,) = Checks.for_frame([RULE], frame.schema).run(frame)
    (theirs,) = through_gx.check(frame, [RULE])

    assert (ours.success, ours.engine, ours.numbers["unexpected_count"]) == (False, "spark", 1)
    assert theirs.numbers["unexpected_count"] == 1
    assert [(row.men, row.women) for row in frame.where(RULE.arguments["row_condition"]).collect()] == [(1, 1)]


def test_it_is_told_in_words_of_its_own_and_names_its_parts() -> None:
    assert reason(RULE) == "people: not the sum of its parts"
    assert in_chinese(reason(RULE), {"people": "總計"}) == "總計：不等於各部分之和"
    assert parts_of(RULE) == ("men", "women")
    assert parts_of(Expectation("expect_column_values_to_be_null", {"column": "people"})) == ()
