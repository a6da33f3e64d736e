"""What stands under each header of a made file: one cell may feed several columns, several cells one column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rstr import Rstr

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Cell, Column, as_cell
from lakeward.pipelines.dataset import Layout, headers_of
from lakeward.pipelines.formats import Grid
from lakeward.pipelines.sample.rows import Rows
from lakeward.pipelines.sample.rules import whole_of
from lakeward.pipelines.sample.values import Maker, Texts, Values, joined, picked, spelled

WIDE = 6  # wide columns of a made file
RARE = 100  # one row in so many has a code in place of a value


@dataclass(frozen=True, slots=True)
class Reader:
    """A column that is read from a header, whole or by a pattern.

    Args:
        column: the declared column.
        cell: where it stands in the layout.
        position: which of the cell's headers it is.
    """

    column: Column
    cell: Cell
    position: int


@dataclass(frozen=True)
class Cells:
    """The cells of one layout of a data set.

    Args:
        values: the texts of its columns.
        layout: which header each column is read from.
        spells_tai: 臺 is written 台 where the declaration reads both.
    """

    values: Values
    layout: Layout
    spells_tai: bool = False

    def headers(self) -> tuple[str, ...]:
        """Give the headers of the file, in the order of the columns or as they stand in it."""
        form = self.values.dataset.source.format
        if isinstance(form, Grid) and form.by_position:
            return form.by_position
        wide = self.wide
        told = (header for header in headers_of(self.layout.cells) if header not in form.beside)
        return (*(header for header in told if not wide or header not in self._unpivoted), *wide)

    @property
    def _unpivoted(self) -> tuple[str, ...]:
        unpivot = self.values.dataset.source.unpivot
        return unpivot.cells if unpivot else ()

    @property
    def wide(self) -> tuple[str, ...]:
        """Some headers of wide columns that become rows."""
        unpivot = self.values.dataset.source.unpivot
        if unpivot is None or unpivot.value not in headers_of(self.layout.cells):
            return ()
        plain = re.sub(r"\?P<\w+>", "", unpivot.pattern).replace(r"\d+", r"\d")
        source = Rstr(Random(self.values.dataset.name))  # noqa: S311 - made data, no secret
        drawn = (source.xeger(plain) for _ in range(20 * WIDE))
        return tuple(dict.fromkeys(header for header in drawn if re.search(unpivot.pattern, header)))[:WIDE]

    def beside(self, trial: Rows) -> dict[str, str]:
        """Give what stands beside the rows, as a header of its own: the title, the sheet's name, single values."""
        form = self.values.dataset.source.format
        read = [name for name in form.beside if name != "_file" and name in headers_of(self.layout.cells)]
        return {name: self._maker(name, trial)(trial)[0].as_py() for name in read}

    def makers(self, trial: Rows) -> dict[str, Maker]:
        """Tell what to write under each header.

        Args:
            trial: a few rows on which patterns are tried.

        Raises:
            UsageError: no text could be found that the patterns of a cell read back.
        """
        return {
            header: self._finished(header, self._maker(header, trial)) if self._readers(header) else _blank
            for header in self.headers()
        }

    def faults(self) -> Iterator[tuple[str, str]]:
        """Give headers with a text that makes a row unreadable there."""
        for header in self.headers():
            if header in self.wide:
                continue
            for reader in self._readers(header):
                text = None if reader.cell.pick or reader.cell.made else self.values.bad(reader.column)
                if text is not None and len(reader.cell.headers) == 1:
                    yield header, text
                    break

    def _readers(self, header: str) -> list[Reader]:
        header = self._unpivoted[-1] if header in self.wide else header
        columns = {column.name: column for column in self.values.dataset.columns}
        return [
            Reader(columns[name], cell, cell.headers.index(header))
            for name, cell in ((name, as_cell(cell)) for name, cell in self.layout.cells.items())
            if header in cell.headers
        ]

    def _maker(self, header: str, trial: Rows) -> Maker:
        readers = self._readers(header)
        if made := next((reader.cell.made for reader in readers if reader.cell.made), ""):
            return self.values.template(made)
        pickers = [reader for reader in readers if reader.cell.pick and len(reader.cell.headers) == 1]
        whole = sorted((r for r in readers if not r.cell.pick), key=lambda r: (len(r.cell.headers), r.position == 0))
        if not pickers:
            return self._text(whole[0].column, whole[0].position if len(whole[0].cell.headers) > 1 else None)
        parts = [self._text(reader.column) for reader in pickers]
        also = [self._text(reader.column) for reader in whole[:1]]
        for maker in self._candidates(pickers, parts, also):
            texts = maker(trial).to_pylist()
            wanted = [part(trial).to_pylist() for part in parts]
            if all(_reads(r.cell.pick, texts, values) for r, values in zip(pickers, wanted, strict=True)):
                return maker
        raise UsageError(
            f"{self.values.dataset.name}: no text is known for {header}, which several patterns read",
            remedy="say what stands there: Cell(…, made=…) with a template",
        )

    def _text(self, column: Column, position: int | None = None) -> Maker:
        """Tell how to write a column; parts of a whole share it out among those that the layout has."""
        total, parts = whole_of(self.values.dataset, column.name)
        if not parts:
            return self.values.of(column, position)
        whole = self._text(next(each for each in self.values.dataset.columns if each.name == total))
        return self._share(whole, [part for part in parts if part in self.layout.cells], column.name)

    def _share(self, whole: Maker, parts: Sequence[str], part: str) -> Maker:
        """Write one part of a whole number, about the same share of it in every row; together they are the whole."""
        *_, size = ends = np.cumsum([0, *(crc32(each.encode()) % RARE + 1 for each in parts)]).tolist()
        start, end = ends[parts.index(part) :][:2]

        def make(rows: Rows) -> Texts:
            total = np.asarray(pc.cast(whole(rows), pa.int64()))
            rest = self.values.world.draw(rows.numbers, size, size)  # which part gets what is left over
            return spelled((total * end + rest) // size - (total * start + rest) // size)

        return make

    @staticmethod
    def _candidates(pickers: list[Reader], parts: list[Maker], also: list[Maker]) -> Iterator[Maker]:
        yield from also
        yield _beside([*parts, *also], "")
        yield _beside([*parts, *also], " ")
        yield _beside([_around(reader.cell.pick, part) for reader, part in zip(pickers, parts, strict=True)], ";")

    def _finished(self, header: str, maker: Maker) -> Maker:
        """Add what stands for no value or for another one, and the other way to write 臺."""
        readers = self._readers(header)
        column = readers[0].column
        codes = [*column.nulls, *column.reads]
        adds_up = bool(whole_of(self.values.dataset, column.name)[1])
        is_open = len(readers) == 1 and codes and not adds_up and not self.values.is_needed(column)
        has_tai = self.spells_tai and all("tai" in r.column.tidy or r.cell.pick for r in readers)
        salt = crc32(header.encode())

        def make(rows: Rows) -> Texts:
            texts = maker(rows)
            if has_tai:
                texts = pc.replace_substring(texts, "臺", "台")
            if is_open:
                drawn = self.values.world.draw(rows.numbers, salt, RARE)
                coded = picked(pa.array(codes, pa.string()), np.minimum(drawn, len(codes) - 1))
                texts = pc.if_else(pa.array(drawn < len(codes)), coded, texts)
            return texts

        return make


def _blank(rows: Rows) -> Texts:
    return pa.repeat("", len(rows))


def _reads(pick: str, texts: list[str], values: list[str]) -> bool:
    found = [re.search(pick, text) for text in texts]
    return all(match and match[1] == value for match, value in zip(found, values, strict=True))


def _beside(makers: list[Maker], between: str) -> Maker:
    return lambda rows: pc.binary_join_element_wise(*(maker(rows) for maker in makers), between)


def _around(pick: str, part: Maker) -> Maker:
    """Put the plain words of a pattern around its group (`死亡\\s*(\\d+)` writes 死亡1)."""
    before, _, rest = pick.partition("(")
    after = rest.rpartition(")")[2]
    start, end = (re.sub(r"\\s\*|[\^$]", "", words).replace(r"\s+", " ") for words in (before, after))
    return lambda rows: joined(start, part(rows), end)
