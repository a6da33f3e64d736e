"""What the rows of a release are about in time and space, from the statistics of its own files.

Only released files are asked: the extremes of a table that is not published may tell of a person.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lakeward.sharing.catalogue.entry import Coverage, Field
from lakeward.sharing.catalogue.text import Text

TAIPEI = ZoneInfo("Asia/Taipei")
TAIWAN = Text("臺灣", "Taiwan")
COUNTY = re.compile(r"(?P<zh>..[縣市])政府.*")
COUNTY_EN = re.compile(r"\w+ (?:City|County)")
A_YEAR = re.compile(r"(?:\w+_)?year")


def coverage(fields: Sequence[Field], agencies: Sequence[Text], files: Sequence[Path]) -> Coverage:
    """Tell what the rows are about.

    Args:
        fields: the columns; days are looked for among those of the key, positions in `lon_deg` and `lat_deg`.
        agencies: where one county gave all, that county is meant.
        files: Parquet files; none where nothing is released.
    """
    days = [each for each in fields if each.is_key and _tells_days(each)]
    ranges = {name: found for name, found in _ranges(files).items() if name in {each.name for each in fields}}
    told = [ranges[each.name] for each in days if each.name in ranges]
    first = min((_day(low, 1, 1) for low, _ in told), default=None)
    last = max((_day(high, 12, 31) for _, high in told), default=None)
    return Coverage(first, last, _place(agencies), _box(ranges))


def _tells_days(field: Field) -> bool:
    return field.type in ("date", "timestamp") or bool(A_YEAR.fullmatch(field.name))


def _ranges(files: Sequence[Path]) -> dict[str, tuple[Any, Any]]:
    """Give the least and greatest value of each column that each row group has statistics of."""
    from lakeward.lake import delta

    found: dict[str, list[Any]] = {}
    for file in files:
        with delta.parquet(file) as opened:
            groups = [opened.metadata.row_group(number) for number in range(opened.metadata.num_row_groups)]
        for chunk in (group.column(at) for group in groups for at in range(group.num_columns)):
            if chunk.statistics and chunk.statistics.has_min_max:
                found.setdefault(chunk.path_in_schema, []).extend((chunk.statistics.min, chunk.statistics.max))
    return {name: (min(values), max(values)) for name, values in found.items()}


def _day(value: Any, month: int, day: int) -> date:
    match value:
        case datetime():
            return (value.astimezone(TAIPEI) if value.tzinfo else value).date()
        case date():
            return value
        case _:
            return date(int(value), month, day)


def _box(ranges: dict[str, tuple[Any, Any]]) -> tuple[float, float, float, float] | None:
    if not {"lon_deg", "lat_deg"} <= ranges.keys():
        return None
    (west, east), (south, north) = ranges["lon_deg"], ranges["lat_deg"]
    # Outwards to a hundredth of a degree, about a kilometre: a box need not be a row's own position.
    return _to(math.floor, west), _to(math.floor, south), _to(math.ceil, east), _to(math.ceil, north)


def _to(way: Callable[[float], int], degrees: float) -> float:
    return way(degrees * 100) / 100


def _place(agencies: Sequence[Text]) -> Text:
    """Name the county whose agencies gave all; the country otherwise."""
    found = {(COUNTY.fullmatch(each.zh), COUNTY_EN.search(each.en)) for each in agencies}
    names = {(zh["zh"], en[0]) for zh, en in found if zh and en}
    if len(names) == 1 and len(found) == sum(bool(zh) for zh, _ in found):
        return Text(*names.pop())
    return TAIWAN
