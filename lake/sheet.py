"""Tables for people to open in a spreadsheet: CSV or XLSX, every cell a text, written whole or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from lakeward.lake.disk import room_checked, sync
from lakeward.lake.errors import UsageError

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_LETTERS = 32_767
MADE_ON = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands in every XLSX, so that equal rows make equal bytes."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell of a CSV for a formula; the wide forms do where Chinese is the language."""

Add = Callable[[Sequence[str]], None]


@contextmanager
def new_sheet(path: Path) -> Iterator[Add]:
    """Make a `.csv` or `.xlsx` file; it appears under its name, durable, once all rows are added.

    A CSV is UTF-8 with a mark; a cell that a spreadsheet would take for a formula gets an apostrophe before it. In an
    XLSX every cell is typed as text; one of more than 32,767 letters is cut there and ends with `…`.

    Gives:
        What adds a row.

    Raises:
        UsageError: the name ends otherwise, its folder is not there, or an XLSX cannot hold the table.
        TryAgainLater: the disk is full.
    """
    if path.suffix.lower() not in KINDS:
        raise UsageError(f"a pack cannot be a {path.suffix or 'file without an ending'}", remedy="use .xlsx or .csv")
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written", remedy="give a file name in a folder that exists")
    begun = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with room_checked(path.parent):
            with KINDS[path.suffix.lower()](begun) as add:
                yield _fitting(path, add)
            sync(begun)
            begun.replace(path)
            sync(path.parent)
    except PermissionError as cause:
        raise UsageError(f"{path} cannot be written: {cause.strerror}", remedy="give another folder") from cause
    finally:
        begun.unlink(missing_ok=True)


def check_fits(path: Path, rows: int, columns: int) -> None:
    """Refuse a table, its header counted, that an XLSX cannot hold.

    Raises:
        UsageError: it cannot.
    """
    if path.suffix.lower() == ".xlsx" and (rows > MAX_ROWS or columns > MAX_COLUMNS):
        raise UsageError(
            f"a sheet holds {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns, not {rows:,} and {columns:,}",
            remedy=f"write {path.with_suffix('.csv').name} instead, or fewer rows with --reason or --file",
        )


def _fitting(path: Path, add: Add) -> Add:
    """Count rows while they are added."""
    rows = 0

    def checked(cells: Sequence[str]) -> None:
        nonlocal rows
        rows += 1
        check_fits(path, rows, len(cells))
        add(cells)

    return checked


def unlike_formula(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


@contextmanager
def _csv(path: Path) -> Iterator[Add]:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        yield lambda cells: writer.writerow([unlike_formula(cell) for cell in cells])


@contextmanager
def _xlsx(path: Path) -> Iterator[Add]:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    with Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        book.set_properties({"created": MADE_ON})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        plain = book.add_format()
        rows = 0

        def add(cells: Sequence[str]) -> None:
            nonlocal rows
            rows += 1
            for at, cell in enumerate(cells):
                short = cell if len(cell) <= MAX_LETTERS else f"{cell[: MAX_LETTERS - 1]}…"
                if short.startswith("<r>") and short.endswith("</r>"):  # the library would take it for its own XML
                    sheet.write_rich_string(rows - 1, at, short[:1], plain, short[1:])
                elif short:
                    sheet.write_string(rows - 1, at, short)

        yield add


KINDS = {".csv": _csv, ".xlsx": _xlsx}
