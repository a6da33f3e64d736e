"""How a curated table falls into parts, each made from its own rows alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """What must be made again of a curated table when some rows of its inputs change: the parts that they belong to.

    A row of the table is made from the rows of its own part in the inputs named here, and from all rows of every other
    input: where one of those changes, everything is made again. Choose parts so large that this is true, as the year
    for a table of days whose rates share one denominator a year.

    Args:
        of: SQL over the table's columns that gives the part a row belongs to (`year(crash_on)`).
        inputs: for each input that falls into the same parts, by its name, the same in SQL over its columns.
    """

    of: str
    inputs: Mapping[str, str]
