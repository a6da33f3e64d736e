"""How the deliveries of a data set come together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lakeward.pipelines.claims import NO_DAYS, days

# A date as a number, which takes a tenth of the time that a date as a text does.
PERIODS = {
    "year": "year({0})",
    "month": "year({0}) * 100 + month({0})",
    "day": "year({0}) * 10000 + month({0}) * 100 + day({0})",
}


@dataclass(frozen=True, slots=True)
class Append:
    """Each delivery adds rows; a key that is there already is refused."""


@dataclass(frozen=True, slots=True)
class ReplacePeriod:
    """Each delivery holds whole periods and takes the place of what was there for them.

    Args:
        column: the date column that says which period a row is of.
        unit: how long a period is.
        within: the column of what the periods are of, as a county, where a delivery does not hold them all.
    """

    column: str
    unit: Literal["year", "month", "day"]
    within: str = ""

    @property
    def part(self) -> str:
        """Say in SQL which period a row is of, as `201804`."""
        period = f"cast({PERIODS[self.unit].format(self.column)} as string)"
        return f"concat_ws(' ', {self.within}, {period})" if self.within else period

    def days(self, periods: Iterable[str]) -> tuple[date, date]:
        """Give the first and the last day of some periods, as `part` says them.

        Raises:
            ValueError: they are none.
        """
        numbers = [period.rpartition(" ")[2] for period in periods]
        ends = [days("-".join(filter(None, (each[:4], each[4:6], each[6:])))) for each in (min(numbers), max(numbers))]
        if NO_DAYS in ends:
            raise ValueError(f"no days are told by {min(numbers)} and {max(numbers)}")
        return ends[0][0], ends[1][1]


@dataclass(frozen=True, slots=True)
class ReplacePart:
    """Each delivery holds whole parts, as all rows of a county, and takes the place of what was there for them.

    Args:
        column: the column whose value names the part.
        also: more columns, where it takes several to name it, as a county and a month.
    """

    column: str
    also: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """Say in SQL which part a row is of."""
        return f"concat_ws('/', {', '.join(f'cast({name} as string)' for name in (self.column, *self.also))})"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Each delivery is the whole table.

    Args:
        keep_history: each delivery becomes a version of its own, in order of edition, and the table's change data feed
            tells what it inserted, updated and deleted by key; `Changes` gives it to a curated table.
    """

    keep_history: bool = False


@dataclass(frozen=True, slots=True)
class Upsert:
    """Rows of a later delivery take the place of rows with the same key."""


Combine = Append | ReplacePeriod | ReplacePart | Snapshot | Upsert


def columns_of(combine: Combine) -> tuple[str, ...]:
    """Give the columns that say which rows a delivery takes the place of."""
    if isinstance(combine, ReplacePeriod):
        return tuple(filter(None, (combine.column, combine.within)))
    return (combine.column, *combine.also) if isinstance(combine, ReplacePart) else ()
