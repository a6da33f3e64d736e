"""What two releases tell together that neither tells alone.

Whoever holds both may take a row that did not change to be the same in both: a count hidden in one is then known from
the other, and with it whatever was hidden beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lakeward.pipelines.disclosure import Disclosure
from lakeward.sharing.privacy.cells import Cells, Key, reckoned


def derived(before: Cells, now: Cells, rule: Disclosure) -> Iterator[str]:
    """Say which small numbers follow from two releases of a table, but for what its disclosure allows."""
    changed = 0 if rule.changes else sum(1 for _ in small_changes(before, now))
    if changed:
        yield f"counts of {changed:,} rows differ from the last release by less than {now.k}"
    if opened := len(set(opened_rows(before, now))):
        yield f"{opened:,} hidden rows can be reckoned with the last release, which hid other rows beside them"


def small_changes(before: Cells, now: Cells) -> Iterator[Key]:
    """Give the rows of which both releases show a count, and a small change of it."""
    old = {key: at for at, key in enumerate(before.keys)}
    for at, key in enumerate(now.keys):
        pairs = [
            (count[old[key]], other[at]) for count, other in zip(before.counts, now.counts, strict=True) if key in old
        ]
        if any(a is not None and b is not None and 0 < abs(a - b) < now.k for a, b in pairs):
            yield key


def opened_rows(before: Cells, now: Cells) -> Iterator[Key]:
    """Give the hidden rows that can be reckoned where the other release shows some of those hidden beside them.

    A row that the other release shows may have changed: it is taken for known, but for the one that is asked about.
    """
    for release, other in ((before, now), (now, before)):
        shown = {key for at, key in enumerate(other.keys) if at not in other.hidden}
        unknown = {at for at in release.hidden if release.keys[at] not in shown}
        asked = [{*unknown, at} for at in release.hidden - unknown]
        for at in reckoned(release.groups, unknown).union(*(each & reckoned(release.groups, each) for each in asked)):
            yield release.keys[at]
