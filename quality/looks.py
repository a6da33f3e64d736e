"""The ways in which a column of a delivery can be unlike the same column before: each a distance, and words for it.

A distance is told when it is beyond a floor, below which people would not look it up, and also beyond what is usual
among the peers themselves: where every file is another station or another month, they differ, and that is no news.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from lakeward.quality.profile import Profile

USUAL = 1.5
"""Beyond this many times the largest distance among peers, a distance is unusual."""
LEAST_VALUES = 10
"""Of fewer values, quantiles and shares say too little."""
SURE = 3
"""Standard errors that a share must be off: chance alone does that once in 370 times."""
ROWS_FLOOR = 1.0  # in powers of two: half or double the rows; less is growth
SHARE_FLOOR = 0.1  # a tenth of the rows more or less without a value, or 0
SCALE_FLOOR = math.log10(2.5)  # units of one quantity differ by 2.54 (inch, cm) at least, years by less
SAME_FACTOR = 1.2  # another unit multiplies all quantiles alike, another place or season does not
SHIFT_FLOOR = 1.0  # the median lies as far off as the middle half of the values is wide
RANGE_FLOOR = 1.0  # beyond the old ends by the whole old range: 999 where 99 was the most
TIME_FLOOR = 3.0  # beyond the old ends by three times their distance: deliveries do go on in time
MIX_FLOOR = 0.25  # a quarter of the rows changed to or from one value
GONE = 5  # rows that a value would be expected in before its absence is no chance: e⁻⁵ is 0.7 %
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
        return change(share(new), median(map(share, known)), size(new), sum(map(size, known)))

    return distance


def change(now: float, was: float, of: int, of_before: int) -> float:
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


ROW_COUNT = Look(ROWS_FLOOR, _row_distance, _row_words)
NULLS = Look(SHARE_FLOOR, _share_distance(_null_share, lambda each: each.rows), _null_words)
ZEROS = Look(SHARE_FLOOR, _share_distance(_zero_share, lambda each: each.filled), _zero_words)
