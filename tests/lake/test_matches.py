"""`lakeward.matches` finds what RLIKE finds: patterns that are walked byte by byte, and those that are left to Java."""

from __future__ import annotations

from random import Random

import pytest
from pyspark.sql import SparkSession

ATOMS = (
    "a", "b", "1", "-", " ", "第", "縣", ".", r"\d", r"\w", r"\s", r"\.", r"\-", "[ab]", "[a-c]", "[^a]", "[0-9-]", "[^0-9第]",
    "[甲乙]", r"[\w.]", r"\D", r"\b", "é", "𠮷", "(?i)a", "a{2}+", "[a-z&&b]", r"\n",
)  # fmt: skip
COUNTS = ("", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}", "+?", "{2,3}?")
LETTERS = "aabbc1190-. 第縣甲é𠮷x&_\n\r\u0085\u2028A"
PAIRS = 30_000


def _pattern(dice: Random, depth: int = 0) -> str:
    parts = []
    for _ in range(dice.randrange(1, 4)):
        is_group = depth < 2 and dice.random() < 0.25
        atom = f"({dice.choice(('', '?:'))}{_pattern(dice, depth + 1)})" if is_group else dice.choice(ATOMS)
        parts.append(atom + dice.choice(COUNTS) if "}+" not in atom and "(?i)" not in atom else atom)
    text = "".join(parts)
    text += f"|{_pattern(dice, depth + 1)}" if depth < 3 and dice.random() < 0.15 else ""
    return text if depth else dice.choice(("", "^")) + text + dice.choice(("", "$"))


def test_random_patterns_find_in_random_texts_what_rlike_finds(spark: SparkSession) -> None:
    dice = Random(12)  # noqa: S311
    patterns = [_pattern(dice) for _ in range(PAIRS // 10)]
    pairs = [
        (pattern, "".join(dice.choices(LETTERS, k=dice.randrange(9)))) for pattern in patterns for _ in range(10)
    ]  # fmt: skip
    frame = spark.createDataFrame(pairs, "pattern string, text string")

    told = frame.selectExpr("*", "text rlike pattern as expected", "lakeward.matches(text, pattern) as found").collect()

    assert [row for row in told if row["expected"] != row["found"]] == []
    assert {row["expected"] for row in told} == {True, False}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^[A-Z]-[0-9]+$", "A-12", True), ("^[A-Z]-[0-9]+$", "A-12x", False), ("^[A-Z]-[0-9]+$", "A-12\n", True),
        ("^09\\d{8}$", "0912345678", True), ("^09\\d{8}$", "091234567", False), ("縣|市", "花蓮縣", True),
        ("^(台|臺)北", "台北市", True), ("^.{3}$", "臺北市", True), ("", "", True), ("^$", "a", False),
        ("a", None, None), ("^(a*)*$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", False),
    ],
)  # fmt: skip
def test_what_rules_ask(pattern: str, text: str | None, found: bool | None, spark: SparkSession) -> None:
    frame = spark.createDataFrame([(text,)], "text string")

    row = frame.selectExpr(f"lakeward.matches(text, r'{pattern}')").first()

    assert row
    assert row[0] is found
