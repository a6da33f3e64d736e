from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.curate import curate
from lakeward.jobs.plan import CuratedPlan
from lakeward.lake import delta
from lakeward.lake.errors import GateFailed
from lakeward.lake.storage import Lake
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Dataset, Source
from lakeward.quality import across, expect, history

COLUMNS = (Open("town", "string", "town", key=True), Open("rain_mm", "int", "rain", unit="mm"))
RAIN = Dataset(
    "made.rain", "Made rain", "虛構雨量", "nobody", Source("made/*.csv", "not stated", "never"), COLUMNS
)  # fmt: skip
GOOD = Curated(
    name="gold.towns", title="Towns", title_zh="鄉鎮", inputs=(RAIN,), grain="a town", columns=COLUMNS,
    build=lambda rain: rain.where("rain_mm > 0"),
    suite=(
        expect.column_values_to_be_between("rain_mm", 0, 9),
        expect.column_values_to_be_unique("town"),
        expect.column_values_to_match_strftime_format("town", "%Y", severity="warning"),  # GX's own engine
        across.column_values_to_exist_in_table("town", "silver.made.rain"),
    ),
)  # fmt: skip


@pytest.fixture
def filled(spark: SparkSession, lake: Lake) -> Lake:
    rows = spark.createDataFrame([("B", 2), ("A", 1), ("A", 0), ("C", 50)], "town string, rain_mm int")
    rows.where("rain_mm < 9").write.format("delta").save(str(lake.table(RAIN.table)))
    rows.write.format("delta").mode("overwrite").save(str(lake.table(RAIN.table)))
    return lake


def _plan(table: Curated) -> CuratedPlan:
    return CuratedPlan(table, "made", "new")


def test_a_table_that_breaks_its_suite_leaves_neither_a_version_nor_a_file(spark: SparkSession, filled: Lake) -> None:
    path = filled.table(GOOD.table)

    with pytest.raises(GateFailed, match="not between 0 and 9"):
        curate(spark, filled, _plan(GOOD), "run-1")
    assert not path.exists()

    wide = replace(GOOD, suite=(expect.column_values_to_be_between("rain_mm", 0, 99), *GOOD.suite[1:]))
    built = curate(spark, filled, _plan(wide), "run-2")
    before = sorted(path.rglob("*"))
    with pytest.raises(GateFailed):
        curate(spark, filled, _plan(GOOD), "run-3")

    assert (built.version, built.rows, len(built.warnings)) == (0, 3, 1)
    assert delta.note_of(path)["counts"] == {"rows_read": 3, "rows_written": 3}
    assert delta.first_rows(path, 9, ["town"]) == [{"town": "A"}, {"town": "B"}, {"town": "C"}]
    assert sorted(path.rglob("*")) == before
    verdicts = [(row["run_id"], row["success"]) for row in history.records(filled)]
    assert [[ok for run, ok in verdicts if run == f"run-{n}"] for n in (1, 2, 3)] == [
        [False, True, False, True], [True, True, False, True], [False, True, False, True],
    ]  # fmt: skip


def test_gold_tells_how_its_rows_changed_also_where_it_was_made_before_it_did(
    spark: SparkSession, filled: Lake
) -> None:
    path, wide = filled.table(GOOD.table), replace(GOOD, suite=())
    spark.sql("select 'Z' as town, 7 as rain_mm").write.format("delta").save(str(path))

    versions = [curate(spark, filled, _plan(wide), run).version for run in ("run-1", "run-2")]

    assert versions == [2, 3]  # version 1 turned the feed on
    opened = delta.opened(path)
    assert opened
    changed = pa.table(opened.load_cdf(starting_version=2, ending_version=2)).to_pylist()
    told = sorted((row["_change_type"], row["town"]) for row in changed)
    assert told == [("delete", "Z"), ("insert", "A"), ("insert", "B"), ("insert", "C")]
    assert not (path / "_change_data").exists()  # it costs no file
    assert opened.to_pyarrow_table()["town"].to_pylist() == ["A", "B", "C"]


def test_a_new_table_of_gold_has_its_feed_from_the_first_version_on(spark: SparkSession, filled: Lake) -> None:
    assert curate(spark, filled, _plan(replace(GOOD, suite=())), "run-1").version == 0

    opened = delta.opened(filled.table(GOOD.table))
    assert opened
    assert opened.metadata().configuration["delta.enableChangeDataFeed"] == "true"
