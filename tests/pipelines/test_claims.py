from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakeward.pipelines.claims import NO_DAYS, days, looked_up


@pytest.mark.parametrize(
    ("claim", "first", "last"),
    [
        ("2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("2018-04", date(2018, 4, 1), date(2018, 4, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2018-04-07", date(2018, 4, 7), date(2018, 4, 7)),
    ],
)
def test_a_claim_is_days(claim: str, first: date, last: date) -> None:
    assert days(claim) == (first, last)


@pytest.mark.parametrize("claim", ["2018-13", "2018-02-30", "2018-00", "0000", "107年", "", "2018-04-07-01", "99999"])
def test_what_is_no_period_has_no_days(claim: str) -> None:
    first, last = days(claim)
    assert first > last
    assert (first, last) == NO_DAYS


def test_what_is_told_of_a_delivery_is_found_by_its_sha256(spark: SparkSession) -> None:
    told = {f"{n % 16:x}{n:03}": n for n in range(100)}
    rows = spark.createDataFrame([(sha256,) for sha256 in [*told, "ffff", "x"]], "_sha256 string")
    found = rows.select("_sha256", looked_up({sha: F.lit(n) for sha, n in told.items()}).alias("n")).collect()
    assert {row["_sha256"]: row["n"] for row in found} == {**told, "ffff": None, "x": None}
