"""The ways in which a column of a delivery can be unlike the same column before: each a distance, and words for it.

A distance is told when it is beyond a floor, below which people would not look it up, and also beyond what is usual
among the peers themselves: where every file is another station or another month, they differ, and that is no news.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from lakeward.quality.profile import RANKS, Profile

USUAL = 1.5
"""Beyond this many times the largest distance among peers, a distance is unusual."""
LEAST_VALUES = 10
"""Of fewer values, quantiles and shares say too little."""
SURE = 3
"""Standard errors that a share must be off: chance alone does that once in 370 times."""
ROWS_FLOOR = 1.0  # in powers of two: half or double the rows; less is growth
SHARE_FLOOR = 0.1  # a tenth of the rows more or less without a value, or 0
SCALE_FLOOR = math.log10(2.5)  # units of one quantity differ by 2.54 (inch, cm) at least, years by less
SHIFT_FLOOR = 1.0  # the median lies as far off as the middle half of the values is wide
RANGE_FLOOR = 1.0  # beyond the old ends by the whole old range: 999 where 99 was the most
TIME_FLOOR = 3.0  # beyond the old ends by three times their distance: deliveries do go on in time
MIX_FLOOR = 0.25  # a quarter of the rows changed to or from one value
GONE = 5  # rows that a value would be expected in before its absence is no chance: e⁻⁵ is 0.7 %
YEAR_SECONDS = 366 * 86_400
SHOWN = 8
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
Peers = Sequence[Profile]


@dataclass(frozen=True, slots=True)
class Look:
    """One way in which a column can be unlike its peers.

    Args:
        floor: distances up to here are never told.
        distance: how far a profile is from its peers; NaN where that has no meaning.
        words: what to say when it is told.
    """

    floor: float
    distance: Callable[[Profile, Peers], float]
    words: Callable[[Profile, Peers], str]

    def tell(self, new: Profile, peers: Peers) -> str:
        """Say what is unlike; empty where nothing is."""
        usual = (self.distance(peer, [*peers[:at], *peers[at + 1 :]]) for at, peer in enumerate(peers))
        most = max((each for each in usual if not math.isnan(each)), default=0.0) if len(peers) > 1 else 0.0
        return self.words(new, peers) if self.distance(new, peers) > max(self.floor, USUAL * most) else ""


def _row_distance(new: Profile, peers: Peers) -> float:
    return abs(math.log2((new.rows + 1) / (median(each.rows for each in peers) + 1)))


def _row_words(new: Profile, peers: Peers) -> str:
    return f"{new.rows:,} good rows, {median(each.rows for each in peers):,.0f} before"


def _share(part: int | None, whole: int) -> float:
    return part / whole if part is not None and whole else math.nan


def _share_distance(share: Callable[[Profile], float], size: Callable[[Profile], int]) -> Callable[..., float]:
    def distance(new: Profile, peers: Peers) -> float:
        known = [each for each in peers if not math.isnan(share(each))]
        if not known or math.isnan(share(new)):
            return math.nan
        return _change(share(new), median(map(share, known)), size(new), sum(map(size, known)))

    return distance


def _change(now: float, was: float, of: int, of_before: int) -> float:
    """Give how much a share has changed; 0 where chance may have done it."""
    middle = (now + was) / 2
    error = math.sqrt(middle * (1 - middle) * (1 / of + 1 / of_before))
    return abs(now - was) if abs(now - was) > SURE * error else 0.0


def _null_share(profile: Profile) -> float:
    return _share(profile.nulls, profile.rows)


def _zero_share(profile: Profile) -> float:
    return _share(profile.zeros, profile.filled)


def _null_words(new: Profile, peers: Peers) -> str:
    return f"{_null_share(new):.0%} of rows have no value, {median(map(_null_share, peers)):.0%} before"


def _zero_words(new: Profile, peers: Peers) -> str:
    before = median(share for each in peers if not math.isnan(share := _zero_share(each)))
    return f"{_zero_share(new):.0%} of values are 0, {before:.0%} before"


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
    factor = 10 ** median(_log_ratios(new, peers))
    size = max(factor, 1 / factor)
    unit = next((f": has the unit changed ({names})?" for each, names in UNITS.items() if 0.9 < size / each < 1.1), "")
    return f"values are about {factor:.3g} times those before (median {_medians(new, peers)}){unit}"


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


def _known(peers: Peers) -> Counter[str] | None:
    """Give how often each value occurred; None where a peer has too many to list, or none at all."""
    listed = [each.categories for each in peers if each.categories is not None]
    return sum(map(Counter, listed), Counter[str]()) if listed and len(listed) == len(peers) else None


def _fresh(new: Profile, peers: Peers) -> list[str]:
    known = _known(peers)
    if known is None or new.categories is None:
        return []
    return sorted(new.categories.keys() - known.keys(), key=lambda value: -(new.categories or {})[value])


def _new_distance(new: Profile, peers: Peers) -> float:
    """Count new values beyond those to be expected: as many as were seen once only, for as many rows (Good, Turing)."""
    known = _known(peers)
    if not known:
        return math.nan
    once = sum(count == 1 for count in known.values())
    return len(_fresh(new, peers)) - new.filled * once / known.total()


def _new_words(new: Profile, peers: Peers) -> str:
    counts = new.categories or {}
    return f"new values: {_listed([f'{value} ({counts[value]:,} rows)' for value in _fresh(new, peers)])}"


def _lost(new: Profile, peers: Peers) -> list[str]:
    known = _known(peers)
    if known is None or new.categories is None:
        return []
    expected = new.filled / max(known.total(), 1)
    return [value for value, count in known.most_common() if value not in new.categories and count * expected >= GONE]


def _lost_words(new: Profile, peers: Peers) -> str:
    return f"values that no longer occur: {_listed(_lost(new, peers))}"


def _many_distance(new: Profile, peers: Peers) -> float:
    return float(new.categories is None and _known(peers) is not None and new.filled >= LEAST_VALUES)


def _many_words(new: Profile, peers: Peers) -> str:
    return f"has many different values, {len(_known(peers) or ())} before"


def _mix(new: Profile, peers: Peers) -> tuple[float, str]:
    """Give the largest change of a value's share beyond chance, and the value."""
    known = _known(peers)
    if not known or not new.categories or min(new.filled, known.total()) < LEAST_VALUES:
        return math.nan, ""
    now, was, total = new.categories, known, known.total()
    return max(
        (_change(now.get(value, 0) / new.filled, was[value] / total, new.filled, total), value)
        for value in was.keys() | now.keys()
    )


def _mix_words(new: Profile, peers: Peers) -> str:
    known, value = _known(peers) or Counter[str](), _mix(new, peers)[1]
    now = (new.categories or {}).get(value, 0) / new.filled
    return f"{value} is {now:.0%} of values, {known[value] / known.total():.0%} before"


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")


ROW_COUNT = Look(ROWS_FLOOR, _row_distance, _row_words)
NULLS = Look(SHARE_FLOOR, _share_distance(_null_share, lambda each: each.rows), _null_words)
ZEROS = Look(SHARE_FLOOR, _share_distance(_zero_share, lambda each: each.filled), _zero_words)
SCALE = Look(SCALE_FLOOR, _scale_distance, _scale_words)
SHIFT = Look(SHIFT_FLOOR, _shift_distance, _shift_words)
RANGE = Look(RANGE_FLOOR, _range_distance(0), _range_words(lambda value: f"{value:.6g}"))
TIMES = {
    "date": Look(TIME_FLOOR, _range_distance(YEAR_SECONDS / 86_400), _range_words(lambda days: _day(days * 86_400))),
    "timestamp": Look(TIME_FLOOR, _range_distance(YEAR_SECONDS), _range_words(_day)),
}
NEW = Look(0, _new_distance, _new_words)
LOST = Look(0, lambda new, peers: float(len(_lost(new, peers))), _lost_words)
MANY = Look(0, _many_distance, _many_words)
MIX = Look(MIX_FLOOR, lambda new, peers: _mix(new, peers)[0], _mix_words)
