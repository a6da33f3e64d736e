"""Which made files a data set has: their names, layouts, periods, encodings, rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from itertools import product
from pathlib import PurePosixPath
from random import Random

from rstr import Rstr

from lakeward.lake.errors import UsageError
from lakeward.lake.table import as_cell
from lakeward.pipelines.dataset import Append, Dataset, Layout, ReplacePart, ReplacePeriod, Snapshot
from lakeward.pipelines.formats import Workbook
from lakeward.pipelines.sample.rows import Space
from lakeward.pipelines.sample.world import YEARS, World
from lakeward.pipelines.sample.writers import first_of

MOST_ROWS = 1_000_000  # of a sheet
FILES = 2  # of a data set whose files hold no period
OLD_SHARE = 10  # an older layout gets one row in so many
ENOUGH_ROWS = 100  # from here on a file has faults
CLAIMS = ("%Y-%m-%d", "%Y-%m", "%Y%m%d", "%Y%m", "%Y", "{roc}%m%d", "{roc}%m", "{roc}")


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file to be made.

    Args:
        name: relative to the landing root.
        layout: where its columns stand.
        days: the days it speaks of.
        number: which file of its data set it is.
        start: the number of its first row.
        rows: how many rows it has without faults and repeats.
        is_copy: it is the same delivery as the one before, under another name.
    """

    name: str
    layout: Layout
    days: tuple[date, ...]
    number: int
    start: int = 0
    rows: int = 0
    is_copy: bool = False


def files_of(dataset: Dataset, world: World) -> Iterator[MadeFile]:
    """Plan the files of a data set, those in older layouts first.

    Raises:
        UsageError: no file name could be found that the declaration's patterns read.
    """
    main, *older = (layout for layout in dataset.layouts() if layout.cells)
    number = 0
    if dataset.source.may_be_empty:
        days = world.days(YEARS[-1])
        yield MadeFile(_name(dataset, main, days, number, "_header_only"), main, days, number)
    starts: dict[tuple[date, ...], int] = {}
    old = [(layout, world.days(_year_of(layout))) for layout in older]
    spans = _spans(dataset, world, main.since)
    made = None
    for number, (layout, days) in enumerate([*old, *((main, days) for days in spans)], start=1):
        share = world.rows // OLD_SHARE if number <= len(old) else -(-world.rows // len(spans))
        key = Space(world, dataset, layout, days).key
        adds_up = not isinstance(dataset.combine, Snapshot | ReplacePeriod | ReplacePart)
        adds_up |= isinstance(dataset.combine, ReplacePeriod) and not key.sizes  # no two files with the same bytes
        start = starts.get(days if key.sizes else (), 0) if adds_up else 0
        count = int(min(share, key.room - start, MOST_ROWS if isinstance(dataset.source.format, Workbook) else share))
        if count <= 0:
            break
        starts[days if key.sizes else ()] = start + -(-count // key.parts) * key.parts
        made = MadeFile(_name(dataset, layout, days, number), layout, days, number, start, count)
        yield made
    if made and isinstance(dataset.combine, Append) and not dataset.source.period:
        yield replace(made, name=_name(dataset, main, made.days, number, "_again"), is_copy=True)


def _year_of(layout: Layout) -> int:
    """Give a year in which a layout was in use."""
    if layout.until:
        return int(layout.until[:4])
    return int(layout.since[:4]) if layout.since else YEARS[0]


def _spans(dataset: Dataset, world: World, since: str) -> list[tuple[date, ...]]:
    """Give the days of each file in the newest layout: one period each, or all days where files hold none."""
    years = [year for year in YEARS if str(year) >= since[:4]] or [int(since[:4])]
    if isinstance(dataset.combine, ReplacePeriod):
        spans = _periods(dataset.combine.unit, years, world)
        return spans[: max(len(years), -(-world.rows // world.villages))]
    if isinstance(dataset.combine, Snapshot):
        return [world.days(year) for year in years[-FILES:]]
    days = [day for year in (*years[1:], years[0]) for day in world.days(year)]
    shuffled = tuple(sorted(days, key=lambda day: (day.toordinal() * 7919 % 1009, day)))
    return [shuffled] * (1 if isinstance(dataset.combine, ReplacePart) else FILES)


def _periods(unit: str, years: Sequence[int], world: World) -> list[tuple[date, ...]]:
    if unit == "year":
        return [world.days(year) for year in years]
    if unit == "day":
        return [(day,) for days in zip(*(world.days(year) for year in years), strict=True) for day in days]
    months = [date(year, month, 1) for month in (7, 8, 12, 1, 2, 3, 4, 5, 6, 9, 10, 11) for year in years]
    return [tuple(month + timedelta(day) for day in range(28)) for month in months]


def _name(dataset: Dataset, layout: Layout, days: Sequence[date], number: int, end: str = "") -> str:
    """Name a file so that it says `made` and whatever is read from its name can be."""
    source = dataset.source
    of_file = [cell for cell in map(as_cell, layout.cells.values()) if cell.headers == ("_file",)]
    patterns = list(dict.fromkeys(filter(None, (source.edition, source.period, *(cell.pick for cell in of_file)))))
    hints = {cell.pick: cell.made for cell in of_file if cell.made}
    folder, _, glob = re.sub(r"\{([^,}]*)[^}]*\}", r"\1", source.files).rpartition("/")
    told = [
        [first_of(hints[pattern], number)] if pattern in hints else
        list(_spelled(pattern, days[0], PurePosixPath(glob).suffix)) for pattern in patterns
    ]  # fmt: skip
    for parts in product(*told):
        text = "_".join(dict.fromkeys(part.strip("_") for part in parts))
        stems = (f"{text}_made{end}", f"made{end}_{text}", f"made_{number}{end}_{text}", f"{text}made{end}")
        for stem in stems if patterns else (f"made_{number}{end}",):
            name = re.sub(r"(?<=\w)\*+", f"_{stem}", glob, count=1)
            name = re.sub(r"\*+", stem, name, count=1).replace("*", "")
            if all(re.search(pattern, name) for pattern in patterns) and fnmatchcase(name, glob):
                return f"{folder.replace('*', f'{days[0].year}')}/{name}"
    raise UsageError(
        f"{dataset.name}: no file name is known that {' and '.join(patterns)} read",
        remedy="let `period` and `edition` of its source read a date such as 2021, 2021-07 or 1100701",
    )


def _spelled(pattern: str, day: date, ending: str) -> Iterator[str]:
    """Give texts that a pattern reads, with a day, month or year in place of its first group."""
    for shape in CLAIMS:
        claim = day.strftime(shape.format(roc=day.year - 1911))
        text = Rstr(Random(1)).xeger(re.sub(r"\((?!\?)[^()]*\)", claim, pattern, count=1))  # noqa: S311 - made data
        found = re.search(pattern, text)
        if found and found[found.re.groups and 1] == claim:
            yield text.removesuffix(ending)
