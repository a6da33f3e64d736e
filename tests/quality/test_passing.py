"""What is noted as rows pass by is what an aggregation of Spark's finds, whatever the tasks and whatever the values."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakeward.lake.in_memory import COMPILED
from lakeward.lake.staged import INDEXED, staged
from lakeward.lake.tuned import tuned
from lakeward.quality import expect, passing
from lakeward.quality.compiled import Measure, rows_where
from lakeward.quality.engine import Checks
from lakeward.quality.expect import Expectation
from lakeward.quality.passing import Passing
from lakeward.quality.watched import ROWS, numbers, told

DOUBLES = [
    Measure(sql, value, where, is_of_doubles=True)
    for sql in ("sum({})", "avg({})", "stddev_samp({})")
    for value in ("d", "i", "nothing")
    for where in ("", "part = 'a'")
]
COUNTS = [ROWS, rows_where("d > 1"), rows_where("i is null"), Measure("count({})", "d", "part = 'b'")]
SPECIAL = {"none": 1.5, "a zero below 0": -0.0, "no number": math.nan, "no end": math.inf}


def _rows(spark: SparkSession, special: float) -> DataFrame:
    dice = Random(4)  # noqa: S311
    made = [
        (dice.choice("ab"), dice.choice([None, dice.gauss(5, 3)]), dice.choice([None, 3, 2**31 - 1]))
        for _ in range(500)
    ]
    columns = "part string, d double, i int"
    return spark.createDataFrame([*made, ("c", special, None)], columns).selectExpr("*", "double(null) as nothing")


BOUNDS = ((0, 5), (-0.0, None), (None, 0), (0.5, 2**53), (-1e308, 1e308), (3, 3), (2**53 + 2, None))


def test_numbers_beyond_bounds_are_those_that_spark_finds(spark: SparkSession) -> None:
    numbers_of = (None, -0.0, 0.0, 0.5, 3.0, math.nextafter(3, 4), -1e308, math.nan, math.inf, -math.inf, 5.0, 7.0)
    frame = spark.createDataFrame([(each,) for each in numbers_of], "d double")
    frame = frame.selectExpr("d", "cast(d as float) as f", "cast(if(abs(d) < 9, d, null) as smallint) as i")
    rules = [
        expect.column_values_to_be_between(column, *bounds, strict_min=strict and bounds[0] is not None, strict_max=strict and bounds[1] is not None, mostly=0.5)
        for column in frame.columns for bounds in BOUNDS for strict in (False, True) if not (strict and bounds[0] == bounds[1])
    ]  # fmt: skip

    assert _by_functions(frame, rules) == {"beyond": 33, "counted": 6}  # 2**53 + 3 is no double


def test_lengths_are_those_that_spark_finds(spark: SparkSession) -> None:
    dice = Random(5)  # noqa: S311
    texts = ["".join(dice.choices("aé第𠮷\u0000", k=size)) for size in (*range(12), 40, 300) for _ in range(6)]
    frame = spark.createDataFrame([(None,), *((text,) for text in texts)], "s string")
    rules = [expect.column_value_lengths_to_equal("s", size) for size in (0, 3, 8)]
    rules += [
        expect.column_value_lengths_to_be_between("s", *bounds, mostly=0.1)
        for bounds in ((0, 7), (8, None), (None, 11), (3, 3))
    ]

    assert _by_functions(frame, rules) == {"lengths": 6}  # (3, 3) is a length of 3


def _by_functions(frame: DataFrame, rules: list[Expectation]) -> Counter[str]:
    """Hold what our functions note of rules against Spark's own count, and tell how many did it, by name."""
    broken = [Checks.for_frame([rule], frame.schema).questions[0][-1] for rule in rules]
    noted = Passing(frame, broken)
    noted.frame.collect()
    row = frame.agg(*numbers(broken)).first()
    assert row
    assert noted.seen() == told(row, broken)
    assert len(set(noted.seen().values())) > 2
    return Counter(note.function for note in {passing.note_of(each) for each in broken} if note)


@pytest.mark.parametrize("special", SPECIAL.values(), ids=list(SPECIAL))
@pytest.mark.parametrize("tasks", [1, 5])
def test_numbers_are_those_of_an_aggregation(special: float, tasks: int, spark: SparkSession) -> None:
    frame, measures = _rows(spark, special).repartition(tasks), [*COUNTS, *DOUBLES]

    noted = Passing(frame, measures)
    rows = noted.frame.collect()
    seen = noted.seen()

    assert sorted(map(repr, rows)) == sorted(map(repr, frame.collect()))
    row = frame.agg(*numbers(measures)).first()
    assert row
    for measure, expected in told(row, measures).items():
        assert seen[measure] == (expected if expected is None else pytest.approx(expected, rel=1e-12, nan_ok=True)), (
            measure
        )
    assert all(type(seen[each]) is int for each in COUNTS)


def test_of_no_rows_counts_are_0_and_all_else_unknown(spark: SparkSession) -> None:
    noted = Passing(_rows(spark, 0.0).where("false"), [*COUNTS, *DOUBLES])

    noted.frame.collect()

    assert noted.seen() == {**dict.fromkeys(COUNTS, 0), **dict.fromkeys(DOUBLES)}


def test_what_is_beyond_what_java_compiles_is_left_to_spark(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = _rows(spark, 1.5)
    monkeypatch.setattr(passing, "LONGEST", passing.A_COLUMN * len(frame.columns) + 3 * passing.A_NOTE)
    suite = [expect.column_values_to_be_between("d", 0, bound, mostly=0.5) for bound in range(1, 9)]
    suite.append(expect.column_stdev_to_be_between("d", 1, 3))
    checks = Checks.for_frame(suite, frame.schema)

    watched = checks.watched(frame)
    watched.frame.write.parquet(str(tmp_path / "out"))

    assert len(watched.asked) == 11
    assert sum(each in watched.seen() for each in watched.asked) == 11
    assert checks.after(frame, watched.seen()) == checks.run(frame)


def test_where_rows_passed_by_twice_what_was_written_is_looked_at_again(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.createDataFrame([(1.0,), (5.0,), (None,)], "d double")
    suite = [expect.column_mean_to_be_between("d", 3, 3), expect.column_values_to_be_between("d", 2, 9, mostly=0.4)]
    checks = Checks.for_frame(suite, frame.schema)

    watched = checks.watched(frame, frame.columns[:INDEXED])
    watched.frame.collect()
    with staged(watched.frame, tmp_path / "table", step="test", about="test", mode="overwrite") as written:
        known = watched.known(written.missing, written.statistics)
        found = checks.after(written.frame(), known)

    assert (watched.seen()[ROWS], known[ROWS]) == (6, 3)
    assert found == checks.run(frame)
    assert found[1].numbers["unexpected_count"] == 1


def test_sparks_code_for_a_row_is_one_that_java_compiles(spark: SparkSession, tmp_path: Path) -> None:
    texts = [f"concat('第', id) as t{n}" for n in range(20)]
    spark.range(9).selectExpr(*texts, "id / 3D as d").write.parquet(str(tmp_path / "in"))
    frame = spark.read.parquet(str(tmp_path / "in"))
    suite = [
        expect.column_values_to_be_in_set(f"t{n}", [f"第{most}" for most in range(most)], mostly=0.5)
        for n in range(20) for most in (8, 9)
    ]  # fmt: skip

    watched = Checks.for_frame(suite, frame.schema).watched(frame, frame.columns)

    with tuned(spark, COMPILED):
        codes = watched.frame.select("*")._jdf.queryExecution().debug().codegenToSeq()
        sizes = [codes.apply(at)._3().maxMethodCodeSize() for at in range(codes.size())]
    assert len(watched.asked) == 41
    assert max(sizes) > passing.LONGEST / 2
    assert max(sizes) < passing.LONGEST
