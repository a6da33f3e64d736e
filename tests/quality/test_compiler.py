"""Every expectation seen to hold, to fail, and to let a missing value pass where it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyspark.sql.functions as F
import pytest
from pyspark.sql import SparkSession

from lakeward.lake.staged import staged
from lakeward.quality import expect
from lakeward.quality.compiler import compiled, is_row_rule, reason
from lakeward.quality.engine import Checks
from lakeward.quality.expect import Expectation
from lakeward.quality.sql import NotCompiled
from lakeward.quality.watched import ROWS

SCHEMA = "number int, `no. %` string, on date"
TYPES = {"number": "int", "no. %": "string", "on": "date", "text": "string"}
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
        *(F.expr(compiled(rule, TYPES).breaks).alias(str(n)) for n, (rule, _, _) in enumerate(CASES))
    ).collect()

    for number, (rule, broken, said) in enumerate(CASES):
        assert [row[number] for row in found] == broken, rule
        assert reason(rule) == compiled(rule, TYPES).reason == said
        assert is_row_rule(rule)


def test_values_with_quotes_and_backslashes_match_themselves(spark: SparkSession) -> None:
    odd = "it's \\ here"
    rows = spark.createDataFrame([(1, odd)], "number int, text string")
    in_set = expect.column_values_to_be_in_set("text", (odd,))
    matches = expect.column_values_to_match_regex("text", r"^it's \\ \w+$")

    told = rows.select(F.expr(compiled(in_set, TYPES).breaks), F.expr(compiled(matches, TYPES).breaks)).first()

    assert told
    assert list(told) == [False, False]


def test_numbers_that_several_ask_for_are_counted_once_and_keys_share_a_shuffle() -> None:
    suite = (
        expect.column_values_to_be_between("number", 1, 9),
        expect.column_values_to_be_between("number", 1, 9, mostly=0.5),
        expect.column_values_to_be_unique("number"),
        expect.column_unique_value_count_to_be_between("number", 1, 9),
        expect.column_values_to_be_json_parseable("text"),
    )

    assert Checks.of(suite, TYPES).explained() == [
        "1 pass over the rows for 4 expectations: 3 numbers",
        "1 shuffle by `number` where `number` is not null",
        "Great Expectations' own engine for expect_column_values_to_be_json_parseable: what is JSON is what Python's json "
        "reads, `NaN` included",
    ]


def test_what_a_write_counts_is_what_a_pass_of_its_own_finds(spark: SparkSession, tmp_path: Path) -> None:
    rows = spark.createDataFrame([(1, "甲"), (10, "甲"), (1, None)], "number int, text string")
    suite = (
        expect.column_values_to_be_between("number", 1, 9),
        expect.column_values_to_be_unique("text"),
        expect.column_mean_to_be_between("number", 1, 3),
    )
    checks = Checks.for_frame(suite, rows.schema)

    watched = checks.watched(rows)
    watched.frame.write.parquet(str(tmp_path / "out"))

    assert watched.seen()[ROWS] == 3
    assert checks.after(spark.read.parquet(str(tmp_path / "out")), watched.seen()) == checks.run(rows)
    assert [each.success for each in checks.run(rows)] == [False, False, False]


def test_what_delta_counts_as_it_writes_is_not_counted_twice(spark: SparkSession, tmp_path: Path) -> None:
    rows = spark.createDataFrame([(1, "甲"), (10, None), (None, None)], "number int, text string").repartition(2)
    suite = (
        expect.column_values_to_not_be_null("text", mostly=0.5),
        expect.column_values_to_be_null("text"),
        expect.column_values_to_be_between("number", 1, 9),
        expect.column_proportion_of_non_null_values_to_be_between("text", 0.1, 0.2),
    )
    checks = Checks.for_frame(suite, rows.schema)

    watched = checks.watched(rows, rows.columns)
    with staged(watched.frame, tmp_path / "table", step="test", about="test", mode="overwrite") as written:
        known = watched.known(written.missing, written.statistics)

    assert written.missing == {"number": 1, "text": 2}
    assert watched.asked == (ROWS,)
    assert (
        {each.where for each in set(checks.questions[0]) - set(known)}
        == {
            "`number` is not null and (`number` >= 1 and `number` <= 9) <=> false"  # some are beyond, some not: a look says how many
        }
    )
    assert checks.after(rows, known) == checks.run(rows)


def test_each_delivery_has_the_results_it_would_have_alone(spark: SparkSession) -> None:
    rows = spark.createDataFrame([("a", 1), ("a", 1), ("b", 50), ("b", None)], "part string, number int")
    suite = (
        expect.column_values_to_be_between("number", 1, 9),
        expect.column_values_to_be_unique("number"),
        expect.table_row_count_to_be_between(1),
        expect.column_max_to_be_between("number", 1, 9),
    )
    checks = Checks.for_frame(suite, rows.schema)

    told = checks.after_each(rows, "part", {"a": {}, "b": {}, "none": {}})

    assert told == {key: checks.run(rows.where(f"part = '{key}'")) for key in ("a", "b", "none")}
    assert [each.success for each in told["none"]] == [True, True, False, False]


@pytest.mark.parametrize(
    ("expectation", "why"),
    [
        (Expectation("expect_miracles", {"column": "number"}), "none of GX's"),
        (expect.column_values_to_be_between("nowhere", 1, 9), "no column nowhere"),
        (expect.column_values_to_be_between("number", "x", "y"), "not of the type"),
        (expect.column_values_to_be_between("number", 9, 1), "not in order"),
        (expect.column_values_to_be_between("on", "2020-02-30"), "not of the type"),
        (expect.column_values_to_not_be_in_set("on", ("x",)), "not of the type"),
        (expect.column_values_to_be_in_set("number", ()), "empty"),
        (expect.column_values_to_match_regex("number", "1"), "no text"),
    ],
)
def test_what_is_left_to_gx_says_why(expectation: Expectation, why: str) -> None:
    with pytest.raises(NotCompiled, match=why):
        compiled(expectation, TYPES)


def test_compiled_suites_import_no_gx() -> None:
    code = "import sys; from lakeward.quality import across, engine, gate; raise SystemExit('great_expectations' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
