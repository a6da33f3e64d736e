from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lakeward.quality import across

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@pytest.fixture(scope="module")
def cases(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame(
        [("A", 2020, 5), ("A", 2021, 7), ("B", 2020, 1), ("X", 2020, 2), ("Y", 2020, 0), (None, 2020, 1)],
        "town string, year int, cases int",
    )


@pytest.fixture(scope="module")
def towns(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame([("A", 12.0), ("B", 1.0), ("C", 3.0), (None, 2.0)], "town string, cases double")


def _found(frame: DataFrame, expectation: Any, other: DataFrame | None = None, last: int | None = None) -> Any:
    def named(table: str) -> DataFrame:
        assert table == "silver.maps.towns" and other is not None
        return other

    result = across.check(frame, expectation, named, last)
    return result.success, result.numbers


def test_codes_that_stand_in_no_list_are_counted_and_shown(cases: DataFrame, towns: DataFrame) -> None:
    success, numbers = _found(cases, across.column_values_to_exist_in_table("town", "silver.maps.towns"), towns)

    assert not success
    assert numbers["partial_unexpected_list"] == ["X", "Y"]
    assert (numbers["element_count"], numbers["missing_count"], numbers["unexpected_count"]) == (6, 1, 2)
    assert numbers["unexpected_percent"] == 40.0
    most = across.column_values_to_exist_in_table("town", "silver.maps.towns", mostly=0.6)
    assert _found(cases, most, towns)[0]
    assert _found(
        cases.where("town = 'A'"), across.column_values_to_exist_in_table("town", "silver.maps.towns"), towns
    )[0]
    assert _found(cases.where("false"), across.column_values_to_exist_in_table("town", "silver.maps.towns"), towns)[0]


def test_sums_are_compared_in_all_and_by_group_and_the_gap_is_told(cases: DataFrame, towns: DataFrame) -> None:
    table = "silver.maps.towns"
    success, whole = _found(cases, across.sums_to_reconcile_with_table("cases", table), towns)
    assert not success
    assert (whole["observed_value"]["here"], whole["observed_value"]["there"]) == (16.0, 18.0)
    assert whole["observed_value"]["gap"] == -2.0

    success, near = _found(cases, across.sums_to_reconcile_with_table("cases", table, tolerance=0.2), towns)
    assert success
    assert near["observed_value"]["differing"] == 1

    success, by_town = _found(cases, across.sums_to_reconcile_with_table("cases", table, by=("town",)), towns)
    assert not success
    assert {(each["town"], each["here"], each["there"]) for each in by_town["observed_value"]["widest"]} == {
        ("X", 2.0, 0.0), ("C", 0.0, 3.0), (None, 1.0, 2.0)
    }  # fmt: skip
    assert (by_town["observed_value"]["groups"], by_town["observed_value"]["off"]) == (6, 3)


def test_rows_may_be_counted_instead_of_summed(cases: DataFrame, towns: DataFrame) -> None:
    counted = across.sums_to_reconcile_with_table("cases", "silver.maps.towns", "*", tolerance=1.0)

    assert _found(cases, counted, towns)[1]["observed_value"]["there"] == 4.0


def test_rows_stay_near_those_of_the_last_release(cases: DataFrame) -> None:
    near = across.table_row_count_to_be_near_last_release(max_loss=0.1, max_growth=0.5)

    assert _found(cases, near)[0]
    assert _found(cases, near, last=6)[0]
    assert not _found(cases, near, last=7)[0]
    assert not _found(cases, near, last=3)[0]
    assert _found(cases, across.table_row_count_to_be_near_last_release(), last=3)[0]
