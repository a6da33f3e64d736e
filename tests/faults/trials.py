"""One trial: a run to which a seed's mishaps happen, what it left, and the run after it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import uuid4

import small
from blows import blows
from mishaps import LASTING, STORE, Happened, drawn
from stand import End, Stand
from worlds import GOLD, Facts, deliver, facts, visible_releases_are_whole

from lakeward.lake.crash import POINTS
from lakeward.lake.errors import EXIT_LATER
from lakeward.lake.storage import Lake

FEW, MANY = 4, 9
ENDS = 0.35
"""The share of runs to which something happens that few survive, after the first ones, to which one such thing happens."""


@dataclass(frozen=True, slots=True)
class World:
    """What trials are held against.

    Args:
        landing: what is delivered.
        clean: what a run without faults leaves.
        lake: where it left that.
        usual: how many requests it makes, by way and subject.
    """

    landing: Path
    clean: Facts
    lake: Lake
    usual: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trial showed.

    Args:
        name: of the trial; with the seed it tells everything.
        happened: the faults that came to pass.
        end: how the run ended; None where nothing ran.
        lost: rows that a clean run has and this lake has not, after the next run.
        doubled: rows that are there more often than in a clean run.
        half: releases that readers saw and that were not whole.
        wrong: all that was not as it must be, in words.
        seconds: what it took.
    """

    name: str
    happened: tuple[Happened, ...]
    end: End | None
    lost: int
    doubled: int
    half: int
    wrong: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.seconds:.1f} s{f', exit code {self.end.code}' if self.end else ''}"]
        lines += [f"  {each.kind}: {each.text}" for each in self.happened]
        lines += [f"  said: {self.end.said}"] if self.end and self.end.said else []
        return "\n".join([*lines, *(f"  WRONG: {each}" for each in self.wrong)])


def world(stand: Stand, scratch: Path) -> World:
    """Run without faults."""
    landing = deliver(scratch / "landing", "2021.csv", "2022.csv")
    lakes = [_lake(stand) for _ in range(2)]
    for lake in lakes:  # the second time the JVM is warm
        stand.wire.set()
        end = _run(stand, lake, landing)
        if end.code != 0:
            raise AssertionError(f"a run without faults fails: {end.said}")
    return World(landing, facts(lakes[-1].root), lakes[-1], dict(stand.wire.counts))


def trial(stand: Stand, world: World, seed: int, number: int) -> Outcome:
    """Run with the mishaps that a seed draws, look at what it left, and run again."""
    dice = Random(f"{seed}/{number}")  # noqa: S311
    lasts, point = (*LASTING, *blows(stand), None), ""
    is_first = number < len(lasts)
    many = 0 if is_first else dice.randint(FEW, MANY)
    mishaps = [drawn(dice.choice(STORE), dice, world.usual) for _ in range(many)]
    if is_first or dice.random() < ENDS:
        last = lasts[number] if is_first else dice.choice(lasts)
        if last is None:
            point = dice.choice(POINTS)
        else:
            mishaps.append(drawn(last, dice, world.usual))
    lake, began = _lake(stand), time.monotonic()
    stand.wire.set(*(each.trap for each in mishaps))
    end = _run(stand, lake, world.landing, point)
    stand.wire.wait()
    stand.wire.set()
    happened = [each for one in mishaps for each in one.happened]
    if point and end.code is None:
        happened.append(Happened("driver dies at a named point", True, point))
    is_killed = any(each.kind.startswith("driver") for each in happened)
    half = _half_releases(lake)
    lost, doubled, wrong = _healed(stand, world, lake)
    wrong = [*([] if end.code is None and is_killed else _said_badly(end)), *half, *wrong]
    name = f"seed {seed}, trial {number}"
    return Outcome(name, tuple(happened), end, lost, doubled, len(half), tuple(wrong), time.monotonic() - began)


def small_trial(stand: Stand, usual: Mapping[tuple[str, str], int], seed: int, number: int) -> Outcome:
    """Do what a run does without a JVM, with the mishaps that a seed draws, and do it again."""
    dice = Random(f"{seed}/small {number}")  # noqa: S311
    mishaps = [drawn(dice.choice(STORE), dice, usual) for _ in range(dice.randint(1, FEW))]
    lake, began = _lake(stand), time.monotonic()
    stand.wire.set(*(each.trap for each in mishaps))
    end = stand.run(lake=str(lake.root), tables=[])
    stand.wire.set()
    happened = tuple(each for one in mishaps for each in one.happened)
    half = _half_releases(lake)
    again = stand.run(lake=str(lake.root), tables=[])
    lost, doubled, wrong = small.differs(lake)
    wrong = [*_said_badly(end), *half, *([f"the next run: {again}"] if again.code else []), *wrong]
    name = f"seed {seed}, small trial {number}"
    return Outcome(name, happened, end, lost, doubled, len(half), tuple(wrong), time.monotonic() - began)


def usual_of_small(stand: Stand) -> Mapping[tuple[str, str], int]:
    """Count the requests of a small trial without faults."""
    stand.wire.set()
    end = stand.run(lake=str(_lake(stand).root), tables=[])
    if end.code != 0:
        raise AssertionError(f"a small run without faults fails: {end.said}")
    return dict(stand.wire.counts)


def _lake(stand: Stand) -> Lake:
    return Lake.at(f"s3a://{stand.bucket}/faults/{uuid4().hex[:8]}")


def _run(stand: Stand, lake: Lake, landing: Path, crash_at: str = "") -> End:
    return stand.run(lake=str(lake.root), landing=str(landing), tables=[GOLD], crash_at=crash_at)


def _said_badly(end: End) -> list[str]:
    if end.code == 0:
        return []
    is_clear = end.code == EXIT_LATER and "remedy: " in end.said and "Traceback" not in end.said
    return [] if is_clear else [f"it ended with {end.code}"]


def _half_releases(lake: Lake) -> list[str]:
    try:
        visible_releases_are_whole(lake.root)
    except (AssertionError, OSError, ValueError) as wrong:
        return [f"a half release is visible: {wrong!r}"]
    return []


def _healed(stand: Stand, world: World, lake: Lake) -> tuple[int, int, list[str]]:
    """Run again without faults; give how many rows are lost and doubled, and all that differs from a clean run."""
    end = _run(stand, lake, world.landing)
    if end.code != 0:
        return 0, 0, [f"the next run ended with {end.code} and said {end.said!r}"]
    found, wrong = facts(lake.root), []
    lost = sum(len(set(rows) - set(found.rows.get(name, []))) for name, rows in world.clean.rows.items())
    doubled = sum(_repeats(rows) - _repeats(world.clean.rows.get(name, [])) for name, rows in found.rows.items())
    for name in sorted({*found.rows, *world.clean.rows}):
        if found.rows.get(name) != world.clean.rows.get(name):
            wrong.append(f"rows of {name}: {found.rows.get(name)}, not {world.clean.rows.get(name)}")
    for what in ("versions", "releases", "reports"):
        if getattr(found, what) != getattr(world.clean, what):
            wrong.append(f"{what}: {getattr(found, what)}, not {getattr(world.clean, what)}")
    again = _run(stand, lake, world.landing)
    if set(again.outcomes) != {"unchanged"}:
        wrong.append(f"a further run found something to do: {again}")
    return lost, doubled, wrong


def _repeats(rows: list[str]) -> int:
    return len(rows) - len(set(rows))
