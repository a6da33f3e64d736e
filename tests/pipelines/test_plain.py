"""Plain text is read by functions of our own: never otherwise than by the long way, which reads everything."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyspark.sql.functions as F
import pytest
from pyspark.sql import Column, SparkSession

from lakeward.lake.functions import called
from lakeward.pipelines import normalise

TYPES = {
    "int": "int", "bigint": "bigint", "double": "double", "date": "date", "month": "date", "month_end": "date",
    "timestamp": "timestamp",
}  # fmt: skip
PLAIN = {
    "int": ("12", "-5", "007", "-0", "999999999", "-999999999"),
    "bigint": ("12", "-5", "999999999999999999", "-999999999999999999"),
    "double": (
        "12",
        "-5",
        "-0",
        "0.1",
        "121.5134567",
        "25.034567890123456789",
        "-9007199254740993",
        "0.000000000000001",
    ),
    "date": ("2024-02-29", "2023/02/29", "1600-01-01", "2999/12/31", "2024-12-31 23:59:59", "1970-01-01"),
    "month": ("10405", "00112", "19913", "19901", "20001", "00001"),
    "month_end": ("10402", "11302"),
    "timestamp": (
        "2024-02-29 24",
        "1980-01-01 00",
        "2099/12/31 23",
        "2024/02/29T23:59:59",
        "2999-12-31 24",
        "1979-07-01 12:00:00",
    ),
}
LETTERS = "0123456789-/ T:.+年,e９"


def _texts(kind: str, seed: int, count: int) -> list[str]:
    """Make text that is plain, or nearly."""
    of = random.Random(f"{kind} {seed}")  # noqa: S311

    def spoiled(text: str) -> str:
        for _ in range(of.choice((0, 1, 1, 2))):
            at = of.randrange(len(text) + 1)
            text = text[:at] + of.choice(("", of.choice(LETTERS))) + text[at + of.choice((0, 1)) :]
        return text

    def other(text: str) -> str:
        return "".join(of.choice("0123456789") if each.isdecimal() and of.random() < 0.4 else each for each in text)

    return [*PLAIN[kind], *(spoiled(other(of.choice(PLAIN[kind]))) for _ in range(count))]


@pytest.fixture
def long_way(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Column], Column]:
    """Read without functions of our own."""

    def read(kind: str, text: Column) -> Column:
        nothing = F.lit(None).cast(TYPES[kind])
        with monkeypatch.context() as without:
            without.setattr(normalise, "called", lambda name, text: F.when(text.isNull(), nothing))
            return normalise.parse(kind, text)

    return read


@pytest.mark.parametrize("kind", TYPES)
def test_they_read_text_as_the_long_way_does(
    spark: SparkSession, long_way: Callable[[str, Column], Column], kind: str
) -> None:
    frame = spark.createDataFrame([(text,) for text in _texts(kind, 20261130, 4000)], "text string")
    text = F.col("text")
    plain = called(f"plain_{kind.removesuffix('_end')}", text)

    both = frame.select(
        text, normalise.parse(kind, text).alias("ours"), long_way(kind, text).alias("long"), plain.alias("plain")
    )

    different = both.where("not (ours <=> long)").limit(20).collect()
    assert different == []
    assert 100 < both.where("plain is not null").count() < 4000, "the texts try one way only"


def test_a_minus_before_zero_is_kept(spark: SparkSession) -> None:
    row = spark.range(1).select(normalise.parse("double", F.lit("-0")).alias("zero")).first()

    assert row
    assert str(row["zero"]) == "-0.0"
