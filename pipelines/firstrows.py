"""What the first rows of a file say about a declared column; no Spark, so only whether values look right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from unicodedata import normalize

from lakeward.lake.table import Cell, Column, as_cell
from lakeward.pipelines.dataset import Dataset, Layout
from lakeward.pipelines.head import column_name
from lakeward.pipelines.shapes import BLANKS, looks_like

Rows = Sequence[Sequence[str]]


def values_at(rows: Rows, place: int) -> list[str]:
    """List what stands at a place of each row, blank cells left out."""
    return [text for row in rows if place < len(row) and (text := row[place].strip(BLANKS))]


def read_alone(dataset: Dataset, layout: Layout) -> Mapping[str, Column]:
    """Give the column that is read from each header, by its bronze name in lower case, where it needs no other."""
    cells = [(column, as_cell(layout.cells.get(column.name, ()))) for column in dataset.columns]
    return {column_name(cell.headers[0]).casefold(): column for column, cell in cells if len(cell.headers) == 1}


def unfit(column: Column, cell: Cell, values: Iterable[str]) -> list[str]:
    """List the values that the column's type cannot be read from; those that mean "no value" are none of them."""
    found = []
    for text in values:
        meant = column.reads.get(text, text)
        if meant in column.nulls:
            continue
        meant = meant.lower() if "lower" in column.tidy else meant
        if "squeeze" in column.tidy or "no_dash" in column.tidy:
            meant = re.sub(r"[\s\-]" if "no_dash" in column.tidy else r"\s", "", normalize("NFKC", meant))
        if cell.pick:
            picked = re.search(cell.pick, meant, re.ASCII)
            put = re.sub(r"\$(\d)", r"\\\1", cell.put) or r"\1"
            meant = picked.expand(put) if picked else ""
        if not looks_like(column.parse or column.type, meant) or (cell.pick and not meant):
            found.append(text)
    return found


def share_fit(column: Column | None, cell: Cell, values: Sequence[str]) -> float:
    """Give the share (0–1) of values that may be the column's; ½ where that cannot be told, as any text is a text."""
    if column is None or not values:
        return 0.5
    if column.codes:
        return sum(text in column.codes for text in values) / len(values)
    if column.type == "string" and not cell.pick:
        return 0.5
    return 1 - len(unfit(column, cell, values)) / len(values)
