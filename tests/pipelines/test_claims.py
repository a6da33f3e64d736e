from __future__ import annotations

from datetime import date

import pytest

from lakeward.pipelines.claims import NO_DAYS, days


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
