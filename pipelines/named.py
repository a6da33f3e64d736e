"""What tables and their columns may be called, and what a suite may speak of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Column
from lakeward.quality.expect import Expectation

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}")


def check_name(name: str) -> None:
    """Let a table's name pass, or say what it must look like."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a table",
            remedy="use lower-case letters, digits and _, as in health.clinics",
        )


def check_columns(
    name: str,
    columns: Sequence[Column],
    suite: Sequence[Expectation],
    disclosure: Sequence[str] = (),
    filtered_by: str = "",
) -> None:
    """Let columns, and whatever speaks of them, pass, or say which name stands twice or for nothing."""
    known = [column.name for column in columns]
    if twice := sorted({each for each in known if known.count(each) > 1}):
        raise UsageError(f"{name}: two columns are called {', '.join(twice)}", remedy="rename one of them")
    spoken_of = (*(("suite", each.columns) for each in suite), ("disclosure", disclosure))
    for part, told in (*spoken_of, ("filtered_by", (filtered_by,) if filtered_by else ())):
        if strange := sorted(set(told) - set(known)):
            raise UsageError(
                f"{name}: its {part} speaks of {', '.join(strange)}, which is no column",
                remedy=f"use one of {', '.join(known)}",
            )
