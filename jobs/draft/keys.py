"""Which columns make a row unique, as few of them as do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lakeward.jobs.draft.columns import CODE, Guess
from lakeward.pipelines.head import on_one_line

MOST_PARTS = 5
LONGEST = 60
"""Texts longer than this, on average, are descriptions and no part of a key."""


def key_of(guesses: Sequence[Guess], rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Give the places of the columns that make a row unique; none where no few columns do.

    Whole rows that stand twice count once: they are repeats whatever the key is. Measured values are no part of a key,
    codes, names and times are; of equal choices the one to the left is taken.
    """
    distinct = list(dict.fromkeys(map(tuple, rows)))
    able = [place for place, guess in enumerate(guesses) if _may_be_part(guess)]
    chosen: list[int] = []
    while len(chosen) < MOST_PARTS and _count(distinct, chosen) < len(distinct):
        left = [place for place in able if place not in chosen]
        if not left:
            return ()
        chosen.append(
            max(left, key=lambda place: (_count(distinct, [*chosen, place]) * _likely(guesses[place]), -place))
        )
    if not distinct or _count(distinct, chosen) < len(distinct):
        return ()
    for place in list(chosen):
        without = [each for each in chosen if each != place]
        if without and _count(distinct, without) == len(distinct):
            chosen = without
    return tuple(sorted(chosen))


def _count(rows: Sequence[Sequence[str]], places: Sequence[int]) -> int:
    return len({tuple(row[place] for place in places) for row in rows}) if places else 0


def _may_be_part(guess: Guess) -> bool:
    if guess.empty or guess.misfits or guess.type in ("double", "boolean"):
        return False
    if guess.unit in ("people", "households", "TWD", "%", "years"):
        return False
    texts = guess.counts
    return bool(texts) and sum(map(len, texts)) / len(texts) <= LONGEST


def _likely(guess: Guess) -> float:
    """Prefer what is called a code or a time to a plain number, of which any may happen to be unique."""
    header = on_one_line(guess.header)
    if CODE.search(header) or guess.type in ("date", "timestamp"):
        return 1.0
    if re.search(r"^(?:項次|序號|no|fid|objectid.*)$", header, re.IGNORECASE):
        return 0.5  # numbered anew in every delivery
    return 0.9 if guess.type == "string" else 0.6
