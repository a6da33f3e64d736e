"""The gate: which deliveries and tables may pass. The one place where a verdict is reached.

A delivery passes when the share of its refused rows stays within what its declaration allows and no critical table
rule fails; else it is refused whole and everything after it stays at its last good version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lakeward.quality import rules
from lakeward.quality.expect import Expectation


@dataclass(slots=True)
class Tally:
    """What validation counted in one delivery: rows kept, rows refused, refused rows by reason, broken warnings."""

    kept: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """Every row that was delivered, kept or refused."""
        return self.kept + self.refused


def delivery_verdict(tally: Tally, suite: Sequence[Expectation], max_refused: float) -> str:
    """Judge one delivery.

    Args:
        tally: what was counted in it.
        suite: the data set's expectations.
        max_refused: the share of refused rows (0–1) that is allowed.

    Returns:
        Why it is refused whole; empty when it passes.
    """
    if tally.read and tally.refused / tally.read > max_refused:
        worst = "; ".join(f"{reason} ({count:,} rows)" for reason, count in tally.reasons.most_common(3))
        share = 100 * tally.refused / tally.read
        return f"{share:.1f} % of {tally.read:,} rows were refused, {100 * max_refused:.1f} % is allowed: {worst}"
    for expectation in suite:
        is_count = expectation.type == "expect_table_row_count_to_be_between" and expectation.severity == "critical"
        if is_count and not rules.holds(expectation, tally.kept):
            return f"{tally.kept:,} rows are left, the suite allows {_bounds(expectation.arguments)}"
    return ""


def table_questions(suite: Sequence[Expectation]) -> list[tuple[Expectation, str]]:
    """Give each expectation with the SQL aggregate that answers it: broken rows, or what a table rule observes."""
    return [
        (each, f"count_if({rules.breaks_when(each)})" if rules.is_row_rule(each) else rules.observed(each))
        for each in suite
    ]


def table_verdict(answers: Sequence[tuple[Expectation, int]]) -> tuple[list[str], list[str]]:
    """Judge a whole table from the answers to `table_questions`.

    Returns:
        What forbids it to be published, and what only warns.
    """
    failures: list[str] = []
    warnings: list[str] = []
    for expectation, value in answers:
        if rules.is_row_rule(expectation):
            said = f"{rules.reason(expectation)} ({value:,} rows)" if value else ""
        else:
            said = "" if rules.holds(expectation, value) else f"{expectation.about}: {expectation.type} saw {value:,}"
        if said:
            (failures if expectation.severity == "critical" else warnings).append(said)
    return failures, warnings


def _bounds(arguments: Mapping[str, object]) -> str:
    low, high = arguments.get("min_value"), arguments.get("max_value")
    return f"{low if low is not None else 'any number'} to {high if high is not None else 'any number'}"
