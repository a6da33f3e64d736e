"""When a grid's electricity is cleanest, from a file that the user gives: a forecast or a usual day.

CSV with a header: `at` (ISO time; without an offset it is UTC) and `g_per_kwh`; each line holds until the next.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lakeward.lake.errors import UsageError

NAMES = ("at", "g_per_kwh")


@dataclass(frozen=True, slots=True)
class Window:
    """When to begin, and g CO2e a kWh from then on while a run lasts; beside it, of all beginnings on average."""

    begin: datetime
    g_per_kwh: float
    usual_g_per_kwh: float

    @property
    def saves(self) -> float:
        """The share of the usual carbon that it saves."""
        return 1 - self.g_per_kwh / self.usual_g_per_kwh if self.usual_g_per_kwh else 0.0


def read(path: Path) -> list[tuple[datetime, float]]:
    """Read a file of carbon intensity, in order of time.

    Raises:
        UsageError: it is no such file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        found = sorted((_moment(row["at"]), float(row["g_per_kwh"])) for row in rows)
    except (OSError, KeyError, TypeError, ValueError) as cause:
        told = f"no column {cause}" if isinstance(cause, KeyError) else cause
        raise UsageError(
            f"{path} cannot be read as carbon intensity: {told}",
            remedy="write CSV with the header at,g_per_kwh and lines as 2026-11-29T13:00+08:00,412",
        ) from cause
    if len(found) < 2:
        raise UsageError(f"{path} has fewer than two moments", remedy="give at least a day, a line an hour")
    return found


def cleanest(curve: Sequence[tuple[datetime, float]], seconds: float) -> Window:
    """Find the moment of the file at which a run of some seconds would emit least.

    The last line holds as long as the one before it. Only beginnings from which a run ends before that are looked at;
    where it lasts longer than the file reaches, there is but the first.
    """
    end = curve[-1][0] + (curve[-1][0] - curve[-2][0])
    lasts = timedelta(seconds=max(seconds, 1.0))
    begins = [at for at, _ in curve if at + lasts <= end] or [curve[0][0]]
    means = {at: _mean(curve, at, min(at + lasts, end), end) for at in begins}
    best = min(means, key=lambda at: means[at])
    return Window(best, means[best], sum(means.values()) / len(means))


def _mean(curve: Sequence[tuple[datetime, float]], begin: datetime, until: datetime, end: datetime) -> float:
    total = 0.0
    for (at, value), (after, _) in zip(curve, [*curve[1:], (end, 0.0)], strict=True):
        shared = (min(after, until) - max(at, begin)).total_seconds()
        total += value * max(0.0, shared)
    return total / (until - begin).total_seconds()


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
