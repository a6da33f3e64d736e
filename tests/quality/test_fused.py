"""What a write tells of a suite, by its statistics and few counts, is what a pass over the rows finds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from cases import SCHEMA, expectation, rows
from pyspark.sql import DataFrame, SparkSession

from lakeward.lake.staged import INDEXED, staged
from lakeward.quality import expect, file_statistics
from lakeward.quality.engine import Checks, types_of
from lakeward.quality.expect import Expectation
from lakeward.quality.result import Result

Written = tuple[DataFrame, Sequence[file_statistics.Statistics]]
COLUMNS = "i int, n bigint, d double, m decimal(6,1), day date, f float, w decimal(38,2)"


def fused(frame: DataFrame, suite: list[Expectation], path: Path) -> tuple[list[Result], int]:
    """Check a frame as it is written; give the results, and how many numbers were left for a look at the files."""
    checks = Checks.for_frame(suite, frame.schema)
    watched = checks.watched(frame, frame.columns[:INDEXED])
    with staged(watched.frame, path, step="test", about="test", mode="overwrite") as written:
        known = watched.known(written.missing, written.statistics)
        return checks.after(written.frame(), known), len(set(checks.questions[0]) - set(known))


@pytest.mark.parametrize("seed", [8, 11])
def test_random_suites_have_the_same_results_fused_and_alone(seed: int, spark: SparkSession, tmp_path: Path) -> None:
    dice = Random(seed)  # noqa: S311
    frame = spark.createDataFrame(rows(dice), SCHEMA).coalesce(1)
    made = [expectation(dice) for _ in range(150)]
    suite = [made[place] for place in Checks.for_frame(made, frame.schema).ready]
    in_pass = [each for each in suite if "column" in each.arguments and "quantile" not in each.type][:40]

    told, _ = fused(frame, in_pass, tmp_path / "table")

    alone = Checks.for_frame(in_pass, frame.schema).run(frame)
    assert [repr(pair) for pair in zip(told, alone, strict=True) if repr(pair[0]) != repr(pair[1])] == []


@pytest.mark.parametrize(
    ("column", "low", "high", "strict", "broken"),
    [
        ("i", 1, 9, False, 0), ("i", 1, 9, True, None), ("i", 10, None, False, 3), ("i", None, 0, False, 3),
        ("i", 9, None, True, 3), ("i", 2, 5, False, None), ("i", 0.5, 9.5, False, 0),
        ("d", -0.5, 2, False, 0), ("d", -0.5, 1, False, None), ("d", 2.5, None, False, 3),
        ("m", 950.1, 951.5, False, 0), ("m", 951, 952, False, None), ("m", 0, 950, True, 3),
        ("n", 2**53 + 1, None, False, 0), ("n", float(2**53), None, True, None),
        ("day", "2020-02-29", "2024-01-01", False, 0), ("day", "2020-03-01", None, False, None),
        ("day", "2025-01-01", None, False, 3),
    ],
)  # fmt: skip
def test_bounds_are_told_from_the_ends_of_a_column(
    column: str,
    low: float | str | None,
    high: float | str | None,
    strict: bool,
    broken: int | None,
    written: Written,
) -> None:
    frame, statistics = written
    rule = expect.column_values_to_be_between(column, low, high, strict_min=strict, strict_max=strict)
    types = types_of(frame.schema)
    checks = Checks.for_frame([rule], frame.schema)
    asked = checks.questions[0][-1]

    told = file_statistics.answers(types, statistics, [asked]).get(asked)

    assert told == broken
    assert broken in (None, checks.run(frame)[0].numbers["unexpected_count"])


@pytest.fixture(scope="module")
def written(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Rows in two files, and what Delta noted of them."""
    many = [
        (1, 2**53 + 1, -0.5, Decimal("950.1"), date(2020, 2, 29), 1.1, Decimal("1.25")),
        (None, None, None, None, None, None, None),
        (5, 2**53 + 3, 1.5, Decimal("951.5"), date(2021, 2, 28), 1.1, Decimal("1.25")),
        (9, 2**62 + 1, 2.0, Decimal("950.5"), date(2024, 1, 1), 1.1, Decimal("1.25")),
    ]
    frame = spark.createDataFrame(many, COLUMNS).repartition(2)
    path = tmp_path_factory.mktemp("fused") / "table"
    with staged(frame, path, step="test", about="test", mode="overwrite") as files:
        return frame, files.statistics


def test_ends_are_told_whole_or_not_at_all(written: Written) -> None:
    frame, statistics = written
    suite = [each(column, 0, 1) for column in frame.columns if column != "day"
             for each in (expect.column_min_to_be_between, expect.column_max_to_be_between)]  # fmt: skip
    checks = Checks.for_frame(suite, frame.schema)

    told = file_statistics.answers(types_of(frame.schema), statistics, checks.questions[0])

    assert {(each.sql, each.value) for each in set(checks.questions[0]) - set(told)} == {
        (sql, column) for sql in ("min({})", "max({})") for column in ("`f`", "`w`")
    }
    assert checks.after(frame, told) == checks.run(frame)


@pytest.mark.parametrize("special", [math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers_are_counted_one_by_one(special: float, spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.createDataFrame([(1.0,), (special,), (None,)], "d double").coalesce(1)
    suite = [expect.column_values_to_be_between("d", 0, 2), expect.column_max_to_be_between("d", 0, 2)]

    told, looked_for = fused(frame, suite, tmp_path / "table")

    assert looked_for > 0
    assert repr(told) == repr(Checks.for_frame(suite, frame.schema).run(frame))
    assert told[0].numbers["unexpected_count"] == 1


@pytest.mark.parametrize("text", ["ab", "axb"])
def test_rules_on_text_are_counted_as_the_rows_pass_by(text: str, spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.createDataFrame([("ab",), (text,), (None,)], "s string")
    suite = [expect.column_values_to_not_match_regex("s", "x"), expect.column_value_lengths_to_be_between("s", 2, 2)]

    told, looked_for = fused(frame, suite, tmp_path / "table")

    assert looked_for == 0
    assert told == Checks.for_frame(suite, frame.schema).run(frame)
    assert [each.success for each in told] == [text == "ab"] * 2
