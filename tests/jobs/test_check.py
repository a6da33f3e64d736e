from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs import check, notify
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Csv, Curated, Dataset, Source
from lakeward.quality import across, expect, history

RAIN = Dataset(
    name="made.rain",
    title="Made rain",
    title_zh="虛構雨量",
    agency="nobody",
    source=Source("made/*.csv", "not stated", "never", format=Csv()),
    columns=(Open("town", "string", "town"), Open("rain_mm", "int", "rain", unit="mm")),
    suite=(
        expect.column_values_to_be_between("rain_mm", 0, 100),
        expect.column_values_to_be_unique("town", severity="warning"),
    ),
)
TOWNS = Curated(
    name="gold.towns", title="Towns", title_zh="鄉鎮", inputs=(RAIN,), grain="a town", columns=RAIN.columns,
    build=lambda rain: rain,
    suite=(
        expect.table_row_count_to_be_between(1),
        across.column_values_to_exist_in_table("town", "silver.made.rain"),
    ),
)  # fmt: skip


@pytest.fixture
def filled(spark: SparkSession, lake: Lake) -> Lake:
    """A lake with two versions of a silver table and a gold one that rests on the first."""
    rows = spark.createDataFrame([("A", 1), ("B", 2)], "town string, rain_mm int")
    rows.write.format("delta").save(str(lake.table(RAIN.table)))
    note = '{"lakeward": 1, "inputs": {"silver.made.rain": 0}}'
    rows.write.format("delta").option("userMetadata", note).save(str(lake.table(TOWNS.table)))
    worse = spark.createDataFrame([("C", 101), ("C", 2)], "town string, rain_mm int")
    worse.write.format("delta").mode("overwrite").save(str(lake.table(RAIN.table)))
    return lake


def test_any_version_of_a_table_is_checked_and_on_record(filled: Lake) -> None:
    good, bad = check.check(filled, RAIN, 0), check.check(filled, RAIN)

    assert (good.exit_code, bad.exit_code, bad.version) == (0, 66, 1)
    assert check.as_text(bad).splitlines() == [
        "silver.made.rain version 1: 0 of 2 rules hold",
        "broken  rain_mm: not between 0 and 100 (1 rows)",
        "warning town: expect_column_values_to_be_unique (2 rows)",
    ]
    assert check.as_text(good).splitlines()[1] == "holds   rain_mm: column_values_to_be_between"
    assert check.as_document(good)["success"] is True
    assert (bad.step.outcome, bad.step.exit_code, bad.step.table_name) == ("failed", 66, RAIN.table)
    assert bad.step.error == "rain_mm: not between 0 and 100 (1 rows)"
    (gate,) = (notify.document(filled, bad.run_id, [bad.step]) or {})["gates"]
    assert [rule["batch"] for rule in gate["broken"]] == ["version 1"]
    assert notify.document(filled, good.run_id, [good.step]) is None
    assert [(row["version"], row["success"]) for row in history.records(filled)] == [
        (1, False), (1, False), (0, True), (0, True),
    ]  # fmt: skip


def test_a_curated_table_is_held_against_the_versions_it_was_made_from(filled: Lake) -> None:
    checked = check.check(filled, TOWNS)

    assert checked.exit_code == 0
    assert [each.success for each in checked.results] == [True, True]


def test_an_older_version_is_held_against_what_it_was_made_from(spark: SparkSession, filled: Lake) -> None:
    newer = spark.createDataFrame([("C", 2)], "town string, rain_mm int")
    note = '{"lakeward": 1, "inputs": {"silver.made.rain": 1}}'
    newer.write.format("delta").mode("overwrite").option("userMetadata", note).save(str(filled.table(TOWNS.table)))

    assert [check.check(filled, TOWNS, version).exit_code for version in (0, 1)] == [0, 0]


def test_a_version_that_is_not_there_is_refused(filled: Lake, lake: Lake) -> None:
    with pytest.raises(UsageError, match="no version 9") as refused:
        check.check(filled, RAIN, 9)
    assert "versions 0 to 1" in refused.value.remedy
