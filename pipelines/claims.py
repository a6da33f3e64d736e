"""The period that a file claims by its name, as the days that its rows may be of."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lakeward.lake.ledger import Entry

NO_DAYS = (date.max, date.min)
"""What no day lies between."""
ANY_DAY = (date.min, date.max)
"""What every day lies between."""


def claims(pattern: str, entries: Mapping[str, Entry]) -> dict[str, str]:
    """Give what each delivery claims, by sha256, where its file's name has the pattern; its group is the claim."""
    found = {sha256: re.search(pattern, PurePosixPath(entry.file).name) for sha256, entry in entries.items()}
    return {sha256: told[1] for sha256, told in found.items() if told}


def days(claim: str) -> tuple[date, date]:
    """Give the first and the last day of a year, a month or a day, as `2018-04`; of what is none, `NO_DAYS`."""
    try:
        parts = [int(part) for part in claim.split("-")]
        first = date(*parts, *(1, 1)[len(parts) - 1 :])
        year, month = (*parts, 12)[:2]
        return first, date(year, month, parts[2] if parts[2:] else monthrange(year, month)[1])
    except (ValueError, TypeError):
        return NO_DAYS
