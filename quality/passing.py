"""Numbers of rows that are noted as the rows pass by, by functions of our own in Java.

An observation of Spark's hands each row through a projection of its own; here a condition that is always true notes
what it sees amid the code that Spark makes for the rows anyhow.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakeward.quality.compiled import Measure, Question
from lakeward.quality.sql import name

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

LONGEST = 8_000
"""Bytes of code beyond which Java compiles no method: Spark makes one for a row, which would only be interpreted."""
A_COLUMN = 70
A_NOTE = 110
A_LETTER = 4
"""Bytes of that code, measured: for each column, for a note, for each letter of a condition where that is more."""

AGGREGATES = {"sum({})": "summed", "avg({})": "summed", "stddev_samp({})": "spread"}
"""Which of our functions notes what an aggregate of Spark's finds of doubles."""
SIZES = {"counted": 1, "beyond": 1, "lengths": 1, "summed": 2, "spread": 3}
"""The numbers that each notes: rows that meet a condition; numbers, or lengths, beyond bounds; a count and a sum; a
count, a mean and the sum of squared distances from it.
"""


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of each row.

    Args:
        function: which of ours notes it.
        value: SQL of what is handed to it.
        bounds: numbers that it is made with, as Java reads them.
    """

    function: str
    value: str
    bounds: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Give how many numbers it is made of."""
        return SIZES[self.function]

    @property
    def code(self) -> int:
        """Give how many bytes of code it takes at most."""
        return max(A_NOTE, A_LETTER * len(self.value))


def note_of(measure: Measure) -> Note | None:
    """Say how a measure is noted; None where Spark's own aggregates are to find it."""
    if beyond := measure.beyond:
        bounds = (_in_java(beyond.low), _in_java(beyond.high))
        return Note("lengths" if beyond.is_length else "beyond", beyond.value, bounds)
    if measure.is_count:
        value = "" if measure.value == "1" else f"({measure.value}) is not null"
        conditions = [f"({each})" for each in (measure.where, value) if each]
        return Note("counted", f"coalesce({' and '.join(conditions) or 'true'}, false)")
    if not measure.is_of_doubles or measure.sql not in AGGREGATES:
        return None
    return Note(AGGREGATES[measure.sql], f"cast({measure.taken} as double)")


def _in_java(number: float) -> str:
    return str(number).replace("inf", "Infinity").replace("nan", "NaN")


class Passing:
    """Measures of the rows of a frame, noted by whatever action reads `frame`.

    Args:
        frame: the rows.
        measures: what is asked; those that are not noted are passed over.
    """

    def __init__(self, frame: DataFrame, measures: Iterable[Measure]) -> None:
        notes = {measure: note for measure in measures if (note := note_of(measure))}
        self._places = dict[Note, int]()
        self._size, code = 0, A_COLUMN * len(frame.columns)
        for note in dict.fromkeys(notes.values()):
            if not self._places or code + note.code <= LONGEST:
                self._places[note] = self._size
                self._size, code = self._size + note.size, code + note.code
        self._notes = {measure: note for measure, note in notes.items() if note in self._places}
        spark: Any = frame.sparkSession
        self._watch = spark._jvm.io.lakeward.functions.Watch.opened(spark.sparkContext._jsc.sc(), self._size)
        try:
            self.frame = frame.where(" and ".join(self._calls()))
        finally:
            self._watch.close()

    def __contains__(self, measure: object) -> bool:
        return measure in self._notes

    def _calls(self) -> Iterator[str]:
        for note, place in self._places.items():
            called = " ".join((note.function, self._watch.name(), str(place), *note.bounds))
            yield f"not (lakeward.{name(called)}({note.value}) <=> false)"

    def seen(self) -> dict[Question, Any]:
        """Give the numbers, after the action."""
        numbers = array("d", self._watch.found())
        tasks = [numbers[at : at + self._size] for at in range(0, len(numbers), self._size)]
        return {measure: self._together(measure, note, tasks) for measure, note in self._notes.items()}

    def _together(self, measure: Measure, note: Note, tasks: Sequence[Sequence[float]]) -> int | float | None:
        """Give a measure of all rows from what each task noted."""
        place = self._places[note]
        some = [each[place : place + note.size] for each in tasks if each[place]]
        count = sum(each[0] for each in some)
        if measure.is_count:
            return int(count)
        if not some:
            return None
        if note.function == "spread":
            return _deviation(some)
        total = some[0][1]  # not from 0 on: all that there is may be -0.0
        for each in some[1:]:
            total += each[1]
        return total if measure.sql == "sum({})" else total / count


def _deviation(tasks: Sequence[Sequence[float]]) -> float | None:
    """Give the standard deviation, tasks put together as Spark puts partitions together (Chan, Golub and LeVeque)."""
    count, mean, squares = tasks[0]
    for more, other_mean, other_squares in tasks[1:]:
        distance, both = other_mean - mean, count + more
        step = distance / both
        squares += other_squares + distance * step * count * more
        count, mean = both, mean + step * more
    return math.sqrt(squares / (count - 1)) if count > 1 else None
