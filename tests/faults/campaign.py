"""Trials of each kind, one after another, until a number of faults has come to pass."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from rot import TABLES, rot
from stand import Stand
from trials import Outcome, small_trial, trial, usual_of_small, world

WHOLE_RUNS, SMALL = 0.2, 0.4
"""Shares of the faults; what is left of them is damage at rest."""


def campaign(stand: Stand, seed: int, faults: int) -> Iterator[Outcome]:
    """Run trials; each outcome as it comes."""
    with tempfile.TemporaryDirectory() as scratch:
        clean, usual = world(stand, Path(scratch)), usual_of_small(stand)
        yield from _until(int(WHOLE_RUNS * faults), lambda number: trial(stand, clean, seed, number))
        yield from _until(int(SMALL * faults), lambda number: small_trial(stand, usual, seed, number))
        damaged = faults - int(WHOLE_RUNS * faults) - int(SMALL * faults)
        yield from _until(damaged, lambda number: rot(clean.lake, TABLES, seed, number))


def one(stand: Stand, seed: int, kind: str, number: int) -> Outcome:
    """Run a single trial again."""
    with tempfile.TemporaryDirectory() as scratch:
        if kind == "small":
            return small_trial(stand, usual_of_small(stand), seed, number)
        clean = world(stand, Path(scratch))
        return rot(clean.lake, TABLES, seed, number) if kind == "rot" else trial(stand, clean, seed, number)


def _until(faults: int, make: Callable[[int], Outcome]) -> Iterator[Outcome]:
    happened = 0
    for number in count():
        outcome = make(number)
        happened += len(outcome.happened)
        yield outcome
        if happened >= faults:
            return
