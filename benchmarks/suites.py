"""The made rows and the suites of `quality.py`: weather at stations, 2 rows in 1,000 of them bad."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.quality import expect
from lakeward.quality.expect import Expectation

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

COUNTIES = tuple(f"第{n}縣" for n in range(22))
READINGS = ("temperature_c", "humidity_pct", "pressure_hpa", "wind_ms")
COLUMNS = (
    "id",
    "concat('S', lpad(id % 500, 4, '0')) as station",
    "date_add(date'2010-01-01', cast(id div 12000 as int)) as day",
    "cast(id div 500 % 24 as int) as hour",
    f"element_at(array({', '.join(repr(name) for name in COUNTIES)}), cast(id % 500 % 22 + 1 as int)) as county",
    "if(hash(id) % 500 = 0, 'bad', concat(chr(65 + cast(pmod(hash(id), 26) as int)), '-', id % 100000)) as code",
    "if(hash(id, 1) % 50 = 0, null, pmod(hash(id, 1), 500) / 10e0 - 10) as temperature_c",
    "cast(pmod(hash(id, 2), 101) as int) as humidity_pct",
    "cast(950 + pmod(hash(id, 3), 1000) / 10 as decimal(6,1)) as pressure_hpa",
    "if(hash(id, 4) % 9 = 0, null, pmod(hash(id, 4), 300) / 10e0) as wind_ms",
    "if(hash(id, 4) % 9 = 0, null, pmod(hash(id, 4), 300) / 10e0 + pmod(hash(id, 5), 50)) as gust_ms",
    "if(hash(id, 6) % 3 = 0, null, repeat('字', cast(pmod(hash(id, 6), 20) as int))) as note",
)
TWELVE = (
    expect.column_values_to_not_be_null("station"),
    expect.column_values_to_not_be_null("day"),
    expect.column_values_to_be_between("hour", 0, 23),
    expect.column_values_to_be_between("temperature_c", -20, 45, mostly=0.99),
    expect.column_values_to_be_between("humidity_pct", 0, 100),
    expect.column_values_to_be_in_set("county", COUNTIES),
    expect.column_values_to_match_regex("code", "^[A-Z]-[0-9]+$", mostly=0.99),
    expect.column_value_lengths_to_be_between("station", 5, 5),
    expect.column_pair_values_a_to_be_greater_than_b("gust_ms", "wind_ms", or_equal=True),
    expect.column_mean_to_be_between("temperature_c", 10, 20),
    expect.column_max_to_be_between("humidity_pct", 90, 99),  # fails: 100 is there
    expect.table_row_count_to_be_between(1),
)
UNIQUE = (
    expect.column_values_to_be_unique("id"),
    expect.compound_columns_to_be_unique(("station", "day", "hour")),
)


def _more() -> list[Expectation]:
    made = [expect.column_values_to_be_between(name, -1000, 1000, mostly=0.5) for name in READINGS]
    made += [expect.column_values_to_be_between(name, 10, 60, mostly=0.3) for name in READINGS]
    made += [expect.column_min_to_be_between(name, -1000, 1000) for name in READINGS]
    made += [expect.column_max_to_be_between(name, -1000, 1100) for name in READINGS]
    made += [expect.column_sum_to_be_between(name, 0) for name in READINGS[:2]]
    made += [expect.column_values_to_not_be_null(name, mostly=0.5) for name in ("county", "code", "note", "gust_ms")]
    made += [
        expect.column_stdev_to_be_between("wind_ms", 0, 100),
        expect.column_proportion_of_non_null_values_to_be_between("note", 0.1, 1),
        expect.column_value_lengths_to_be_between("note", 0, 19),
        expect.column_value_lengths_to_be_between("county", 3, 4),
        expect.column_values_to_not_match_regex("note", "^x"),
        expect.column_values_to_not_be_in_set("county", ("甲", "乙")),
    ]
    return made


def suites() -> dict[str, Sequence[Expectation]]:
    """Give the four suites: 12 and 40 expectations, without and with uniqueness."""
    forty = (*TWELVE, *_more())
    return {
        "12": TWELVE,
        "12, 2 of them unique": (*TWELVE[:-2], *UNIQUE),
        "40": forty,
        "40, 2 of them unique": (*forty[:-2], *UNIQUE),
    }


def make(spark: SparkSession, rows: int, path: Path) -> None:
    """Write the rows as Parquet, of about a million a file."""
    spark.range(0, rows, 1, max(2, rows // 1_000_000)).selectExpr(*COLUMNS).write.parquet(str(path))
