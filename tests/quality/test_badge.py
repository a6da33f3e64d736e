from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from lakeward.quality import badge


@pytest.mark.parametrize(
    ("held", "refused", "verdict", "colour"),
    [(5, 0, "passed", badge.GREEN), (4, 0, "passed", badge.AMBER), (5, 1, "failed", badge.RED)],
)
def test_a_badge_says_name_verdict_rules_and_day(held: int, refused: int, verdict: str, colour: str) -> None:
    drawn = badge.svg("silver.<b>&雨", rules=5, held=held, refused=refused, on="2026-11-24")

    words = [each.text for each in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    assert words == ["silver.<b>&雨", f"{verdict} · {held} of 5 rules held · 2026-11-24"]
    assert colour in drawn
