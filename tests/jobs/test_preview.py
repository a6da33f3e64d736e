"""A curated table is tried on a slice, and the lake stays as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.preview import as_text, preview
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated, Dataset, Source
from lakeward.quality import expect

TOWN, RAIN_MM, COUNTY = (
    Open("town", "string", "town", key=True),
    Open("rain_mm", "long", "rain", unit="mm"),
    Open("county", "string", "county"),
)
RAIN = Dataset("made.rain", "Rain", "虛構", "nobody", Source("made/*.csv", "CC0-1.0", "never"), (TOWN, RAIN_MM))
TOWNS = Dataset("made.towns", "Towns", "虛構", "nobody", Source("made/*.csv", "CC0-1.0", "never"), (TOWN, COUNTY))
MADE = Curated(
    "gold.made", "Made", "虛構", inputs=(RAIN, TOWNS), grain="a town", columns=(TOWN, COUNTY, RAIN_MM),
    build=lambda rain, towns: rain.join(towns, "town"),
    suite=(expect.column_values_to_be_between("rain_mm", 0, 9),),
)  # fmt: skip


@pytest.fixture
def filled(spark: SparkSession, lake: Lake) -> Lake:
    rain = spark.createDataFrame([("A", 1), ("B", 2), ("C", 50)], "town string, rain_mm long")
    rain.coalesce(1).write.format("delta").save(str(lake.table(RAIN.table)))
    towns = spark.createDataFrame([("A", "X"), ("B", "Y"), ("C", "Y")], "town string, county string")
    towns.coalesce(1).write.format("delta").save(str(lake.table(TOWNS.table)))
    return lake


def test_a_slice_of_each_input_that_has_the_columns_is_taken_and_nothing_written(filled: Lake) -> None:
    before = sorted(filled.root.rglob("*"))

    seen = preview(filled, MADE, "county = 'Y'")

    assert (seen.count, seen.sliced, seen.versions) == (2, (TOWNS.table,), {RAIN.table: 0, TOWNS.table: 0})
    assert [(row["town"], row["rain_mm"]) for row in seen.rows] == [("B", 2), ("C", 50)]
    assert len(seen.failures) == 1 and "not between 0 and 9" in seen.failures[0]
    assert f"{TOWNS.table}@0 (a slice): 2 rows, nothing written" in as_text(seen)
    assert sorted(filled.root.rglob("*")) == before


def test_a_condition_on_the_key_slices_both_and_rules_may_hold_there(filled: Lake) -> None:
    seen = preview(filled, MADE, "town < 'C'", rows=1)

    assert (seen.count, len(seen.rows), seen.failures, len(seen.sliced)) == (2, 1, [], 2)


@pytest.mark.parametrize(("where", "said"), [
    ("height_m > 1", "no input of gold.made has all columns"), ("town ===", "this is no condition"),
])  # fmt: skip
def test_a_condition_that_fits_nothing_is_told(filled: Lake, where: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        preview(filled, MADE, where)


def test_what_rests_on_nothing_built_says_what_to_run(lake: Lake) -> None:
    with pytest.raises(UsageError, match=r"silver.made.rain, silver.made.towns, not built yet") as told:
        preview(lake, MADE)
    assert "lakeward run made.rain made.towns" in str(told.value)


def test_a_data_set_is_tried_otherwise(lake: Lake) -> None:
    with pytest.raises(UsageError, match="made from files"):
        preview(lake, replace(RAIN))
