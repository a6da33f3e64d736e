"""The declared columns as a contract: what a delivery's header and first rows say against it, told before a run.

A delivery is held against the declaration and against the last good delivery in the same layout. What the declaration
needs and the file lacks refuses it; everything else is told, and columns are read by their names wherever they stand.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.ledger import Entry
from lakeward.lake.table import as_cell
from lakeward.pipelines.dataset import Dataset, Layout, headers_of
from lakeward.pipelines.firstrows import read_alone, unfit, values_at
from lakeward.pipelines.head import Head, column_name, column_names
from lakeward.pipelines.layout import ColumnsMissing, fit, listed, renames
from lakeward.pipelines.wide import Unpivot

RETYPED = 0.5
"""From this share on, values that cannot be read are another kind of value and no slips, which rules on rows catch."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery that was good: its file and its header."""

    file: str
    header: tuple[str, ...]


def last_good(dataset: Dataset, told: Iterable[Entry]) -> dict[str, Delivered]:
    """Give the last good delivery in each layout, by the layout's name, from what the ledger tells of a data set."""
    entries = list(told)
    refused = {entry.sha256 for entry in entries if entry.status == "refused"}
    good = [entry for entry in entries if entry.status == "received" and entry.sha256 not in refused and entry.header]
    found = {}
    for header, file in {entry.header: entry.file for entry in good}.items():
        with suppress(DeliveryRefused):  # the declaration has changed since
            found[fit(dataset, header).layout.name] = Delivered(file, header)
    return found


def examine(dataset: Dataset, file: str, head: Head, before: Mapping[str, Delivered]) -> tuple[str, tuple[str, ...]]:
    """Hold a delivery against its declaration and the last good one.

    Returns:
        The name of its layout, and what a person should know.

    Raises:
        ColumnsMissing: it lacks what the declaration needs; the message names likely renames.
    """
    header, delivered, unpivot = head.header, before, dataset.source.unpivot
    if unpivot:  # what follows speaks of long rows
        before = {name: replace(each, header=unpivot.header(each.header)) for name, each in before.items()}
        rows = unpivot.first_rows(header, head.first_rows)
        head = replace(head, header=unpivot.header(header), first_rows=rows)
    try:
        layout = fit(dataset, head.header).layout
    except ColumnsMissing as refusal:
        last = before.get(refusal.layout.name)
        near = renames(
            dataset, refusal.layout, refusal.missing, head.header,
            before=last.header if last else (), rows=head.first_rows,
        )  # fmt: skip
        raise ColumnsMissing(dataset, refusal.layout, refusal.missing, head.header, near) from refusal
    last = before.get(layout.name)
    said = (
        *_outside_its_time(dataset, layout, file),
        *_new(layout, head.header, last),
        *_gone(dataset, layout, head, last),
        *_moved(head.header, last),
        *_repeated(layout, head.header, last),
        *_retyped(dataset, layout, head),
        *_other_wide(unpivot, header, delivered.get(layout.name)),
    )
    return layout.name, said


def _outside_its_time(dataset: Dataset, layout: Layout, file: str) -> Iterator[str]:
    """Tell a file whose name claims a period in which its layout was not in use."""
    pattern = dataset.source.period
    claim = re.search(pattern, PurePosixPath(file).name) if pattern else None
    if claim and layout.since and _digits(claim[1])[: len(_digits(layout.since))] < _digits(layout.since):
        yield f'it claims {claim[1]}, but has the layout "{layout.name}", in use since {layout.since}'
    if claim and layout.until and _digits(claim[1])[: len(_digits(layout.until))] > _digits(layout.until):
        yield f'it claims {claim[1]}, but has the layout "{layout.name}", in use until {layout.until}'


def _digits(period: str) -> str:
    return re.sub(r"\D", "", period)


def _new(layout: Layout, header: Sequence[str], last: Delivered | None) -> Iterator[str]:
    """Tell columns that nothing reads, and with their place those that the last good delivery did not have."""
    known = _names(last.header) if last else {}
    fresh, strange = [], []
    declared = {column_name(text).casefold() for text in headers_of(layout.cells)}
    for at, (name, text) in enumerate(_names(header).items()):
        if name not in declared and text.strip():
            strange.append(text.strip())
            if name not in known:
                fresh.append(f"{text.strip()} ({f'after {header[at - 1].strip()}' if at else 'the first'})")
    if strange:
        since = f"; new since {last.file}: {listed(fresh)}" if last and fresh else ""
        yield f"columns that nothing declares: {listed(strange)}{since}"


def _gone(dataset: Dataset, layout: Layout, head: Head, last: Delivered | None) -> Iterator[str]:
    """Tell optional columns that are missing, and columns that nothing declares and that were there last time."""
    here = _names(head.header)
    declared = {column_name(text).casefold(): text for text in headers_of(layout.cells)}
    was = _names(last.header) if last else declared
    missing = [text for name, text in declared.items() if name not in here and name in was]
    near = renames(
        dataset, layout, missing, head.header, before=last.header if last else (), rows=head.first_rows
    )  # fmt: skip
    for text in missing:
        likely = f"; it is perhaps {near[text]} now: if so, declare it as a layout" if text in near else ""
        yield f"the optional column {text} is missing{likely}"
    if last and (lost := [text for name, text in was.items() if name not in here and name not in declared and text]):
        yield f"columns gone since {last.file}, which nothing declares: {listed(lost)}"


def _moved(header: Sequence[str], last: Delivered | None) -> Iterator[str]:
    """Tell columns that stand elsewhere among the others; they are the fewest that explain the new order."""
    if not last:
        return
    now = {name: at for at, name in enumerate(_names(header))}
    common = [name for name in _names(last.header) if name in now]
    stayed = _longest_rising([now[name] for name in common])
    if moved := [header[now[name]].strip() for name in common if now[name] not in stayed]:
        yield f"columns in another place than in {last.file}: {listed(moved)}; they are read by name"


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """Give the longest rising sequence among different numbers, by patience sorting."""
    piles: list[int] = []
    below: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(piles, number)
        below[number] = piles[at - 1] if at else None
        piles[at : at + 1] = [number]
    kept: set[int] = set()
    top = piles[-1] if piles else None
    while top is not None:
        kept.add(top)
        top = below[top]
    return kept


def _other_wide(unpivot: Unpivot | None, header: Sequence[str], last: Delivered | None) -> Iterator[str]:
    """Tell which of the columns that become rows came and went."""
    if not (unpivot and last):
        return
    now, was = ([each[at].strip() for at in unpivot.wide(each)] for each in (header, last.header))
    if gone := [text for text in was if text not in now]:
        yield f"columns that become rows, gone since {last.file}: {listed(gone)}"
    if fresh := [text for text in now if text not in was]:
        yield f"columns that become rows, new since {last.file}: {listed(fresh)}"


def _repeated(layout: Layout, header: Sequence[str], last: Delivered | None) -> Iterator[str]:
    """Tell headers that stand more than once, where the declaration does not name the later ones too."""
    declared = {column_name(text).casefold() for text in headers_of(layout.cells)}
    later: dict[str, list[str]] = {}
    for text, name in zip(header, column_names(header), strict=True):
        alone = column_name(text)
        if text.strip() and name != alone and name.casefold() not in declared:
            later.setdefault(alone, []).append(name)
    times = Counter(map(column_name, last.header)) if last else Counter[str]()
    for alone, names in later.items():
        if times[alone] <= 1:
            yield f"{alone} stands {len(names) + 1} times in the header; the later ones are called {listed(names)}"


def _retyped(dataset: Dataset, layout: Layout, head: Head) -> Iterator[str]:
    """Tell columns whose first values are mostly of another kind than declared."""
    alone = read_alone(dataset, layout)
    for at, name in enumerate(_names(head.header)):
        column, values = alone.get(name), values_at(head.first_rows, at)
        if column and values:
            wrong = unfit(column, as_cell(layout.cells[column.name]), values)
            if len(wrong) >= RETYPED * len(values):
                yield (
                    f"{column.name}: declared {column.type}, but {len(wrong)} of the first {len(values)} values of "
                    f"{head.header[at].strip()} are not, as {wrong[0][:40]!r}"
                )


def _names(header: Sequence[str]) -> dict[str, str]:
    """Give the headers by their bronze names in lower case, in order."""
    return {name.casefold(): text for name, text in zip(column_names(header), header, strict=True)}
