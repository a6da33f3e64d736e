"""Rows of cells, of text or of a sheet: where their header is, which are remarks, what repeats the cell above."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.formats import Grid
from lakeward.pipelines.head import KIND_FOOTER, KIND_RAGGED, KIND_ROW, RUN_OF_BLANKS, column_names, on_one_line
from lakeward.pipelines.shapes import BLANKS

if TYPE_CHECKING:
    import pyarrow as pa

SEARCHED_ROWS = 200
"""So far down is a header looked for."""
MAX_COLUMNS = 5_000
DESTROYED = "\ufffd"
PROVENANCE = ("_row", "_kind", "_fault", "_overflow", "_padded")
Array = Any  # the stubs of pyarrow tell its array types apart more finely than its functions do
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Some rows: the number of each, its cells by column, why it is ragged, and its cells beyond the header."""

    lines: Array
    cells: list[Array]
    faults: Array
    overflow: Array


@dataclass(frozen=True, slots=True)
class Header:
    """A header, the rows above it, and the number of its last line."""

    texts: tuple[str, ...]
    title: str
    line: int


def find_header(rows: Iterable[tuple[int, Row]], form: Grid) -> Header:
    """Take rows from the top until the header is found; what follows it is left in `rows`.

    Args:
        rows: the number of each row's last line, and its cells.
        form: how the header is known.

    Raises:
        DeliveryRefused: there is none, or it is not the one that is declared.
    """
    above: list[Row] = []
    taken = iter(rows)
    for place, (line, row) in enumerate(taken):
        if place >= SEARCHED_ROWS + form.skip_rows:
            break
        if place < form.skip_rows or not _is_header(row, form):
            above.append(row)
            continue
        under = list(islice(taken, form.header_rows - 1))
        texts = _named(_joined([row, *(cells for _, cells in under)]), form)
        return Header(texts, _text(above), under[-1][0] if under else line)
    if form.header and above:
        raise DeliveryRefused(
            f"none of its first {len(above)} rows has a cell like {form.header}",
            remedy="compare the file with `header` in the declaration",
            rows=[_text([row])[:60] for row in above[:3]],
        )
    return Header((), _text(above), 0)


def is_remark(row: Row, form: Grid) -> bool:
    """True where the first cell that is not blank is a declared footer's."""
    first = next((text for cell in row if (text := on_one_line(cell))), "")
    return any(re.search(pattern, first, re.ASCII) for pattern in form.footers)  # as Arrow does for all the rows


def beside(form: Grid, file: str, sheet: str, title: str) -> tuple[str, ...]:
    """Give what stands beside the rows, in the declared order."""
    told = {"_file": file, "_sheet": sheet, "_title": title}
    return tuple(told[name] for name in form.beside)


@dataclass(slots=True)
class Shaper:
    """Turns the rows of a file or a sheet, in order, into batches.

    Args:
        header: as `Head` tells it, with what stands beside the rows.
        form: the declaration.
        beside: the cells that every row gets.
    """

    header: tuple[str, ...]
    form: Grid
    beside: tuple[str, ...] = ()
    _above: dict[int, str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """How many cells a delivered row has."""
        return len(self.header) - len(self.beside)

    def batch(self, parsed: Parsed, is_padded: bool) -> pa.RecordBatch:
        """Give rows as `reading.read_rows` says."""
        import pyarrow as pa
        import pyarrow.compute as pc

        count = len(parsed.lines)
        kinds = pc.if_else(pc.is_null(parsed.faults), KIND_ROW, KIND_RAGGED)
        first = _first(parsed.cells)
        # A spreadsheet saves rows that somebody once touched as delimiters and nothing else.
        is_nothing = pc.and_(pc.equal(first, pa.scalar("")), pc.is_null(parsed.overflow))
        kinds = pc.if_else(is_nothing, KIND_FOOTER, kinds)
        if self.form.footers:
            pattern = "|".join(f"(?:{pattern})" for pattern in self.form.footers)
            is_footer = pc.match_substring_regex(pc.replace_substring_regex(first, RUN_OF_BLANKS, " "), pattern)
            kinds = pc.if_else(is_footer, KIND_FOOTER, kinds)
        cells = (
            self._filled(parsed.cells, pc.equal(kinds, pa.scalar(KIND_FOOTER))) if self.form.fill_down else parsed.cells
        )
        constant = [pa.repeat(pa.scalar(text, pa.string()), count) for text in self.beside]
        told = [parsed.lines, kinds, parsed.faults, parsed.overflow, pa.repeat(pa.scalar(is_padded), count)]
        names = [*PROVENANCE, *column_names(self.header)]
        return pa.RecordBatch.from_arrays([*told, *cells, *constant], names=names)

    def _filled(self, cells: list[Array], is_footer: Array) -> list[Array]:
        """Repeat the cell above in blank ones, back to where a column that is declared before it has a new value."""
        import pyarrow as pa
        import pyarrow.compute as pc

        filled = list(cells)
        is_new: Array = None
        for place in self._places():
            is_blank = pc.or_(_is_blank(cells[place]), is_footer)
            here = pc.if_else(is_blank, None, cells[place])
            here = here if is_new is None else pc.if_else(pc.and_(is_blank, is_new), "", here)
            carried = pa.array([self._above.get(place, "")], pa.string())
            down = pc.fill_null_forward(pa.concat_arrays([carried, here])).slice(1)
            if len(down):
                self._above[place] = down[-1].as_py()
            filled[place] = pc.if_else(is_footer, cells[place], down)
            told = pc.and_(pc.invert(is_blank), pc.invert(is_footer))
            is_new = told if is_new is None else pc.or_(is_new, told)
        return filled

    def _places(self) -> list[int]:
        lines = [on_one_line(text) for text in self.header[: self.width]]
        found = (n for pattern in self.form.fill_down for n, text in enumerate(lines) if re.search(pattern, text))
        return list(dict.fromkeys(found))


def _is_blank(cells: Array) -> Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.equal(pc.utf8_trim(pc.fill_null(cells, ""), BLANKS), pa.scalar(""))


def _first(cells: list[Array]) -> Array:
    """Give each row's first cell that is not blank."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first: Array = None
    for column in cells:
        text = pc.utf8_trim(pc.fill_null(column, ""), BLANKS)
        first = text if first is None else pc.if_else(pc.equal(first, pa.scalar("")), text, first)
        if not pc.any(pc.equal(first, pa.scalar(""))).as_py():
            break
    return first


def _is_header(row: Row, form: Grid) -> bool:
    if form.header:
        return any(re.search(form.header, on_one_line(cell)) for cell in row)
    return any(cell.strip(BLANKS) for cell in row)


def _joined(parts: list[Row]) -> list[str]:
    """Join the rows of a header by column; a blank cell of an upper row takes the text to its left."""
    width = max(map(len, parts))
    columns: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(parts, start=1):
        left = ""
        for place in range(width):
            text = row[place] if place < len(row) else ""
            left = text if text.strip(BLANKS) or depth == len(parts) else left
            if left.strip(BLANKS) or len(parts) == 1:
                columns[place].append(left)
    return [" ".join(texts) for texts in columns]


def _named(texts: list[str], form: Grid) -> tuple[str, ...]:
    if len(texts) > MAX_COLUMNS:
        raise DeliveryRefused(f"the header has {len(texts):,} columns", remedy="check the declaration: its delimiter?")
    if form.by_position and any(DESTROYED in text for text in texts):
        return _by_position(texts, form.by_position)
    return tuple(_renamed(text, form) for text in texts)


def _renamed(text: str, form: Grid) -> str:
    line = on_one_line(text)
    return next((name for pattern, name in form.renames.items() if re.search(pattern, line)), text)


def _by_position(texts: list[str], declared: tuple[str, ...]) -> tuple[str, ...]:
    """Give the declared names in place of a destroyed header, if what is left of it is as declared."""
    if len(texts) != len(declared):
        raise DeliveryRefused(
            f"its header was destroyed (U+FFFD), and has {len(texts)} columns where {len(declared)} are declared",
            remedy="compare its rows with `by_position` in the declaration",
        )
    for place, (text, name) in enumerate(zip(texts, declared, strict=True), start=1):
        if _left(text) != _left(name):
            raise DeliveryRefused(
                f"its header was destroyed (U+FFFD), and what is left of column {place}, {text!r}, is not {name}",
                remedy="compare its rows with `by_position` in the declaration",
            )
    return declared


def _left(text: str) -> str:
    """Give the digits and signs of a text: no byte of a Chinese letter looks like them in Big5 or UTF-8."""
    return "".join(letter for letter in normalize("NFKC", text) if "!" <= letter < "@")


def _text(rows: Sequence[Row]) -> str:
    lines = (" ".join(text for cell in row if (text := cell.strip(BLANKS))) for row in rows)
    return "\n".join(line for line in lines if line)
