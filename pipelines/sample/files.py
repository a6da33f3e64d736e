"""Which made files a data set has: their names, layouts, periods, encodings, rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase

from lakeward.lake.errors import UsageError
from lakeward.pipelines.dataset import Append, Dataset, Layout, ReplacePeriod, Snapshot
from lakeward.pipelines.sample.rows import Space
from lakeward.pipelines.sample.world import YEARS, World

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
        yield MadeFile(_name(dataset, world.days[YEARS[-1]][:1], number, "_header_only"), main, (), number)
    starts: dict[tuple[date, ...], int] = {}
    spans = _spans(dataset, world, len(older))
    layouts = [*older, *[main] * (len(spans) - len(older))]
    made = None
    for number, (layout, days) in enumerate(zip(layouts, spans, strict=True), start=1):
        share = world.rows // OLD_SHARE if layout in older else -(-world.rows // (len(spans) - len(older)))
        key = Space(world, dataset, layout, days).key
        adds_up = not isinstance(dataset.combine, Snapshot | ReplacePeriod)
        start = starts.get(days if key.sizes else (), 0) if adds_up else 0
        count = int(min(share, key.room - start))
        if count <= 0:
            break
        starts[days if key.sizes else ()] = start + -(-count // key.parts) * key.parts
        made = MadeFile(_name(dataset, days, number), layout, days, number, start, count)
        yield made
    if made and isinstance(dataset.combine, Append) and not dataset.source.period:
        yield replace(made, name=_name(dataset, made.days, number, "_again"), is_copy=True)


def _spans(dataset: Dataset, world: World, older: int) -> list[tuple[date, ...]]:
    """Give the days of each file: one period each, or all days where files hold none."""
    if isinstance(dataset.combine, ReplacePeriod):
        spans = _periods(dataset, world)
        return spans[: max(len(YEARS), older + 1, -(-world.rows // max(1, world.villages)))]
    first, *later = YEARS
    old = [world.days[first]] * older
    days = [day for year in ((*later, first) if not older else later) for day in world.days[year]]
    shuffled = tuple(sorted(days, key=lambda day: (day.toordinal() * 7919 % 1009, day)))
    if isinstance(dataset.combine, Snapshot):
        editions = [world.days[year] for year in YEARS[-FILES:]]
        return old + editions
    return old + [shuffled] * FILES


def _periods(dataset: Dataset, world: World) -> list[tuple[date, ...]]:
    unit = dataset.combine.unit if isinstance(dataset.combine, ReplacePeriod) else "year"
    if unit == "year":
        return [world.days[year] for year in YEARS]
    if unit == "day":
        return [
            (day,) for position in range(len(world.days[YEARS[0]])) for day in (world.days[y][position] for y in YEARS)
        ]
    months = [date(year, month, 1) for month in (7, 8, 12, 1, 2, 3, 4, 5, 6, 9, 10, 11) for year in YEARS]
    return [tuple(month + timedelta(day) for day in range(28)) for month in months]


def _name(dataset: Dataset, days: Sequence[date], number: int, end: str = "") -> str:
    """Name a file so that it says `made` and its period and edition are read from the name."""
    source = dataset.source
    patterns = [pattern for pattern in (source.period, source.edition) if pattern]
    folder, _, glob = source.files.rpartition("/")
    for claim in _claims(days[0]) if days else ():
        folders = folder.replace("*", claim[:4])
        for stem in (f"{claim}_made{end}", f"made{end}_{claim}", f"made_{number}{end}_{claim}", f"{claim}made{end}"):
            name = re.sub(r"\*+", stem, glob, count=1).replace("*", "")
            told = [re.search(pattern, name) for pattern in patterns]
            fits = all(match and match[match.re.groups and 1] == claim for match in told)
            if patterns and fits and fnmatchcase(name, glob):
                return f"{folders}/{name}"
    if patterns:
        raise UsageError(
            f"{dataset.name}: no name is known that {' and '.join(patterns)} read",
            remedy="let `period` and `edition` of its source read a date such as 2021, 2021-07 or 1100701",
        )
    name = re.sub(r"\*+", f"made_{number}{end}", glob, count=1).replace("*", "")
    return f"{folder.replace('*', str(YEARS[number % len(YEARS)]))}/{name}"


def _claims(day: date) -> Iterator[str]:
    for shape in CLAIMS:
        yield day.strftime(shape.format(roc=day.year - 1911))
