"""The gate: which deliveries and tables may pass."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from lakeward.quality import expect
from lakeward.quality.gate import Tally, delivery_verdict, table_verdict
from lakeward.quality.result import Result


@pytest.mark.parametrize(
    ("kept", "refused", "allowed", "passes"),
    [
        (95, 5, 0.05, True),
        (94, 6, 0.05, False),
        (1, 0, 0.0, True),
        (999, 1, 0.0, False),
        (0, 3, 1.0, True),
        (0, 0, 0.0, True),
    ],
)
def test_the_share_of_refused_rows_decides(kept: int, refused: int, allowed: float, passes: bool) -> None:
    tally = Tally(kept, refused, Counter({"day: not a date": refused}))

    assert (delivery_verdict(tally, allowed) == "") == passes


def test_a_refusal_tells_share_allowance_and_the_three_worst_reasons() -> None:
    tally = Tally(6_000, 4_000, Counter({"a": 1, "b": 2_000, "c": 3, "d": 1_996}))

    said = delivery_verdict(tally, 0.05)

    assert said == "40.0 % of 10,000 rows were refused, 5.0 % is allowed: b (2,000 rows); d (1,996 rows); c (3 rows)"


def _counted(severity: expect.Severity, **told: Any) -> Result:
    return Result(expect.table_row_count_to_be_between(**told, severity=severity), False, {"observed_value": 1})


def test_a_broken_critical_rule_on_the_table_refuses_the_delivery_and_a_warning_does_not() -> None:
    critical = _counted("critical", min_value=2, max_value=9)

    assert delivery_verdict(Tally(1, results=(critical,)), 0.0) == "1 rows are left, the suite allows 2 to 9"
    assert delivery_verdict(Tally(1, results=(_counted("critical", min_value=2),)), 0.0).endswith("2 to any number")
    assert delivery_verdict(Tally(1, results=(_counted("warning", min_value=2),)), 0.0) == ""
    assert Tally(1, results=(_counted("warning", min_value=2),)).remarks == [
        "1 rows are left, the suite allows 2 to any number"
    ]


@pytest.mark.parametrize(
    ("told", "engine", "why"),
    [
        ({}, "spark", ""),  # the rows are in quarantine, and their share decides
        ({"mostly": 0.9}, "spark", "a: no value (3 rows, 10.0 % is allowed)"),
        ({}, "gx", "a: no value (3 rows)"),
        ({"severity": "warning"}, "gx", ""),
    ],
)
def test_a_rule_on_rows_refuses_the_delivery_only_by_its_mostly(told: Any, engine: str, why: str) -> None:
    numbers = {"element_count": 9, "unexpected_count": 3}
    result = Result(expect.column_values_to_not_be_null("a", **told), False, numbers, engine=engine)

    assert delivery_verdict(Tally(6, 3, results=(result,)), 0.5) == why


def test_a_table_is_judged_by_its_critical_rules_and_warned_of_the_others() -> None:
    rows = {"element_count": 2_000, "unexpected_count": 1_234}
    results = [
        Result(expect.column_values_to_not_be_null("a"), False, rows),
        Result(expect.column_values_to_not_be_null("b", severity="warning"), False, rows),
        Result(expect.compound_columns_to_be_unique(("a", "b")), False, rows),
        Result(expect.column_values_to_not_be_null("c"), True, rows),
        Result(expect.column_mean_to_be_between("a", 1, 2), False, {"observed_value": 3.5}),
        Result(expect.column_mean_to_be_between("z", 1, 2), False, {}, "no such column\nat all"),
    ]

    assert table_verdict(results) == (
        [
            "a: no value (1,234 rows)",
            "a, b: expect_compound_columns_to_be_unique (1,234 rows)",
            "a: expect_column_mean_to_be_between saw 3.5",
            "z: expect_column_mean_to_be_between could not be checked: no such column",
        ],
        ["b: no value (1,234 rows)"],
    )
    assert Tally(results=tuple(results)).warnings == Counter({"b: no value": 1_234})
