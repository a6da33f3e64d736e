"""The gate: which deliveries and tables may pass."""

from __future__ import annotations

from collections import Counter

import pytest

from lakeward.quality import expect
from lakeward.quality.gate import Tally, delivery_verdict, table_questions, table_verdict

ROWS = expect.table_row_count_to_be_between(min_value=2, max_value=9)


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

    assert (delivery_verdict(tally, (), allowed) == "") == passes


def test_a_refusal_tells_share_allowance_and_the_three_worst_reasons() -> None:
    tally = Tally(6_000, 4_000, Counter({"a": 1, "b": 2_000, "c": 3, "d": 1_996}))

    said = delivery_verdict(tally, (), 0.05)

    assert said == "40.0 % of 10,000 rows were refused, 5.0 % is allowed: b (2,000 rows); d (1,996 rows); c (3 rows)"


@pytest.mark.parametrize(("kept", "passes"), [(1, False), (2, True), (9, True), (10, False)])
def test_a_count_of_rows_out_of_bounds_refuses_the_delivery(kept: int, passes: bool) -> None:
    warned = expect.table_row_count_to_be_between(min_value=2, severity="warning")

    assert (delivery_verdict(Tally(kept), (ROWS,), 0.0) == "") == passes
    assert delivery_verdict(Tally(0), (warned,), 0.0) == ""


def test_bounds_are_told_in_words() -> None:
    said = delivery_verdict(Tally(1), (ROWS,), 0.0)
    least = delivery_verdict(Tally(0), (expect.table_row_count_to_be_between(min_value=1),), 0.0)

    assert said == "1 rows are left, the suite allows 2 to 9"
    assert least == "0 rows are left, the suite allows 1 to any number"


def test_a_table_is_judged_by_its_critical_rules_and_warned_of_the_others() -> None:
    suite = (
        expect.column_values_to_not_be_null("a"),
        expect.column_values_to_not_be_null("b", severity="warning"),
        expect.compound_columns_to_be_unique(("a", "b")),
        ROWS,
    )
    asked = [rule for rule, _ in table_questions(suite)]

    good = table_verdict(list(zip(asked, (0, 0, 0, 5), strict=True)))
    bad = table_verdict(list(zip(asked, (1_234, 2, 1, 10), strict=True)))

    assert good == ([], [])
    assert bad[0] == [
        "a: no value (1,234 rows)",
        "a, b: expect_compound_columns_to_be_unique saw 1",
        "table: expect_table_row_count_to_be_between saw 10",
    ]
    assert bad[1] == ["b: no value (2 rows)"]
