from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable

from lakeward.lake import archive, jars, jvm
from lakeward.lake.errors import LakewardError, UsageError
from lakeward.lake.session import _beside, driver_pid, session, settings

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import SparkSession


def test_importing_it_imports_no_pyspark() -> None:
    code = "import sys, lakeward.lake.session; raise SystemExit('pyspark' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_arguments_win_over_variables_and_both_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEWARD_MASTER", "local[3]")
    monkeypatch.setenv("LAKEWARD_DRIVER_MEMORY", "1g")
    monkeypatch.delenv("LAKEWARD_JVM", raising=False)

    by_variable, by_argument = settings(), settings(master="yarn", submitted={"spark.master": "local[9]"})

    assert (by_variable.master, by_variable.sources["master"]) == ("local[3]", "LAKEWARD_MASTER")
    assert (by_variable.driver_memory, by_variable.sources["jvm"]) == ("1g", "default")
    assert (by_argument.master, by_argument.sources["master"], by_argument.is_local) == ("yarn", "argument", False)
    assert settings(submitted={"spark.master": "local[9]"}).sources["master"] == "spark-submit"


def test_long_work_is_compiled_well_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAKEWARD_JVM", raising=False)

    by_default = [settings(is_long=is_long).jvm for is_long in (False, True)]
    monkeypatch.setenv("LAKEWARD_JVM", "quick")

    assert [*by_default, settings(is_long=True).jvm] == ["quick", "steady", "quick"]


def test_an_unknown_profile_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEWARD_JVM", "warp")

    with pytest.raises(UsageError, match="quick or steady"):
        settings()


def test_what_spark_submit_was_given_wins_and_jars_add_up() -> None:
    ours = {"spark.jars": "ours.jar", "spark.ui.enabled": "false", "spark.app": "asked"}
    given = {"spark.jars": "theirs.jar", "spark.ui.enabled": "true", "spark.app": "told"}

    assert _beside(ours, given, {"spark.app"}) == {"spark.jars": "theirs.jar,ours.jar", "spark.app": "asked"}


def test_without_java_the_remedy_names_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark import SparkContext

    monkeypatch.setattr(SparkContext, "_active_spark_context", None)
    monkeypatch.setattr(jars, "paths", lambda _name: [])
    monkeypatch.setattr(jars, "java", lambda: None)

    with pytest.raises(LakewardError, match="openjdk-17-jre-headless"):
        session("no java")


def test_archives_that_are_replaced_or_long_unused_are_removed(tmp_path: Path) -> None:
    for name, days in (("classes-a-old", 0), ("classes-b-new", 1), ("classes-c-gone", 31)):
        (tmp_path / f"{name}.jsa").touch()
        os.utime(tmp_path / f"{name}.jsa", (time.time() - 86_400 * days, time.time()))

    archive.prune(tmp_path / "classes-a-next.jsa")

    assert [each.name for each in tmp_path.iterdir()] == ["classes-b-new.jsa"]


def test_a_rehearsal_that_fails_is_told_and_leaves_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jvm, "archive_path", lambda: tmp_path / "classes-a-b.jsa")

    with pytest.raises(LakewardError, match=r"nowhere failed: .*No module named"):
        archive.make_archive("lakeward.nowhere")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("jar_set", [jars.DELTA, jars.LINEAGE])
def test_an_archive_is_named_for_java_pyspark_and_jars(
    jar_set: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path))
    before = jvm.archive_path()
    (tmp_path / jars.jars(jar_set)[0].file).write_text("changed")
    after = jvm.archive_path()

    assert before is not None and after is not None and before != after
    assert "pyspark4.2.0" in before.name and before.parent == tmp_path
    assert "SharedArchiveFile" not in jvm.options("quick")
    after.touch()
    assert f"-XX:SharedArchiveFile={after}" in jvm.options("quick")


def test_a_delta_table_is_written_read_and_merged(spark: SparkSession, tmp_path: Path) -> None:
    where = str(tmp_path / "table")
    spark.range(3).selectExpr("id", "'a' as name").write.format("delta").save(where)

    spark.createDataFrame([(2, "b"), (9, "c")], "id bigint, name string").createOrReplaceTempView("arrived")
    spark.sql(
        f"merge into delta.`{where}` t using arrived s on t.id = s.id "
        "when matched then update set * when not matched then insert *"
    )

    rows = spark.read.format("delta").load(where).orderBy("id").collect()
    assert [tuple(row) for row in rows] == [(0, "a"), (1, "a"), (2, "b"), (9, "c")]


def test_readers_without_a_jvm_read_what_we_write(spark: SparkSession, tmp_path: Path) -> None:
    where = str(tmp_path / "table")
    spark.range(10).selectExpr("id", "id % 2 as part").write.format("delta").partitionBy("part").save(where)
    spark.sql(f"delete from delta.`{where}` where id = 4")  # noqa: S608 -- our own path
    table = DeltaTable(where)

    assert table.metadata().configuration["delta.enableInCommitTimestamps"] == "true"
    assert set(table.to_pyarrow_table(columns=["id"])["id"].to_pylist()) == {0, 1, 2, 3, 5, 6, 7, 8, 9}
    assert all(name.endswith(".zstd.parquet") for name in table.file_uris())


def test_readers_without_a_jvm_read_times_far_from_ours(spark: SparkSession, tmp_path: Path) -> None:
    path = str(tmp_path / "times")
    far = ["0001-01-02 00:00:00", "1600-01-01 00:00:00", "2262-04-12 00:00:00", "9999-12-31 23:59:59.999999"]
    spark.createDataFrame([(each,) for each in far], "at string").selectExpr("cast(at as timestamp)").coalesce(
        1
    ).write.format("delta").save(path)

    table = DeltaTable(path)
    told = table.get_add_actions(flatten=True)

    assert [f"{at:%Y-%m-%d %H:%M:%S}".zfill(19) for at in table.to_pyarrow_table()["at"].to_pylist()] == [
        each[:19] for each in far
    ]
    assert told.column("max.at")[0].as_py().year == 9999


def test_workers_run_our_python(spark: SparkSession) -> None:
    def who(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow

        for _ in batches:
            yield pyarrow.RecordBatch.from_pydict({"python": [sys.executable]})

    assert [row.python for row in spark.range(1).mapInArrow(who, "python string").collect()] == [sys.executable]


def test_times_are_utc_and_partitioned_writes_do_not_sort(spark: SparkSession) -> None:
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    assert spark.sql("select cast(timestamp '1970-01-01 00:00:00' as bigint)").first()[0] == 0  # type: ignore[index]
    assert int(spark.conf.get("spark.sql.maxConcurrentOutputFileWriters") or 0) > 0


def test_the_driver_is_a_living_process_and_a_second_call_gives_the_same_session(spark: SparkSession) -> None:
    pid = driver_pid(spark)

    assert pid is not None and Path(f"/proc/{pid}").exists()
    assert session("again").sparkContext is spark.sparkContext


@pytest.mark.parametrize("condition", ["", "a = "])
def test_a_query_that_is_wrong_says_so_once_and_prints_no_trace(
    condition: str, spark: SparkSession, capfd: pytest.CaptureFixture[str]
) -> None:
    from pyspark.errors import PySparkException
    from pyspark.sql import functions as F

    session("made")
    frame = spark.createDataFrame([(1,)], "a int")
    with pytest.raises(PySparkException):
        frame.where(condition) if condition else frame.select(F.col("nope")).collect()

    assert "ContextLogger" not in capfd.readouterr().err
