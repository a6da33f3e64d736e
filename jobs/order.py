"""Which delivery gives way to which."""

from __future__ import annotations

from collections.abc import Iterable

from lakeward.lake.ledger import Entry
from lakeward.pipelines.dataset import Dataset, Source
from lakeward.pipelines.layout import fit


def in_order(dataset: Dataset, told: Iterable[Entry]) -> dict[str, int]:
    """Number deliveries from the one that gives way to all others; extracts give way to what holds more."""
    entries = {entry.sha256: entry for entry in told}
    when = sorted({entry.seen_at for entry in entries.values() if entry.seen_at})
    arrivals = [
        (sha256, when.index(entry.seen_at) if entry.seen_at else len(when), entry.modified_at, entry.file)
        for sha256, entry in entries.items()
    ]
    order = ordered(arrivals, dataset.source)
    if not any(layout.is_extract for layout in dataset.source.layouts):
        return order
    is_full = {sha256: not fit(dataset, entry.header).layout.is_extract for sha256, entry in entries.items()}
    return {sha256: number for number, sha256 in enumerate(sorted(order, key=is_full.__getitem__))}


def ordered(arrivals: Iterable[tuple[str, int, str, str]], source: Source) -> dict[str, int]:
    """Order deliveries: by the edition that their names tell, then by arrival, time and name.

    Args:
        arrivals: sha256, arrival, modified_at and file of each.
        source: tells how names tell an edition.
    """

    def place(arrival: tuple[str, int, str, str]) -> tuple[str, int, str, str]:
        _, arrived, modified, file = arrival
        return (source.edition_of(file), arrived, modified, file)

    return {arrival[0]: number for number, arrival in enumerate(sorted(arrivals, key=place))}
