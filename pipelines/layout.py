"""Which declared layout a file has, told by its own header, by name and never by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.table import Cell, as_cell
from lakeward.pipelines.dataset import Dataset, Layout, headers_of
from lakeward.pipelines.delimited import column_name, column_names


class ColumnsMissing(DeliveryRefused):
    """The file's header lacks columns that the declaration names."""

    def __init__(self, dataset: str, layout: str, missing: Sequence[str], found: Sequence[str]) -> None:
        near = [f"{name} is perhaps {match[0]} now" for name in missing if (match := get_close_matches(name, found, 1))]
        super().__init__(
            f'the header lacks {", ".join(missing)} of the layout "{layout}"',
            remedy=f"compare the header with pipelines/{dataset.replace('.', '/')}.py; "
            + ("; ".join(near) or "ask the agency, or declare the new layout"),
            found=list(found)[:60],
        )


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
        raise ColumnsMissing(dataset.name, layout.name, missing, [text for text in header if text.strip()])
    known = {column_name(text).casefold() for text in headers_of(layout.cells)}
    extra = tuple(text for text, name in zip(header, column_names(header), strict=True) if name.casefold() not in known)
    return Fit(layout, tuple(text for text in extra if text.strip()))


def _required(dataset: Dataset, layout: Layout) -> Mapping[str, Cell]:
    optional = {column.name for column in dataset.columns if column.optional}
    return {name: as_cell(cell) for name, cell in layout.cells.items() if name not in optional}
