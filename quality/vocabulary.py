"""How the values of a column that repeats a few can be unlike those before: new ones, lost ones, another mix."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from lakeward.quality.looks import GONE, LEAST_VALUES, MIX_FLOOR, Look, Peers, change
from lakeward.quality.profile import Profile

SHOWN = 8


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
        (change(now.get(value, 0) / new.filled, was[value] / total, new.filled, total), value)
        for value in was.keys() | now.keys()
    )


def _mix_words(new: Profile, peers: Peers) -> str:
    known, value = _known(peers) or Counter[str](), _mix(new, peers)[1]
    now = (new.categories or {}).get(value, 0) / new.filled
    return f"{value} is {now:.0%} of values, {known[value] / known.total():.0%} before"


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")


NEW = Look(0, _new_distance, _new_words)
LOST = Look(0, lambda new, peers: float(len(_lost(new, peers))), _lost_words)
MANY = Look(0, _many_distance, _many_words)
MIX = Look(MIX_FLOOR, lambda new, peers: _mix(new, peers)[0], _mix_words)
