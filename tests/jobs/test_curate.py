from __future__ import annotations

from dataclasses import replace

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
