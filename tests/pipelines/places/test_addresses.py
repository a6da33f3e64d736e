"""Addresses to counties and towns; addresses are made."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakeward.pipelines.places.addresses import with_place

TOWNS = [
    ("雲林縣", "斗六市"), ("雲林縣", "臺西鄉"), ("雲林縣", "北港鎮"), ("彰化縣", "員林市"), ("臺南市", "東區"),
    ("臺南市", "永康區"), ("臺南市", "中西區"), ("臺南市", "西港區"), ("高雄市", "三民區"), ("高雄市", "那瑪夏區"),
    ("桃園市", "桃園區"), ("臺中市", "東區"), ("臺東縣", "臺東市"), ("高雄市", "三民區"), ("臺北市", "中正區"),
    ("基隆市", "中正區"), ("臺中市", "大里區"), ("臺中市", "大里杙區"),
]  # fmt: skip


PLACES: dict[str | None, tuple[str | None, str | None]] = {
    "雲林縣斗六市鎮南路１２號": ("雲林縣", "斗六市"),
    "640雲林縣 斗六市 鎮南里鎮南路12號": ("雲林縣", "斗六市"),
    "雲林縣台西鄉海口村海口21號": ("雲林縣", "臺西鄉"),
    "雲林縣北港鎮斗六市場前": ("雲林縣", "北港鎮"),
    "台南縣永康市中正路1號": ("臺南市", "永康區"),
    "臺南市西區民族路": ("臺南市", "中西區"),
    "臺南市東門路一段": ("臺南市", None),
    "高雄縣三民鄉民權村": ("高雄市", "那瑪夏區"),
    "高雄市三民區建國路": ("高雄市", "三民區"),
    "桃園縣桃園市中正路": ("桃園市", "桃園區"),
    "彰化縣員林鎮莒光路": ("彰化縣", "員林市"),
    "臺中市大里杙區新光路": ("臺中市", "大里杙區"),
    "台東市中華路": ("臺東縣", "臺東市"),
    "東區中華路": (None, None),
    "中正區重慶南路": (None, None),
    "臺北市 / 臺北市中正區": ("臺北市", "中正區"),
    "不詳": (None, None),
    None: (None, None),
}


def test_an_address_tells_its_county_and_town(spark: SparkSession) -> None:
    rows = spark.createDataFrame([(address,) for address in PLACES], "address string")
    towns = spark.createDataFrame(TOWNS, "county_name string, town_name string")

    told = with_place(rows, F.col("address"), towns).collect()

    assert {row["address"]: (row["county_name"], row["town_name"]) for row in told} == PLACES
    assert len(told) == len(PLACES)


def test_a_missing_county_may_be_given(spark: SparkSession) -> None:
    rows = spark.createDataFrame([("東區崇學路", "台南市"), ("東區", None)], "address string, county string")
    towns = spark.createDataFrame(TOWNS, "county_name string, town_name string")

    told = with_place(rows, F.col("address"), towns, F.col("county")).collect()

    assert {tuple(row) for row in told} == {("東區崇學路", "台南市", "臺南市", "東區"), ("東區", None, None, None)}
