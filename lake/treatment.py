"""What is done to a personal value before it comes into a curated table, so that nothing downstream ever holds it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hashed:
    """Each value becomes its HMAC-SHA256, in hexadecimal, under the key in `LAKEWARD_HASH_KEY`; the column is a string.

    Args:
        domain: columns with the same domain give the same value the same hash, so that they can be joined; by default
            no other column does.
    """

    domain: str = ""


@dataclass(frozen=True, slots=True)
class Generalised:
    """Each value becomes a coarser one.

    Args:
        to: of dates and times `year`, `quarter` or `month`, whose first day stands for it; of numbers the width of a
            step (5 years of age, 0.01 degrees), whose lower end stands for it; of text how many characters stay.
    """

    to: str | float


@dataclass(frozen=True, slots=True)
class Aggregated:
    """Each value is of a group: a count, a sum, a mean. The table's `disclosure` guards groups that are too small."""
