"""Functions of our own in Spark: how their JAR is made, and which numbers a group has more than once."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakeward.lake import functions, jars, package
from lakeward.lake.errors import LakewardError
from lakeward.lake.functions import called
from lakeward.lake.in_memory import COMPILED, INTERPRETED
from lakeward.lake.tuned import tuned

MOST = 500_000
"""As in Seen.java."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of JARs."""
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_they_are_compiled_once_and_without_a_jdk(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = jars.java()
    assert program
    (tmp_path / "jre" / "bin").mkdir(parents=True)
    (tmp_path / "jre" / "bin" / "java").symlink_to(Path(program).resolve())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jre"))

    made = functions.jar()
    before = made.stat()

    assert made.parent == cache
    assert functions.jar() == made
    assert made.stat().st_mtime_ns == before.st_mtime_ns
    assert shutil.which("javac", path=str(tmp_path / "jre" / "bin")) is None


def test_the_same_sources_make_the_same_bytes(cache: Path) -> None:
    made = functions.jar()
    first = made.read_bytes()
    made.unlink()

    assert functions.jar().read_bytes() == first


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path / "file" / "cache"))

    with pytest.raises(LakewardError, match="LAKEWARD_JARS"):
        functions.jar()


def test_sources_that_do_not_compile_are_told(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "java" / "functions" / "Broken.java"
    source.parent.mkdir(parents=True)
    source.write_text("class Broken {", "utf-8")
    monkeypatch.setattr("lakeward.lake.own_jar._package", lambda: tmp_path)

    with pytest.raises(LakewardError, match="do not compile"):
        functions.jar()
    assert list(cache.glob("*")) == []


@pytest.mark.parametrize("seed", range(3))
def test_numbers_that_a_group_has_twice_are_found_wherever_they_lie(spark: SparkSession, seed: int) -> None:
    of = random.Random(seed)  # noqa: S311
    numbers = [(of.randrange(4), of.choice([0, -1, 2**63 - 1, -(2**63), of.randrange(3000)])) for _ in range(4000)]
    frame = spark.createDataFrame(numbers, "part int, number bigint").repartition(5)

    told = frame.groupBy("part").agg(called("repeated", F.col("number")).alias("twice")).collect()

    counts = Counter(numbers)
    expected = {
        part: {n for (of_part, n), count in counts.items() if of_part == part and count > 1} for part in range(4)
    }
    assert {row["part"]: set(row["twice"]) for row in told} == expected


def test_of_no_rows_no_number_is_there_twice(spark: SparkSession) -> None:
    assert spark.range(0).agg(called("repeated", F.col("id")).alias("twice")).first() == ([],)


@pytest.mark.parametrize(
    ("numbers", "tasks", "is_told"),
    [(MOST, 3, True), (MOST + 1, 3, False), (2 * MOST, 5, False), (5 * MOST, 4, False)],
    ids=["all", "one too many", "too many before all have told", "too many in each task"],
)
def test_beyond_what_memory_should_hold_nothing_is_told(
    spark: SparkSession, numbers: int, tasks: int, is_told: bool
) -> None:
    frame = spark.range(1, numbers + 1, 1, tasks)

    row = frame.agg(called("repeated", F.col("id")).alias("twice")).first()

    assert row
    assert row["twice"] == ([] if is_told else None)


def test_of_very_many_repeats_nothing_is_told_either(spark: SparkSession) -> None:
    row = spark.range(0, MOST + 10, 1, 2).agg(called("repeated", F.col("id") % 5).alias("twice")).first()

    assert row
    assert row["twice"] is None


@pytest.mark.parametrize("settings", [COMPILED, INTERPRETED], ids=["compiled", "interpreted"])
def test_a_text_is_found_in_each_of_two_lists(spark: SparkSession, settings: dict[str, str]) -> None:
    texts = [f"{n % 16:x}{n:03}" for n in range(100)]
    asked = [*texts[:5], texts[4], None, "ffff", "", *reversed(texts)]
    rows = spark.createDataFrame([(text,) for text in asked], "text string").coalesce(1)
    lists = [F.split(F.lit(",".join(each)), ",") for each in (texts, texts[50:])]

    with tuned(spark, settings):
        found = rows.select("text", *(called("place", F.col("text"), each) for each in lists)).collect()

    at = {text: n for n, text in enumerate(texts)}
    later = {text: n for n, text in enumerate(texts[50:])}
    assert [tuple(row) for row in found] == [(text, at.get(str(text)), later.get(str(text))) for text in asked]


SUBMITTED = """
from pyspark.sql import functions as F

from lakeward.lake.functions import called
from lakeward.lake.session import session

spark = session("functions")
texts = F.split(F.lit("0,1,2"), ",")
rows = spark.range(0, 3000, 1, 3).select((F.col("id") % 2991).alias("n"), (F.col("id") % 3).cast("string").alias("part"))
rows = rows.withColumn("at", called("place", F.col("part"), texts)).withColumn("n", called("plain_bigint", F.col("n").cast("string")))
told = rows.groupBy("at").agg(F.size(called("repeated", F.col("n"))).alias("twice")).collect()
print("told", sorted(map(tuple, told)))
"""


def test_they_are_known_to_tasks_of_a_job_that_spark_submit_started(tmp_path: Path) -> None:
    script = tmp_path / "job.py"
    script.write_text(SUBMITTED, "utf-8")
    line = [str(jars.spark_home() / "bin" / "spark-submit"), "--py-files", str(package.zipped()), str(script)]
    python = {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable, "LAKEWARD_MASTER": "local[2]"}

    done = subprocess.run(line, env=os.environ | python, capture_output=True, text=True, check=False)

    assert "told [(0, 3), (1, 3), (2, 3)]" in done.stdout, done.stderr[-2000:]
