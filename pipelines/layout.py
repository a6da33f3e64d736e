"""Which declared layout a file has, told by its own header, by name and never by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.table import Cell, as_cell
from lakeward.pipelines.dataset import Dataset, Layout, headers_of
from lakeward.pipelines.firstrows import Rows, read_alone, share_fit, values_at
from lakeward.pipelines.head import column_name, column_names
from lakeward.pipelines.renames import likely_renames

OTHER_DELIMITERS = ("\t", ";", "，", "|", ",")
SHOWN = 12


class ColumnsMissing(DeliveryRefused):
    """The file's header lacks columns that the declaration names."""

    def __init__(
        self,
        dataset: Dataset,
        layout: Layout,
        missing: Sequence[str],
        header: Sequence[str],
        renames: Mapping[str, str],
    ) -> None:
        near = [f"{old} is perhaps {new} now" for old, new in renames.items()]
        mark = next((mark for mark in OTHER_DELIMITERS if len(header) == 1 and mark in header[0]), "")
        near = [f"its cells are parted by {mark!r}"] if mark else near
        super().__init__(
            f'the header lacks {listed(missing)} of the layout "{layout.name}"',
            remedy=f"compare the header with the declaration of {dataset.name}; "
            + (
                "; ".join(near) + (": declare that as its `delimiter`" if mark else ": if so, declare it as a layout")
                if near
                else "ask the agency, or declare the new layout"
            ),
            found=[text for text in header if text.strip()][:60],
        )
        self.layout, self.missing = layout, tuple(missing)


@dataclass(frozen=True, slots=True)
class Fit:
    """A file's layout and the columns it has beyond it."""

    layout: Layout
    extra: tuple[str, ...]


def fit(dataset: Dataset, header: Sequence[str]) -> Fit:
    """Find the declared layout whose headers a file has.

    Raises:
        ColumnsMissing: it has those of none; the message names what the nearest one lacks.
    """
    header = dataset.source.header_of(header)
    have = {name.casefold(): name for name in column_names(header)}
    best: tuple[int, Layout, list[str]] | None = None
    for layout in dataset.layouts():
        if not layout.cells:
            continue
        needed = {column_name(text).casefold(): text for text in headers_of(_required(dataset, layout))}
        missing = [text for name, text in needed.items() if name not in have]
        score = len(needed) - len(missing)
        if not missing and (best is None or best[2] or score > best[0]):
            best = (score, layout, [])
        elif missing and (best is None or (best[2] and score > best[0])):
            best = (score, layout, missing)
    if best is None:
        raise DeliveryRefused("the declaration names no columns to read", remedy="give its columns a `cell`")
    _, layout, missing = best
    if missing:
        raise ColumnsMissing(dataset, layout, missing, header, renames(dataset, layout, missing, header))
    return Fit(layout, tuple(header[at] for at in unread(layout, header)))


def unread(layout: Layout, header: Sequence[str]) -> list[int]:
    """List the places of a header that a layout does not read; those without a name are left out."""
    known = {column_name(text).casefold() for text in headers_of(layout.cells)}
    names = enumerate(zip(header, column_names(header), strict=True))
    return [at for at, (text, name) in names if text.strip() and name.casefold() not in known]


def renames(
    dataset: Dataset,
    layout: Layout,
    missing: Sequence[str],
    header: Sequence[str],
    *,
    before: Sequence[str] = (),
    rows: Rows = (),
) -> dict[str, str]:
    """Name the likely new headers of missing ones.

    Args:
        dataset: the declaration.
        layout: the layout that the file nearly has.
        missing: headers that it lacks, as declared.
        header: its header.
        before: the header of the last good delivery in this layout; by default the declared order.
        rows: its first rows.
    """
    declared = headers_of(layout.cells)
    spelled = {column_name(text).casefold(): text for text in declared}
    order = [spelled.get(column_name(text).casefold(), text) for text in before] or declared
    known = {column_name(text).casefold() for text in before}
    free = [at for at in unread(layout, header) if column_name(header[at]).casefold() not in known]
    alone = read_alone(dataset, layout)

    def fits(old: str, at: int) -> float:
        column = alone.get(column_name(old).casefold())
        return share_fit(column, as_cell(layout.cells[column.name] if column else ()), values_at(rows, at))

    return likely_renames(missing, free, header, order, fits)


def _required(dataset: Dataset, layout: Layout) -> Mapping[str, Cell]:
    optional = {column.name for column in dataset.columns if column.optional}
    return {name: as_cell(cell) for name, cell in layout.cells.items() if name not in optional}


def listed(texts: Sequence[str]) -> str:
    """Name some of many, and how many more there are."""
    more = len(texts) - SHOWN
    return ", ".join(texts[:SHOWN]) + (f" and {more} more" if more > 0 else "")
