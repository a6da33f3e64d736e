"""Every expectation seen to hold, to fail, and to let a missing value pass where it should."""

from __future__ import annotations

import pyspark.sql.functions as F
import pytest
from pyspark.sql import SparkSession

from lakeward.lake.errors import UsageError
from lakeward.quality import expect, rules
from lakeward.quality.expect import Expectation

SCHEMA = "number int, `no. %` string, on date"
CASES: list[tuple[Expectation, list[bool], str]] = [  # broken by: the good row, the bad row, the row of nulls
    (expect.column_values_to_not_be_null("number"), [False, False, True], "number: no value"),
    (expect.column_values_to_be_between("number", 1, 9), [False, True, False], "number: not between 1 and 9"),
    (expect.column_values_to_be_between("number", 1), [False, False, False], "number: below 1"),
    (expect.column_values_to_be_between("number", None, 9), [False, True, False], "number: above 9"),
    (expect.column_values_to_be_between("on", "2020-01-01", "2020-12-31"), [False, True, False], "on: not between 2020-01-01 and 2020-12-31"),
    (expect.column_values_to_be_in_set("number", (1, 2)), [False, True, False], "number: not in the code list"),
    (expect.column_values_to_be_in_set("no. %", ("甲", "it's \\ here")), [False, True, False], "no. %: not in the code list"),
    (expect.column_values_to_match_regex("no. %", r"^(甲|\\d'+)$"), [False, True, False], r"no. %: does not match ^(甲|\\d'+)$"),
]  # fmt: skip


def test_each_row_rule_breaks_the_rows_it_should_and_never_gives_null(spark: SparkSession) -> None:
    rows = spark.createDataFrame(
        [(1, "甲", "2020-05-05"), (10, "乙", "2021-01-01"), (None, None, None)], SCHEMA.replace("date", "string")
    )
    rows = rows.withColumn("on", F.col("on").cast("date"))

    found = rows.select(
        *(F.expr(rules.breaks_when(rule)).alias(str(n)) for n, (rule, _, _) in enumerate(CASES))
    ).collect()

    for number, (rule, broken, said) in enumerate(CASES):
        assert [row[number] for row in found] == broken, rule
        assert rules.reason(rule) == said
        assert rules.is_row_rule(rule)


def test_values_with_quotes_and_backslashes_match_themselves(spark: SparkSession) -> None:
    odd = "it's \\ here"
    rows = spark.createDataFrame([(1, odd)], "number int, text string")
    in_set = expect.column_values_to_be_in_set("text", (odd,))
    matches = expect.column_values_to_match_regex("text", r"^it's \\ \w+$")

    told = rows.select(F.expr(rules.breaks_when(in_set)), F.expr(rules.breaks_when(matches))).first()

    assert told
    assert list(told) == [False, False]


def test_each_table_rule_observes_what_it_judges(spark: SparkSession) -> None:
    rows = spark.createDataFrame([(1, "甲"), (1, "甲"), (1, None), (1, None)], "number int, text string")
    count = expect.table_row_count_to_be_between(4, 4)
    unique = expect.compound_columns_to_be_unique(("number", "text"))

    told = rows.agg(F.expr(rules.observed(count)), F.expr(rules.observed(unique))).first()

    assert told
    assert list(told) == [4, 2]
    assert rules.holds(count, 4)
    assert not rules.holds(count, 5)
    assert rules.holds(unique, 0)
    assert not rules.holds(unique, 2)
    assert not rules.is_row_rule(count)


def test_an_unknown_expectation_names_the_known_ones() -> None:
    unknown = Expectation("expect_miracles", {"column": "a"})

    for ask in (rules.breaks_when, rules.reason, rules.observed):
        with pytest.raises(UsageError, match="expect_miracles") as refused:
            ask(unknown)
        assert "expect_column_values_to_not_be_null" in refused.value.remedy
