"""How a table is given out, and what a person decided about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from lakeward.lake.errors import UsageError


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision that data may be published under some terms, where their agency states none.

    Args:
        licence: the terms, by their name (`OGDL-TW-1.0`).
        by: who answers for it.
        on: the day, ISO.
        reason: what it rests on.
        is_inferred: no agency said so, and a person has still to decide.
    """

    licence: str
    by: str
    on: str
    reason: str
    is_inferred: bool = field(default=False, repr=False)  # the repr makes fingerprints, and this changes no row

    def __post_init__(self) -> None:
        try:
            date.fromisoformat(self.on)
        except ValueError as cause:
            raise UsageError(f"a decision of {self.on!r} has no day", remedy="give on= as 2026-11-25") from cause
        if not (self.by.strip() and self.reason.strip()):
            raise UsageError("a decision lacks who made it or why", remedy="give by= a name and reason= a sentence")


def inferred(reason: str) -> Decision:
    """Decide that data are under Taiwan's open licence, as what their agency says elsewhere lets one think.

    Args:
        reason: what it is inferred from.
    """
    by = "lakeward's maintainers, until the agency answers"
    return Decision("OGDL-TW-1.0", by, on="2026-11-25", reason=reason, is_inferred=True)


@dataclass(frozen=True, slots=True)
class Publication:
    """How a table is given out.

    Args:
        share: the share it belongs to.
        attribution: the text a reuser must show; by default it is made of agency, title and licence.
        decided: under which terms, where the source does not say or ours are to differ.
    """

    share: str
    attribution: str = ""
    decided: Decision | None = None
