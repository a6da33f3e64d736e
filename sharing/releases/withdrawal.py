"""Take a release back for everybody to see: a tombstone with its reason, and `latest.json` on the last good one."""

from __future__ import annotations

from datetime import UTC, datetime

from lakeward.lake import release
from lakeward.lake.errors import UsageError
from lakeward.lake.press import Manifest
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import keys
from lakeward.sharing.releases.press import Consumers


def withdraw(lake: Lake, table: str, number: str, reason: str) -> Manifest | None:
    """Withdraw a release; one that was withdrawn already keeps its reason.

    Args:
        lake: the lake.
        table: its full name.
        number: the release (`1.2`).
        reason: why, for everybody to read.

    Returns:
        The manifest of the release that readers get now; None when none is left.

    Raises:
        UsageError: there is no such release, or no reason.
    """
    if not reason.strip():
        raise UsageError("a release is not withdrawn without a reason", remedy="give --reason TEXT; consumers read it")
    known = [each["release"] for each in release.manifests(lake.releases(table))]
    if number not in known:
        raise UsageError(f"{table} has no release {number}", remedy=f"it has {', '.join(known) or 'none'}")
    told = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "reason": reason.strip()}
    return release.withdraw(lake, table, number, told, Consumers(lake, keys.configured()))
