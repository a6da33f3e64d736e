"""What a check came to, in Great Expectations' words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lakeward.quality.expect import Expectation


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one expectation.

    Args:
        expectation: what was expected.
        success: whether it holds.
        numbers: what GX calls `result`: `element_count`, `unexpected_count`, `unexpected_percent`, `missing_count`, …
            for rules on rows (percentages 0–100), `observed_value` for rules on columns and tables.
        problem: why it could not be checked at all; empty when it was.
        engine: who computed it: `spark` (compiled, in one pass) or `gx` (Great Expectations' own engine).
    """

    expectation: Expectation
    success: bool
    numbers: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    engine: str = "spark"
