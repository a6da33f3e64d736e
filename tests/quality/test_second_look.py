"""Expectations that ask twice: what the second question rests on is what the first one found."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pyspark.sql.functions as F
import pytest
from pyspark.sql import DataFrame, SparkSession

from lakeward.quality import expect
from lakeward.quality.compiler.ranks import FEW
from lakeward.quality.engine import Checks

ROWS = 3 * FEW + 1


@pytest.fixture(scope="module")
def many(spark: SparkSession) -> DataFrame:
    """More values than are looked at one by one: out of order, many of them equal, some missing, some no number."""
    mixed = F.expr(f"pmod(id * 7919, {ROWS})")
    return spark.range(ROWS).select(
        F.when(mixed < 5, None).when(mixed < 10, math.nan).otherwise(mixed.cast("double")).alias("all_differ"),
        F.when(mixed < ROWS // 3, 1.0).when(mixed < ROWS // 2, 2.0).otherwise(mixed.cast("double")).alias("few"),
    )


def test_quantiles_of_many_values_are_exact(many: DataFrame) -> None:
    shares = [0.0, 0.001, 0.25, 0.5, 0.7777, 1.0]
    suite = [
        expect.column_quantile_values_to_be_between(
            column, {"quantiles": shares, "value_ranges": [[None, None]] * len(shares)}
        )
        for column in ("all_differ", "few")
    ]

    told = Checks.for_frame(suite, many.schema).run(many)

    for result, column in zip(told, ("all_differ", "few"), strict=True):
        values = sorted(
            row[0] for row in many.select(column).collect() if row[0] is not None and not math.isnan(row[0])
        )
        exact = [values[max(1, math.ceil(share * len(values))) - 1] for share in shares]
        assert result.numbers["observed_value"]["values"] == exact


def test_a_median_is_found_while_rows_are_written(many: DataFrame, spark: SparkSession, tmp_path: Path) -> None:
    suite = [expect.column_median_to_be_between("all_differ", 0), expect.column_median_to_be_between("few", 0)]
    checks = Checks.for_frame(suite, many.schema)

    watched = checks.watched(many)
    watched.frame.write.parquet(str(tmp_path / "out"))
    told = checks.after(spark.read.parquet(str(tmp_path / "out")), watched.seen())

    values = [row[0] for row in many.select("all_differ").collect() if row[0] is not None and not math.isnan(row[0])]
    assert told[0].numbers["observed_value"] == statistics.median(values)
    assert told[1].numbers["observed_value"] == statistics.median(row[0] for row in many.select("few").collect())


def test_each_delivery_is_measured_by_its_own_middle(spark: SparkSession) -> None:
    rows = [("calm", value) for value in (1.0, 1.1, 0.9, 1.0, 9.0)] + [("wild", value) for value in (1.0, 50.0, 9.0)]
    frame = spark.createDataFrame(rows, "part string, value double").coalesce(1)
    suite = (
        expect.column_values_to_not_be_outliers("value"),
        expect.column_value_z_scores_to_be_less_than("value", 1.5, double_sided=True),
        expect.column_most_common_value_to_be_in_set("value", (1.0,)),
        expect.column_values_to_be_increasing("value"),
    )
    checks = Checks.for_frame(suite, frame.schema)
    assert "1 more look for what rests on those numbers" in checks.explained()

    told = checks.after_each(frame, "part", {"calm": {}, "wild": {}, "none": {}})

    assert told == {key: checks.run(frame.where(f"part = '{key}'")) for key in ("calm", "wild", "none")}
    assert [each.numbers.get("unexpected_count") for each in told["calm"]] == [1, 1, None, 1]
    assert [each.success for each in told["wild"]] == [True, True, False, False]
