"""How a table of people guards groups that are so small that somebody could be known in them."""

from __future__ import annotations

from dataclasses import dataclass, field

LEAST = 5
"""People below whom a group is small, where a declaration names no other number: what agencies here use."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a curated table counts, and what is done about small cells. A table with some that says nothing is refused.

    Args:
        counts: columns that count people or what happened to them.
        k: a count above 0 and below this is small.
        parts: pairs of a column and the whole that it is a part of; what is left of the whole is a count as well.
        within: sets of key columns whose totals can be known: by `(("county_name", "year"),)` a county's year.
        hidden: a boolean column, made by lakeward, that is true where a row's numbers are hidden; with it small cells,
            and as many others as it takes that nobody can reckon them from totals, are hidden.
        hides: other columns that are hidden with the counts, such as rates.
        identifying: columns by which somebody could be known in a table with a row a person: each combination must
            stand in `k` rows or more.
        public: why small cells may be seen all the same; nothing is hidden then.
        changes: why a count may change by less than `k` from one release to the next.
    """

    counts: tuple[str, ...] = ()
    k: int = LEAST
    parts: tuple[tuple[str, str], ...] = ()
    within: tuple[tuple[str, ...], ...] = ()
    hidden: str = ""
    hides: tuple[str, ...] = ()
    identifying: tuple[str, ...] = ()
    public: str = field(default="", repr=False)
    changes: str = field(default="", repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that it speaks of."""
        of_parts, of_totals = (name for pair in self.parts for name in pair), (n for set_ in self.within for n in set_)
        told = (*self.counts, *of_parts, *of_totals, *filter(None, [self.hidden]), *self.hides, *self.identifying)
        return tuple(dict.fromkeys(told))
