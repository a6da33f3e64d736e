"""What a column that is missing is likely called now: by its name, by its place and by the values below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from unicodedata import normalize

NAME, PLACE = 0.6, 0.4
"""How much a like name and a like place weigh; values that do not fit take up to half of it away."""
LIKELY = 0.3
"""Reached by the same place alone, or by most of the name; half of either is not enough. Less is not told."""


def likely_renames(
    missing: Iterable[str],
    free: Iterable[int],
    header: Sequence[str],
    before: Sequence[str],
    fits: Callable[[str, int], float],
) -> dict[str, str]:
    """Name the likely new header of each missing one; no header is given twice.

    Args:
        missing: headers that the file lacks.
        free: the places in the file's header that nothing reads.
        header: the file's header.
        before: the headers in the order in which they stood, or in which they are declared.
        fits: the share (0–1) of the first values at a place of the file that may be values of a missing header.
    """
    lost, places = list(missing), list(free)
    anything_kept = bool({_plain(text) for text in header} & {_plain(text) for text in before})
    scored = []
    for old in lost:
        was = before.index(old) if anything_kept and old in before else None  # else it is another file altogether
        for now in places:
            name = SequenceMatcher(None, _plain(old), _plain(header[now])).ratio()
            place = 0.0 if was is None else _same_place(was, now, header, before)
            score = (NAME * name + PLACE * place) * (1 + fits(old, now)) / 2
            scored.append((-score, lost.index(old), now))
    found: dict[str, str] = {}
    for score, number, now in sorted(scored):
        if -score >= LIKELY and lost[number] not in found and header[now].strip() not in found.values():
            found[lost[number]] = header[now].strip()
    return found


def _same_place(was: int, now: int, header: Sequence[str], before: Sequence[str]) -> float:
    """Give 1 where both neighbours are the same or the header is as long and the place the same, ½ for one of them."""
    if len(header) == len(before) and was == now:
        return 1.0
    return sum(_neighbour(before, was + step) == _neighbour(header, now + step) for step in (-1, 1)) / 2


def _neighbour(names: Sequence[str], at: int) -> str:
    return _plain(names[at]) if 0 <= at < len(names) else ""


def _plain(text: str) -> str:
    """Leave out what is no letter, case and width."""
    return re.sub(r"[\W_]+", "", normalize("NFKC", text).casefold())
