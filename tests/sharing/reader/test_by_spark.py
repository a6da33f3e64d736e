"""Spark reads the same rows as DuckDB, where someone asks for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main
from lakeward.sharing.reader.lake import OpenLake

JOINED = """
    -- gold.rain_dya is no table, nor is 'gold.rain_dya'
    select g.town, round(sum(gold.rain_day.rain_mm)) as mm from gold.rain_day
    join silver.environment.gauges g using (gauge_id) where g.town <> 'gold.rain_day' group by 1 order by 1;
"""


@pytest.mark.parametrize("asked", [
    {}, {"columns": ["gauge_id"], "where": "rain_mm > 1.6"}, {"version": 1, "columns": "gauge_id"},
    {"version": "1.0", "columns": ["gauge_id", "rain_mm"]}, {"limit": 0}, {"as_of": "2999-01-01"},
])  # fmt: skip
def test_spark_reads_what_duckdb_reads(spark: SparkSession, opened: OpenLake, asked: Any) -> None:
    table = opened["gold.rain_day"]

    found = [tuple(row) for row in table.spark(**asked).collect()]

    assert sorted(map(repr, found)) == sorted(map(repr, table.duckdb(**asked).fetchall()))


def test_the_command_asks_spark(spark: SparkSession, opened: OpenLake, capsys: pytest.CaptureFixture[str]) -> None:
    lake = ["--spark", "--json", "--lake", str(opened.lake.root)]

    assert main(["sql", JOINED, *lake]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [
        {"town": "南竿鄉", "mm": 2.0},
        {"town": "花蓮市", "mm": 10.0},
    ]
    for wrong in (
        "select rain from gold.rain_day",
        "drop table x",
        "insert into gold.rain_day select * from gold.rain_day",
        "selec",
    ):
        assert main(["sql", wrong, *lake]) == 2
        assert "Spark's SQL" in capsys.readouterr().err
    assert opened["gold.rain_day"].history()["version"].tolist() == [2, 1, 0]
