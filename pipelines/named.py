"""What tables and their columns may be called, and what a suite may speak of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Column
from lakeward.quality.expect import Expectation

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}")
COLUMN = re.compile(r"[^_.`\s,;{}()=][^.`\s,;{}()=]*")
"""Delta forbids some letters, SQL parts names at dots, and a `_` in front marks columns of ours."""


def check_name(name: str) -> None:
    """Let a table's name pass, or say what it must look like."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a table",
            remedy="use lower-case letters, digits and _, as in health.clinics",
        )


def check_columns(
    name: str, columns: Sequence[Column], suite: Sequence[Expectation], **spoken_of: Sequence[str]
) -> None:
    """Let columns, and whatever speaks of them, pass, or say which name stands twice or for nothing."""
    known = [column.name for column in columns]
    if odd := [each for each in known if not COLUMN.fullmatch(each)]:
        raise UsageError(
            f"{name}: no column can be called {', '.join(map(repr, odd))}",
            remedy="use lower-case letters, digits and _, none in front, as in rain_mm",
        )
    folded = [each.lower() for each in known]
    if twice := sorted({each for each in known if folded.count(each.lower()) > 1}):
        raise UsageError(f"{name}: two columns are called {', '.join(twice)}", remedy="rename one of them")
    for part, told in (*(("suite", each.columns) for each in suite), *spoken_of.items()):
        if strange := sorted(set(told) - {*known, ""}):
            raise UsageError(
                f"{name}: its {part} speaks of {', '.join(strange)}, which is no column",
                remedy=f"use one of {', '.join(known)}",
            )
