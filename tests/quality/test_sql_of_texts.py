"""Texts of agencies within SQL: each is itself, whatever letters it holds."""

from __future__ import annotations

from pyspark.sql import SparkSession

from lakeward.quality.sql import sql_in


def test_every_letter_of_a_text_is_found_again(spark: SparkSession) -> None:
    texts = [f"a{chr(code)}b" for code in (*range(0x01, 0x100), 0x200B, 0x2028, 0x3000, 0xE001, 0xF0001)]
    rows = spark.createDataFrame([(text,) for text in [*texts, "ab"]], "county string")

    assert [row.county for row in rows.where(sql_in("county", texts)).collect()] == texts


def test_of_no_texts_a_value_is_none(spark: SparkSession) -> None:
    assert not spark.sql("select 'a' as county").where(sql_in("county", ())).count()
