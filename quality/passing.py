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
A_NOTE = 250
"""Bytes of that code for each column and for each note, measured; short notes take less."""

AGGREGATES = {"sum({})": "summed", "avg({})": "summed", "stddev_samp({})": "spread"}
"""Which of our functions notes what an aggregate of Spark's finds of doubles."""
SIZES = {"counted": 1, "summed": 2, "spread": 3}
"""The numbers that each notes: a count; a count and a sum; a count, a mean and the sum of squared distances from it."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted of each row.

    Args:
        function: which of ours notes it.
        value: SQL of what is handed to it.
    """

    function: str
    value: str

    @property
    def size(self) -> int:
        """Give how many numbers it is made of."""
        return SIZES[self.function]


def note_of(measure: Measure) -> Note | None:
    """Say how a measure is noted; None where Spark's own aggregates are to find it."""
    if measure.is_count:
        value = "" if measure.value == "1" else f"({measure.value}) is not null"
        conditions = [f"({each})" for each in (measure.where, value) if each]
        return Note("counted", f"coalesce({' and '.join(conditions) or 'true'}, false)")
    if not measure.is_of_doubles or measure.sql not in AGGREGATES:
        return None
    return Note(AGGREGATES[measure.sql], f"cast({measure.taken} as double)")


class Passing:
    """Measures of the rows of a frame, noted by whatever action reads `frame`.

    Args:
        frame: the rows.
        measures: what is asked; those that are not noted are passed over.
    """

    def __init__(self, frame: DataFrame, measures: Iterable[Measure]) -> None:
        notes = {measure: note for measure in measures if (note := note_of(measure))}
        most = max(1, (LONGEST - A_COLUMN * len(frame.columns)) // A_NOTE)
        kept = list(dict.fromkeys(notes.values()))[:most]
        self._notes = {measure: note for measure, note in notes.items() if note in kept}
        self._places = {note: sum(before.size for before in kept[:at]) for at, note in enumerate(kept)}
        self._size = sum(note.size for note in kept)
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
            yield f"coalesce(lakeward.{name(f'{note.function} {self._watch.name()} {place}')}({note.value}), true)"

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
