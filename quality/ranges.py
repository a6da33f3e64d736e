"""How numbers and moments can be unlike those before: another unit, elsewhere, beyond the old ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from lakeward.quality.looks import (
    LEAST_VALUES,
    RANGE_FLOOR,
    SAME_FACTOR,
    SCALE_FLOOR,
    SHIFT_FLOOR,
    TIME_FLOOR,
    Look,
    Peers,
)  # fmt: skip
from lakeward.quality.profile import RANKS, Profile

YEAR_SECONDS = 366 * 86_400
UNITS = {
    10: "mm, cm",
    100: "cm, m, or a share, a percentage",
    1_000: "m, km, or g, kg",
    10_000: "m², ha",
    1_000_000: "m², km²",
    3.6: "m/s, km/h",
    3.3058: "m², 坪",
    2.54: "cm, inch",
}


LOW, MIDDLE, HIGH = (RANKS.index(rank) for rank in (0.25, 0.5, 0.75))


def _middle(peers: Peers) -> list[float]:
    """Give the median of each quantile over peers with enough numbers."""
    enough = [each.spread for each in peers if _numbers(each) >= LEAST_VALUES]
    return [median(values) for values in zip(*enough, strict=True)]


def _numbers(profile: Profile) -> int:
    return profile.filled - (profile.zeros or 0) if profile.spread else 0


def _log_ratios(new: Profile, peers: Peers) -> list[float]:
    before = _middle(peers)
    if not before or _numbers(new) < LEAST_VALUES:
        return []
    return [math.log10(a / b) for a, b in zip(new.spread, before, strict=True) if a * b > 0]


def _scale_distance(new: Profile, peers: Peers) -> float:
    ratios = _log_ratios(new, peers)
    return abs(median(ratios)) if len(ratios) > len(RANKS) / 2 else math.nan


def _scale_words(new: Profile, peers: Peers) -> str:
    ratios = _log_ratios(new, peers)
    factor = 10 ** median(ratios)
    size, inner = max(factor, 1 / factor), sorted(ratios)[2:-2]  # the ends are few values, and by chance
    is_one = 10 ** (inner[-1] - inner[0]) < SAME_FACTOR
    names = next((names for each, names in UNITS.items() if is_one and 0.95 < size / each < 1.05), "")
    hint = f": has the unit changed ({names})?" if names else ""
    return f"values are about {factor:.3g} times those before (median {_medians(new, peers)}){hint}"


def _medians(new: Profile, peers: Peers) -> str:
    return f"{_middle(peers)[MIDDLE]:.6g} → {new.spread[MIDDLE]:.6g}"


def _shift_distance(new: Profile, peers: Peers) -> float:
    before = _middle(peers)
    if not before or _numbers(new) < LEAST_VALUES or before[LOW] == before[HIGH]:
        return math.nan
    return abs(new.spread[MIDDLE] - before[MIDDLE]) / (before[HIGH] - before[LOW])


def _shift_words(new: Profile, peers: Peers) -> str:
    return f"values lie elsewhere than before (median {_medians(new, peers)})"


def _ends(peers: Peers) -> tuple[float, float] | None:
    spreads = [each.spread for each in peers if each.spread]
    return (min(each[0] for each in spreads), max(each[-1] for each in spreads)) if spreads else None


def _range_distance(least: float) -> Callable[[Profile, Peers], float]:
    def distance(new: Profile, peers: Peers) -> float:
        ends = _ends(peers)
        if not ends or not new.spread or (ends[0] == ends[1] and not least):
            return math.nan
        beyond = max(ends[0] - new.spread[0], new.spread[-1] - ends[1], 0)
        return beyond / max(ends[1] - ends[0], least)

    return distance


def _range_words(said: Callable[[float], str]) -> Callable[[Profile, Peers], str]:
    def words(new: Profile, peers: Peers) -> str:
        low, high = _ends(peers) or (math.nan, math.nan)
        return f"from {said(new.spread[0])} to {said(new.spread[-1])}, from {said(low)} to {said(high)} before"

    return words


def _day(seconds: float) -> str:
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds):%Y-%m-%d}"


SCALE = Look(SCALE_FLOOR, _scale_distance, _scale_words)
SHIFT = Look(SHIFT_FLOOR, _shift_distance, _shift_words)
RANGE = Look(RANGE_FLOOR, _range_distance(0), _range_words(lambda value: f"{value:.6g}"))
TIMES = {
    "date": Look(TIME_FLOOR, _range_distance(YEAR_SECONDS / 86_400), _range_words(lambda days: _day(days * 86_400))),
    "timestamp": Look(TIME_FLOOR, _range_distance(YEAR_SECONDS), _range_words(_day)),
}
