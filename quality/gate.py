"""The gate: which deliveries and tables may pass. The one place where a verdict is reached.

A delivery passes when the share of its refused rows stays within what its declaration allows, every critical rule on
rows holds for as many of them as its `mostly` asks, and no critical rule on the table fails; else it is refused whole
and everything after it stays at its last good version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lakeward.quality.compiler import is_row_rule, reason
from lakeward.quality.result import Result


@dataclass(slots=True)
class Tally:
    """What validation counted in one delivery.

    Args:
        kept: rows that are good.
        refused: rows that are not.
        reasons: refused rows by reason.
        results: the results of its suite: of critical rules on rows for all rows, of all others for those kept.
    """

    kept: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    results: tuple[Result, ...] = ()

    @property
    def read(self) -> int:
        """Every row that was delivered, kept or refused."""
        return self.kept + self.refused

    @property
    def warnings(self) -> Counter[str]:
        """Rows that were kept though they break a rule, by reason."""
        told = Counter[str]()
        for each in self.results:
            if each.expectation.severity != "critical" and is_row_rule(each.expectation):
                told[reason(each.expectation)] += each.numbers.get("unexpected_count") or 0
        return +told

    @property
    def remarks(self) -> list[str]:
        """What rules on the table say that refuse nothing."""
        graver = (each for each in self.results if each.expectation.severity != "critical" and not each.success)
        return [told(each) for each in graver if not is_row_rule(each.expectation)]


def delivery_verdict(tally: Tally, max_refused: float) -> str:
    """Judge one delivery.

    Args:
        tally: what was counted in it.
        max_refused: the share of refused rows (0–1) that is allowed.

    Returns:
        Why it is refused whole; empty when it passes.
    """
    if tally.read and tally.refused / tally.read > max_refused:
        worst = "; ".join(f"{reason} ({count:,} rows)" for reason, count in tally.reasons.most_common(3))
        share = 100 * tally.refused / tally.read
        return f"{share:.1f} % of {tally.read:,} rows were refused, {100 * max_refused:.1f} % is allowed: {worst}"
    for each in tally.results:
        sets_aside = is_row_rule(each.expectation) and each.engine == "spark"
        may_refuse = "mostly" in each.expectation.arguments or not sets_aside
        if not each.success and each.expectation.severity == "critical" and may_refuse:
            return told(each)
    return ""


def table_verdict(results: Sequence[Result]) -> tuple[list[str], list[str]]:
    """Judge a whole table.

    Returns:
        What forbids it to be published, and what only warns.
    """
    failures = [told(each) for each in results if not each.success and each.expectation.severity == "critical"]
    return failures, [told(each) for each in results if not each.success and each.expectation.severity != "critical"]


def told(result: Result) -> str:
    """Say in a line what was found."""
    expectation, numbers = result.expectation, result.numbers
    if result.problem:
        return f"{expectation.about}: {expectation.type} could not be checked: {result.problem.splitlines()[0]}"
    if expectation.type == "expect_table_row_count_to_be_between":
        low, high = (expectation.arguments.get(bound) for bound in ("min_value", "max_value"))
        bounds = (str(bound) if bound is not None else "any number" for bound in (low, high))
        return f"{numbers['observed_value']:,} rows are left, the suite allows {' to '.join(bounds)}"
    if "element_count" in numbers:
        said = reason(expectation) or f"{expectation.about}: {expectation.type}"
        most = expectation.arguments.get("mostly")
        share = f", {100 * (1 - most):.1f} % is allowed" if most is not None else ""
        return f"{said} ({numbers['unexpected_count'] or 0:,} rows{share})"
    return f"{expectation.about}: {expectation.type} saw {numbers.get('observed_value', numbers)}"
