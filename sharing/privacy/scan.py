"""Look at every value of data files once, for what looks like a person's; memory holds one batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute

from lakeward.lake.table import Column
from lakeward.sharing.privacy.detectors import DETECTORS, Detector
from lakeward.sharing.privacy.treatment import untreated

Values = Any
"""An Arrow array of any type."""
pc: Any = pyarrow.compute  # its stubs know neither all functions nor all types

ANY = "|".join(each.fast for each in DETECTORS)
HIDDEN = "[\u00ad\u200b-\u200f\u2060\ufeff]"
FINE_DEGREES, FINE_METRES = 0.01, 1_000.0
PLACES = {
    "longitude": ("latitude", 118.0, 123.5, FINE_DEGREES), "latitude": ("longitude", 21.5, 26.6, FINE_DEGREES),
    "easting": ("northing", 1.0e5, 4.0e5, FINE_METRES), "northing": ("easting", 2.4e6, 2.95e6, FINE_METRES),
}  # fmt: skip
"""What a number may be of a place in Taiwan: what goes with it, from where to where, and which steps are coarse."""
UNITS_OF_PLACES = ("", "degrees", "m")


@dataclass(frozen=True, slots=True)
class Found:
    """What looks like persons' values in one column.

    Args:
        column: its name.
        kind: what is found, by a detector's name.
        what: in words.
        values: how many different values, batch by batch.
    """

    column: str
    kind: str
    what: str
    values: int


@dataclass(slots=True)
class Scan:
    """What has been seen of the values so far.

    Args:
        columns: the declared columns.
        texts: different texts, by column.
        seen: texts that have a detector's shape, and those that are real.
        places: what a column of numbers may be of a place.
        untreated: values that are not as the column's treatment leaves them.
    """

    columns: Sequence[Column]
    texts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[tuple[str, Detector], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    places: dict[str, set[str]] = field(default_factory=dict)
    untreated: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def look(self, batches: Iterable[pa.RecordBatch]) -> list[Found]:
        """Look at all batches and give what was found, by column in the declared order."""
        for batch in batches:
            for column in self.columns:
                values = batch.column(column.name)
                self.untreated[column.name] += untreated(column, values)
                for text in _texts(values, is_measured=bool(column.unit)):
                    self._look_at(column.name, text)
                is_number = pa.types.is_floating(values.type) or pa.types.is_decimal(values.type)
                if is_number and column.unit in UNITS_OF_PLACES:
                    self._place(column.name, values)
        return [*self._told(), *self._places()]

    def _look_at(self, column: str, text: Values) -> None:
        plain = pc.utf8_normalize(pc.unique(text), form="NFKC")
        self.texts[column] += len(plain)
        if pc.any(pc.match_substring_regex(plain, HIDDEN)).as_py():
            plain = pc.replace_substring_regex(plain, HIDDEN, "")
        shaped = plain.filter(pc.fill_null(pc.match_substring_regex(plain, ANY, ignore_case=True), False))
        for value in shaped.to_pylist():
            for detector in DETECTORS:
                for at, is_so in enumerate(detector.look(value)):
                    self.seen[column, detector][at] += is_so

    def _told(self) -> Iterator[Found]:
        for name in (column.name for column in self.columns):
            by_kind: dict[tuple[str, str], int] = defaultdict(int)
            for detector in DETECTORS:
                shaped, real = self.seen.get((name, detector), (0, 0))
                if detector.tells(self.texts[name], shaped, real):
                    by_kind[detector.name, detector.what] += real
            yield from (Found(name, kind, what, values) for (kind, what), values in by_kind.items())

    def _place(self, column: str, values: Values) -> None:
        """Keep what a column of numbers may be of a place, as long as half its values and their precision allow it."""
        given = values.drop_null().cast(pa.float64())
        if len(given):
            may = {name for name, (_, *limits) in PLACES.items() if _is_fine(given, *limits)}
            self.places[column] = self.places.get(column, may) & may

    def _places(self) -> Iterator[Found]:
        every = set[str]().union(*self.places.values())
        for column, may in self.places.items():
            if any(PLACES[name][0] in every for name in may):
                yield Found(column, "coordinates", "places to within metres", 0)


def _is_fine(given: Values, low: float, high: float, step: float) -> bool:
    inside = given.filter(pc.and_(pc.greater_equal(given, low), pc.less_equal(given, high)))
    steps = pc.divide(inside, step)
    off = pc.greater(pc.abs(pc.subtract(steps, pc.round(steps))), 1e-6)
    return 2 * len(inside) >= len(given) and bool(pc.any(off).as_py())


def _texts(values: Values, *, is_measured: bool) -> Iterator[Values]:
    """Give all texts in an array, however deep; whole numbers too, where they measure nothing."""
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        yield values
    elif pa.types.is_dictionary(kind):
        yield from _texts(values.dictionary, is_measured=is_measured)
    elif pa.types.is_map(kind):
        yield from _texts(values.keys, is_measured=is_measured)
        yield from _texts(values.items, is_measured=is_measured)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _texts(values.flatten(), is_measured=is_measured)
    elif pa.types.is_struct(kind):
        for each in values.flatten():
            yield from _texts(each, is_measured=is_measured)
    elif pa.types.is_binary(kind):
        yield from ()
    elif pa.types.is_integer(kind) and not is_measured:
        long = values.filter(pc.greater_equal(values, pa.scalar(900_000_000)))  # a telephone that lost its 0, or longer
        yield pc.replace_substring_regex(long.cast(pa.string()), "^(9[0-9]{8})$", r"0\1")
