"""Formats of times, compiled: what Python's `strptime` takes is taken, and nothing else."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pyspark.sql.functions as F
import pytest
from pyspark.sql import SparkSession

from lakeward.quality.compiler.strftime import FIELDS, is_written_as
from lakeward.quality.sql import NotCompiled

FORMATS = (
    "%Y-%m-%d", "%Y%m%d", "%y%m%d", "%d/%m/%Y", "%Y-%m-%dT%H:%M:%SZ", "%Y年%m月%d日", "%H:%M:%S.%f", "%H%M", "%S%f",
    "%Y %m", "%d", "%Y%%%m", "%m%y%d", "(%Y)[%m]", "%M\t%S",
)  # fmt: skip
PIECES = (*"0123456789", *"0123456789", *"-/:. TtZz%()[]年月日x\n\u3000", "02", "29", "30", "31", "12", "60", "2000",
          "1900", "０", "２", "９", "٣", "𝟗", "\x1c", "٠١", "")  # fmt: skip
TEXTS_A_FORMAT = 1_000


def test_compiled_formats_take_what_python_takes(spark: SparkSession) -> None:
    dice = Random(7)  # noqa: S311
    rows = [(n, _near(dice, each)) for n, each in enumerate(FORMATS) for _ in range(TEXTS_A_FORMAT)]
    asked = F.expr(
        " ".join(["case n", *(f"when {n} then {is_written_as('text', f)}" for n, f in enumerate(FORMATS)), "end"])
    )

    told = spark.createDataFrame(rows, "n int, text string").select("n", "text", asked.alias("taken")).collect()

    wrong = [(FORMATS[n], text, taken) for n, text, taken in told if taken != _takes(text, FORMATS[n])]
    assert not wrong
    shares = [sum(taken for place, _, taken in told if place == n) / TEXTS_A_FORMAT for n in range(len(FORMATS))]
    assert all(0.1 < share < 0.9 for share in shares)


@pytest.mark.parametrize("strftime_format", ["%B %Y", "%Y %Y", "%Y%y", "%m-%d", "", "no field", "%Y K", "%Yé", "%"])
def test_formats_that_python_reads_in_its_own_ways_are_left_to_it(strftime_format: str) -> None:
    with pytest.raises(NotCompiled):
        is_written_as("text", strftime_format)


def _near(dice: Random, strftime_format: str) -> str:
    """Write a time in a format, and often spoil it a little."""
    text = strftime_format
    for field in FIELDS:
        low, high = {"Y": (1, 9999), "y": (0, 99), "m": (1, 12), "d": (1, 31), "H": (0, 23), "f": (0, 999_999)}.get(
            field, (0, 59)
        )
        width = {"Y": 4, "f": 6}.get(field, 2)
        number = dice.choice((dice.randint(low, high), high, dice.randint(0, 10**width - 1)))
        text = text.replace(f"%{field}", str(number).zfill(dice.choice((1, width, width, width))))
    text = text.replace("%%", "%")
    for _ in range(dice.choice((0, 0, 1, 2))):
        at = dice.randint(0, len(text))
        text = text[:at] + dice.choice(PIECES) + text[at + dice.randint(0, 1) :]
    return text


def _takes(text: str, strftime_format: str) -> bool:
    try:
        datetime.strptime(text, strftime_format)
    except ValueError:
        return False
    return True
