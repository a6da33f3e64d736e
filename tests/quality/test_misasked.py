"""A rule that Spark cannot ask is the one that is named; what else Spark throws stays what it is."""

from __future__ import annotations

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Column
from lakeward.quality import expect
from lakeward.quality.engine import Checks
from lakeward.quality.expect import Expectation
from lakeward.quality.misasked import the_rule_named

COLUMNS = (
    Column("id", "string", "id"), Column("n", "int", "n"), Column("on", "date", "day"),
    Column("tags", "array<string>", "tags"),
)  # fmt: skip
SOUND = (
    expect.column_values_to_not_be_null("id"),
    expect.column_values_to_match_regex("id", "^[0-9]+$"),
    expect.compound_columns_to_be_unique(("id", "n")),
    expect.column_mean_to_be_between("n", 0, 5),
)


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (expect.column_values_to_match_regex("id", "("), r"expect_column_values_to_match_regex on id .* '\('"),
        (
            expect.column_values_to_be_between("n", 0, 5, row_condition="nn > 3"),
            "expect_column_values_to_be_between on n .* `nn`",
        ),
    ],
)
def test_the_rule_is_named(spark: SparkSession, odd: Expectation, said: str) -> None:
    suite = (*SOUND, odd)
    frame = spark.createDataFrame([("1", 1, None, None)], "id string, n int, on date, tags array<string>")

    with (
        pytest.raises(UsageError, match=said) as told,
        the_rule_named(spark, "made.table", suite, COLUMNS),
    ):
        Checks.for_frame(suite, frame.schema).run(frame)

    assert told.value.remedy == "mend the rule in the suite of made.table"


def test_what_no_rule_throws_by_itself_is_told_as_it_was(spark: SparkSession) -> None:
    with pytest.raises(PySparkException, match="DIVIDE_BY_ZERO"), the_rule_named(spark, "made.table", SOUND, COLUMNS):
        spark.sql("select 1 / id from range(1)").collect()
