"""Counties, towns and villages over time; counts and codes are made."""

from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakeward.pipelines.curated.counties import counties
from lakeward.pipelines.curated.towns import towns
from lakeward.pipelines.curated.villages import villages

EARLY, LATE = date(2015, 8, 31), date(2021, 3, 31)


@pytest.fixture
def counted(spark: SparkSession) -> DataFrame:
    """A village whose town rose in rank, one that ended and one that began."""
    rows = [
        ("10007100001", "彰化縣", "員林鎮", "東和里", EARLY), ("10007100001", "彰化縣", "員林市", "東和里", LATE),
        ("68000020001", "桃園市", "中壢區", "甲里", EARLY), ("68000020009", "桃園市", "中壢區", "乙里", LATE),
    ]  # fmt: skip
    return spark.createDataFrame(
        rows, "village_code string, county_name string, town_name string, village_name string, counted_on date"
    )


def test_a_town_stands_once_for_each_of_its_names(counted: DataFrame) -> None:
    told = {(row["town_code"], row["town_name"]): row for row in towns(counted).collect()}

    assert set(told) == {("10007100", "員林鎮"), ("10007100", "員林市"), ("68000020", "中壢區")}
    before, after = told["10007100", "員林鎮"], told["10007100", "員林市"]
    assert (before["first_counted_on"], before["last_counted_on"], before["is_current"]) == (EARLY, EARLY, False)
    assert (after["first_counted_on"], after["is_current"], after["county_name_en"]) == (LATE, True, "Changhua County")
    assert told["68000020", "中壢區"]["last_counted_on"] == LATE


def test_villages_keep_their_old_code_and_those_never_counted_stay(spark: SparkSession, counted: DataFrame) -> None:
    codes = spark.createDataFrame(
        [("1000710-001", "彰化縣", "員林鎮", "東和里"), ("6301200-003", "台北市", "北投區", "丁里"),
         ("68000020-001", "桃園市", "中壢區", "甲里")],
        "code string, county_name string, town_name string, village_name string",
    )  # fmt: skip

    told = {(row["village_code"], row["town_name"]): row for row in villages(counted, codes).collect()}

    assert {at: row["old_village_code"] for at, row in told.items()} == {
        ("10007100001", "員林鎮"): "1000710-001", ("10007100001", "員林市"): "1000710-001",
        ("68000020001", "中壢區"): None, ("68000020009", "中壢區"): None, ("63000120003", "北投區"): "6301200-003",
    }  # fmt: skip
    gone = told["63000120003", "北投區"]
    assert (gone["first_counted_on"], gone["is_current"], gone["county_name"]) == (None, False, "臺北市")
    assert [told[code, "中壢區"]["is_current"] for code in ("68000020001", "68000020009")] == [False, True]


def test_counties_of_all_times_say_what_they_are_today(counted: DataFrame) -> None:
    told = {row["county_code"]: row for row in counties(counted).collect()}

    assert len(told) == 29
    assert told["68000"]["first_counted_on"] == EARLY
    old = told["10003"]
    assert (old["county_name"], old["valid_to"], old["county_name_today"]) == ("桃園縣", "2014-12-24", "桃園市")
    assert (old["is_current"], old["first_counted_on"], told["68000"]["is_current"]) == (False, None, True)
