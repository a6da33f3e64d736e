"""Names and codes of counties, towns and villages; rows are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from lakeward.pipelines.places import counties, villages
from lakeward.pipelines.places.counties import COUNTIES, COUNTY_NAMES, FORMER_COUNTIES
from lakeward.pipelines.places.names import place_name


def _each(spark: SparkSession, of: Callable[[Column], Column], texts: Sequence[str | None]) -> list[Any]:
    rows = spark.createDataFrame([(at, text) for at, text in enumerate(texts)], "at int, text string")
    return [row[0] for row in rows.orderBy("at").select(of(F.col("text"))).collect()]


def test_counties_are_named_as_today(spark: SparkSession) -> None:
    texts = ["台南縣", "臺南市", "台北縣", "桃園縣", " 高 雄 縣", "連江縣", "東京都", None]

    told = _each(spark, counties.county_today, texts)

    assert told == ["臺南市", "臺南市", "新北市", "桃園市", "高雄市", "連江縣", "東京都", None]


def test_codes_of_any_time_and_length_name_the_county_of_today(spark: SparkSession) -> None:
    texts = ["67000290015", "65000010-001", "1001101", "10003", "09020", "99999", None]

    told = _each(spark, counties.county_of_code, texts)

    assert told == ["臺南市", "新北市", "臺南市", "桃園市", "金門縣", None, None]


def test_chinese_and_english_names_lead_to_each_other(spark: SparkSession) -> None:
    english = _each(spark, counties.english_county, [*COUNTY_NAMES, "台中縣", "關東"])

    assert english[:2] == ["New Taipei City", "Taipei City"]
    assert english[-2:] == ["Taichung City", None]
    assert _each(spark, counties.county_of_english, english[:-2]) == list(COUNTY_NAMES)
    loose = ["tainan", "YILAN COUNTY", "Taoyuan County", "Hsinchu", "Chiayi city", "Atlantis"]
    assert _each(spark, counties.county_of_english, loose) == ["臺南市", "宜蘭縣", "桃園市", None, "嘉義市", None]


def test_codes_of_counties_are_those_of_today(spark: SparkSession) -> None:
    assert _each(spark, counties.code_of_county, ["桃園縣", "台東縣", "無縣"]) == ["68000", "10014", None]


def test_every_former_county_ends_the_day_before_another_begins() -> None:
    begins = {county.name: county.valid_from for county in COUNTIES}

    assert len({county.code for county in COUNTIES + FORMER_COUNTIES}) == 29
    for gone in FORMER_COUNTIES:
        if gone.today == "高雄市":  # it was a municipality before, too
            continue
        assert gone.valid_to[:8] == begins[gone.today][:8]
        assert int(gone.valid_to[8:]) + 1 == int(begins[gone.today][8:])


def test_towns_are_written_one_way(spark: SparkSession) -> None:
    assert _each(spark, place_name, ["北　區", "台西鄉", " ", None]) == ["北區", "臺西鄉", None, None]


def test_old_codes_of_villages_become_new_ones(spark: SparkSession) -> None:
    texts = ["6300100-002", "6702900-015", "6501200001", "1000913-003", "0900701-001"]

    told = _each(spark, villages.new_village_code, texts)

    assert told == ["63000010002", "67000290015", "65000120001", "10009130003", "09007010001"]


def test_what_is_no_old_code_is_no_code(spark: SparkSession) -> None:
    texts = ["65000010-001", "6300110-002", "100091-003", "1000913-03", "六", "", None]

    assert _each(spark, villages.new_village_code, texts) == [None] * 7


def test_dashes_come_and_go(spark: SparkSession) -> None:
    assert _each(spark, villages.village_code, ["65000010-001", "65000010001", "6500010-01", None]) == [
        "65000010001", "65000010001", None, None,
    ]  # fmt: skip
    assert _each(spark, villages.dashed, ["65000010001", "6500010", None]) == ["65000010-001", "6500010", None]


def test_a_village_lies_in_a_town_and_a_county(spark: SparkSession) -> None:
    assert _each(spark, villages.town_code, ["65000010-001", "x"]) == ["65000010", None]
    assert _each(spark, villages.county_code, ["65000010001", None]) == ["65000", None]


def test_disputed_villages_are_named_with_both_codes() -> None:
    assert {each.code: each.registry for each in villages.DISPUTED} == {"67000290020": "67000290015"}
