"""What is true of each made row before its cells are written: where, when, which thing; no key twice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from lakeward.lake.table import Column, as_cell
from lakeward.pipelines.dataset import Dataset, Layout
from lakeward.pipelines.sample.rules import DATES, bounds_of, choices_of, is_calendar, is_whole, place_of, thing_of
from lakeward.pipelines.sample.world import COUNTIES, TOWNS, Numbers, World

EPOCH = date(1970, 1, 1)
PARTS = 2  # rows of one event, where a key counts them
MOST_VALUES = 400
FILE_STEP = 1_000_003


@dataclass(frozen=True, slots=True)
class Rows:
    """A block of rows.

    Args:
        numbers: which row each is, for draws; no two files share any.
        events: which event each row tells of; rows of one event agree in place and time.
        places: the village of each (its number in the world).
        days: days since 1970.
        minutes: minutes of the day.
        ranks: the values of whole-number key columns and the places of codes in their lists, by name.
        things: the numbers of things with a name or code, by what they are ("station").
    """

    numbers: Numbers
    events: Numbers
    places: Numbers
    days: Numbers
    minutes: Numbers
    ranks: dict[str, Numbers]
    things: dict[str, Numbers]

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Key:
    """How the keys of a data set are counted out.

    Args:
        sizes: how many values each part has, the fastest first; empty where the number of the event is a part.
        parts: how many rows an event has.
    """

    sizes: dict[str, int]
    parts: int = 1

    @property
    def room(self) -> float:
        """How many rows there may be."""
        return math.prod(self.sizes.values()) if self.sizes else math.inf


@dataclass(frozen=True)
class Space:
    """All rows that a data set may hold for some days.

    Args:
        world: places and days.
        dataset: the declaration; its key says what may not repeat.
        layout: the columns that the rows have.
        days: the days that rows speak of.
        number: which file of its data set they are of: what is no part of the key differs between files.
    """

    world: World
    dataset: Dataset
    layout: Layout
    days: Sequence[date]
    number: int = 0

    @cached_property
    def _keys(self) -> list[Column]:
        """The columns of the key that the file has; those told by headers of wide columns tell no rows apart."""
        wide = self.dataset.source.unpivot.cells if self.dataset.source.unpivot else ()
        told = {name: as_cell(cell).headers for name, cell in self.layout.cells.items()}
        return [c for c in self.dataset.columns if c.key and c.name in told and not set(told[c.name]) & set(wide)]

    @cached_property
    def key(self) -> Key:
        """How rows are told apart: by place, day, thing and counted numbers, else by the number of the event."""
        keys = self._keys
        sizes: dict[str, int] = {}
        counted = [c for c in keys if is_whole(c) and not self._narrow(c) and not is_calendar(c)]
        for column in keys:
            if is_calendar(column) or (column.parse or column.type) in DATES:
                continue
            if bounds := self._narrow(column):
                sizes[column.name] = int(bounds[1] - bounds[0]) + 1
            elif place := place_of(column.name, tuple(self.world.places)):
                sizes["place"] = max(sizes.get("place", 0), self._places(place))
            elif choices := choices_of(self.dataset, column):
                sizes[column.name] = len(choices)
            elif (thing := thing_of(column)) and len(keys) > 1:
                sizes[thing] = self.world.things
            elif not is_whole(column):
                return Key({}, PARTS if counted else 1)
        if counted or not keys:
            return Key({})
        is_dated = any((column.parse or column.type) in DATES or is_calendar(column) for column in keys)
        return Key(sizes | ({"day": len(self._dates)} if is_dated else {}))

    def blocks(self, start: int, count: int, size: int = 20_000) -> Iterator[Rows]:
        """Give `count` rows from row `start` on, block by block."""
        for first in range(start, start + count, size):
            yield self._block(np.arange(first, min(first + size, start + count), dtype=np.int64))

    def _block(self, numbers: Numbers) -> Rows:
        world, key = self.world, self.key
        at: dict[str, Numbers] = {}
        events = rest = numbers // key.parts
        for name, size in key.sizes.items():
            at[name], rest = rest % size, rest // size
        things = {}
        for column in self.dataset.columns:
            if thing := thing_of(column):
                is_counted = not key.sizes and any(thing_of(c) == thing for c in self._keys)
                drawn = events if is_counted else world.draw(events, 100 + len(thing), self.world.things)
                things[thing] = at.get(thing, drawn)
        of_station = world.draw(things["station"], 3, world.villages) if "station" in things else None
        places = at.get("place", world.draw(events, 3, world.villages) if of_station is None else of_station)
        days = np.array([(day - EPOCH).days for day in self._dates], dtype=np.int64)
        ranks = {c.name: self._ranks(c, numbers, at) for c in self._keys if is_whole(c)}
        ranks |= {c.name: at[c.name] for c in self._keys if c.name in at and c.name not in ranks}
        day = days[at["day"] if "day" in at else world.draw(events, 4, len(days))]
        return Rows(numbers + self.number * FILE_STEP, events, places, day, world.draw(events, 5, 1_440), ranks, things)

    def _ranks(self, column: Column, numbers: Numbers, at: dict[str, Numbers]) -> Numbers:
        if bounds := self._narrow(column):
            drawn = self.world.draw(numbers, 6, int(bounds[1] - bounds[0]) + 1)
            return at.get(column.name, drawn) + int(bounds[0])
        return numbers % self.key.parts + 1 if self.key.parts > 1 else numbers + 1

    def _narrow(self, column: Column) -> tuple[float, float] | None:
        bounds = bounds_of(self.dataset, column.name) if is_whole(column) else None
        return bounds if bounds and bounds[1] - bounds[0] < MOST_VALUES else None

    def _places(self, place: str) -> int:
        if place.startswith("county"):
            return len(COUNTIES)
        return len(COUNTIES) * len(TOWNS) if place.startswith("town") else self.world.villages

    @cached_property
    def _dates(self) -> Sequence[date]:
        """The days of the file; the first of each month or year where the key counts those."""
        if any(column.parse.startswith("month") for column in self._keys):
            return tuple(dict.fromkeys(day.replace(day=1) for day in self.days))
        dates = [column for column in self._keys if (column.parse or column.type) in DATES]
        is_yearly = any(column.parse.startswith("year") for column in dates) or not dates
        if is_yearly and any(column in dates or is_calendar(column) for column in self._keys):
            return tuple(dict.fromkeys(day.replace(month=1, day=1) for day in self.days))
        return self.days
