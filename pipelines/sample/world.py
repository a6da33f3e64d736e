"""The made world that all made files share, so that their rows meet: places, days, things with a number, rain.

Counties are real, with rough positions of our own; towns, villages, stations and whatever else has a number are not.
Everything is a function of a row's number, so any part of a file can be drawn alone and comes out the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from lakeward.pipelines.places import counties

Numbers = np.ndarray[Any, np.dtype[np.int64]]

YEARS = (2015, 2020, 2021, 2022)
TOWNS = ("示範", "樣本", "假設")
SMALLEST, LARGEST = 198, 7_800


class County(NamedTuple):
    """A county, its official code and a rough position (degrees)."""

    name: str
    code: str
    lon: float
    lat: float


POSITIONS = {
    "新北市": (121.5, 25.0), "臺北市": (121.5, 25.1), "桃園市": (121.2, 24.9), "臺中市": (120.7, 24.2),
    "臺南市": (120.3, 23.1), "高雄市": (120.4, 22.7), "宜蘭縣": (121.7, 24.7), "新竹縣": (121.1, 24.7),
    "苗栗縣": (120.8, 24.5), "彰化縣": (120.5, 24.0), "南投縣": (120.8, 23.9), "雲林縣": (120.4, 23.7),
    "嘉義縣": (120.4, 23.4), "屏東縣": (120.6, 22.6), "臺東縣": (121.1, 22.8), "花蓮縣": (121.5, 23.8),
    "澎湖縣": (119.6, 23.6), "基隆市": (121.7, 25.1), "新竹市": (121.0, 24.8), "嘉義市": (120.5, 23.5),
    "金門縣": (118.3, 24.4), "連江縣": (119.9, 26.2),
}  # fmt: skip
COUNTIES = tuple(County(county.name, county.code, *POSITIONS[county.name]) for county in counties.COUNTIES)


@dataclass(frozen=True)
class World:
    """One made world.

    Args:
        seed: the same seed gives the same world.
        rows: about how many rows a data set is to have; places and days grow with it.
    """

    seed: int
    rows: int

    @cached_property
    def villages(self) -> int:
        """How many villages there are: some in each town of each county."""
        return min(LARGEST, max(SMALLEST, self.rows // 2)) // len(COUNTIES) * len(COUNTIES)

    @property
    def things(self) -> int:
        """How many things of a kind (stations, crops) rows speak of."""
        return max(30, self.rows // 10_000)

    @cached_property
    def places(self) -> Mapping[str, tuple[str, ...]]:
        """What each village is called and coded, by the name of the column that tells it."""
        numbers = np.arange(self.villages)
        shifts = zip(*(self.draw(numbers, purpose, 1_000) / 1e4 - 0.05 for purpose in (1, 2)), strict=True)
        told = [_village(number, *map(float, shift)) for number, shift in enumerate(shifts)]
        return {name: tuple(village[name] for village in told) for name in told[0]}

    def days(self, year: int) -> tuple[date, ...]:
        """Give the days of a year on which things are reported, from 1 July: few enough for data sets to meet."""
        count = min(180, max(14, self.rows // 100))
        return tuple(date(year, 7, 1) + timedelta(number) for number in range(count))

    def draw(self, numbers: Numbers, purpose: int, size: int) -> Numbers:
        """Give each number one below `size`, as if by chance, the same for the same purpose."""
        mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed += np.uint64((purpose * 0xBF58476D1CE4E5B9 + self.seed * 0x94D049BB133111EB) % 2**64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(max(1, size))).astype(np.int64)

    def is_wet(self, places: Numbers, days: Numbers) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell whether it rains in the county of a village on a day (days since 1970): all agencies see one sky."""
        return self.draw(days * len(COUNTIES) + places % len(COUNTIES), 7, 10) < 4


def _village(number: int, east_deg: float, north_deg: float) -> dict[str, str]:
    county = COUNTIES[number % len(COUNTIES)]
    town, village = number // len(COUNTIES) % len(TOWNS), number // len(COUNTIES) // len(TOWNS) + 1
    is_city = county.name.endswith("市")
    new = f"{county.code}{910 + 10 * town}-{village:03}"
    return {
        "county_name": county.name,
        "county_code": county.code,
        "town_name": TOWNS[town] + ("區" if is_city else "鄉"),
        "town_code": new[:8],
        "village_name": f"範{number + 1}{'里' if is_city else '村'}",
        "village_code": new,
        "village_code_old": old_code(new),
        "lon_deg": f"{county.lon + east_deg:.6f}",
        "lat_deg": f"{county.lat + north_deg:.6f}",
    }


def old_code(new: str) -> str:
    """Give the code that a village would have had before 2015."""
    county, town, village = new[:5], new[5:8], new[9:]
    if county.startswith("6"):
        return f"{county[:2]}0{town[:2]}00-{village}"
    return f"{county}{town[:2]}-{village}"
