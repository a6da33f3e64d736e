"""Named points at which a test can make the driver die, before and after every durable effect."""

from __future__ import annotations

import os

POINTS = (
    "ledger.before",
    "ledger.committed",
    "ledger.after",
    "bronze.before",
    "bronze.committed",
    "bronze.after",
    "quality.before",
    "quality.committed",
    "quality.after",
    "profiles.before",
    "profiles.committed",
    "profiles.after",
    "quarantine.before",
    "quarantine.committed",
    "quarantine.after",
    "silver.before",
    "silver.committed",
    "silver.after",
    "gold.staged",
    "gold.before",
    "gold.committed",
    "gold.after",
    "release.before",
    "release.files",
    "release.manifest",
    "release.promoted",
    "release.after",
    "runs.before",
    "runs.committed",
    "runs.after",
)
"""Those of a run."""
SETS = ("set.before", "set.released", "set.key", "set.switched", "set.after")
WITHDRAWALS = ("withdrawal.before", "withdrawal.marked", "withdrawal.pointed", "withdrawal.told", "withdrawal.after")
RECALLS = (
    "erratum.before",
    "erratum.key",
    "erratum.signed",
    "erratum.written",
    "erratum.marked",
    "erratum.told",
    "recall.before",
    "recall.committed",
    "recall.after",
)
"""Those of a recall that withdraws nothing; one that does passes those of withdrawals first."""
EXIT_CODE = 137


def crash_point(point: str, about: str = "") -> None:
    """Die here, as if killed, when `LAKEWARD_CRASH_AT` is this point, alone or as `point:table`."""
    asked = os.environ.get("LAKEWARD_CRASH_AT")
    if asked and asked in (point, f"{point}:{about}"):
        os._exit(EXIT_CODE)
