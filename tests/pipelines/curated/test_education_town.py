"""Education of towns; villages are made."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import Row, SparkSession

from lakeward.pipelines.curated.education_town import education_town
from lakeward.pipelines.education.village_education import VILLAGE_EDUCATION

PARTED = {
    "people_15_up": 100, "doctor_graduated_men": 1, "doctor_graduated_women": 2, "doctor_unfinished_men": 1,
    "doctor_unfinished_women": 0, "master_graduated_men": 3, "master_graduated_women": 4, "master_unfinished_men": 1,
    "master_unfinished_women": 1, "university_graduated_men": 10, "university_graduated_women": 7,
    "illiterate_men": 0, "illiterate_women": 5,
}  # fmt: skip
TOGETHER = {
    "people_15_up": 50, "doctor_graduated_both": 1, "doctor_unfinished_both": 0, "master_graduated_both": 4,
    "master_unfinished_both": 1, "university_graduated_both": 9, "illiterate_both": 2,
}  # fmt: skip


def _village(year: int, town: str, village: str, code: str | None, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "year": year, "county_name": "桃園縣" if year < 2015 else "桃園市", "town_name": town,
        "village_name": village, "village_code": code, **counts,
    }  # fmt: skip


@pytest.fixture(scope="module")
def rows(spark: SparkSession) -> dict[tuple[str, str, int], Row]:
    villages = [
        _village(2020, "中壢區", "甲里", "68000020001", PARTED),
        _village(2020, "中壢區", "乙里", "68000020002", {**dict.fromkeys(PARTED, 0), "people_15_up": 100}),
        _village(2020, "空區", "丙里", None, dict.fromkeys(PARTED, 0)),
        _village(2014, "中壢市", "甲里", None, TOGETHER),
    ]
    schema = ", ".join(f"{column.name} {column.type}" for column in VILLAGE_EDUCATION.columns)
    names = list(VILLAGE_EDUCATION.types)
    frame = spark.createDataFrame([tuple(each.get(name) for name in names) for each in villages], schema)
    return {(row["county_name"], row["town_name"], row["year"]): row for row in education_town(frame).collect()}


def test_men_and_women_of_all_villages_are_added_up(rows: dict[tuple[str, str, int], Row]) -> None:
    town = rows["桃園市", "中壢區", 2020]

    assert (town["villages"], town["people_15_up"], town["graduates"], town["town_code"]) == (2, 200, 10, "68000020")
    assert (town["graduate_ratio"], town["university_ratio"], town["illiterate_ratio"]) == (0.05, 0.15, 0.025)


def test_years_that_do_not_part_them_count_as_well(rows: dict[tuple[str, str, int], Row]) -> None:
    town = rows["桃園市", "中壢市", 2014]

    assert (town["graduate_ratio"], town["university_ratio"], town["illiterate_ratio"]) == (0.1, 0.3, 0.04)
    assert town["town_code"] is None


def test_a_town_without_people_has_no_ratio(rows: dict[tuple[str, str, int], Row]) -> None:
    assert rows["桃園市", "空區", 2020]["graduate_ratio"] is None
