"""How a delivery's bytes are written: delimited text, a workbook, JSON, TopoJSON.

What a declaration says of rows and headers holds for text and workbooks alike, so that a data set declared as CSV may
also come as XLSX. What a file is, its bytes tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Beside = Literal["_file", "_sheet", "_title"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of cells below a header. Patterns meet texts on one line: each run of blanks, line feeds too, is one blank.

    Args:
        skip_rows: title rows above the header, where their number is fixed; blank rows above the header always go.
        header: pattern of a cell of the header; the first row that has one is the header, whatever stands above it
            (titles, the same header in English). Empty: the first row that is not blank.
        header_rows: over how many rows the header goes; their cells are joined by a blank, and a blank cell of an upper
            row takes the text to its left.
        by_position: the header, for files in which it was destroyed to U+FFFD; refused where the number of columns or
            the digits and signs that are left of it differ.
        renames: pattern of a header → the name to read it under, where the agency writes a date into it.
        fill_down: patterns of headers whose blank cells repeat the one above (merged cells).
        footers: patterns of the first cell that is not blank, in rows that are remarks or totals, not data.
        beside: what is read as one more cell of each row, under this header: the `_file`'s name, the name of the
            `_sheet`, the `_title` rows joined by a line feed.
    """

    skip_rows: int = 0
    header: str = ""
    header_rows: int = 1
    by_position: tuple[str, ...] = ()
    renames: Mapping[str, str] = field(default_factory=dict)
    fill_down: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Csv(Grid):
    """Delimited text as agencies write it; a workbook in its place is read from its first sheet that is not empty.

    Args:
        encoding: Python's name of it, or several, of which the first that reads the whole file is taken; empty means:
            find out, and warn.
        delimiter: one character, or several, of which the one that parts the header into most cells is taken.
        may_lack: so many cells may be missing at the end of a row; Excel leaves blank ones out below the 16th row.
    """

    encoding: str | tuple[str, ...] = ""
    delimiter: str | tuple[str, ...] = ","
    may_lack: int = 0


@dataclass(frozen=True, slots=True)
class Workbook(Grid):
    """XLS, XLSX, XLSB or ODS; delimited text in its place is read too.

    Args:
        sheets: pattern of the names of the sheets that are read, `.` for all; each needs the same header. Empty: the
            first that is not empty.
    """

    sheets: str = ""


@dataclass(frozen=True, slots=True)
class Titles:
    """Where a JSON file says what its keys are called.

    Args:
        at: path of the list of columns.
        key: the member of each that is the key in the rows.
        title: the member that is the header to read it under.
    """

    at: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON file with a list of objects in it. Objects within a row are cells named `outer.inner`, lists are text.

    Args:
        rows: path of the list: keys joined by dots; `*` for the first key there; empty where the file is the list.
        titles: where the headers stand; by default keys are headers.
        beside: paths of single values (`Info.0.InCountyId`) read as one more cell of each row, and `_file`.
    """

    rows: str = ""
    titles: Titles | None = None
    beside: tuple[str, ...] = ()

    @property
    def footers(self) -> tuple[str, ...]:
        """JSON has no remarks between its rows."""
        return ()


@dataclass(frozen=True, slots=True)
class TopoJson:
    """Boundaries as TopoJSON: a row a geometry, its properties as cells, and `geometry` as well-known text.

    Args:
        beside: `_file`, read as one more cell of each row.
    """

    beside: tuple[Literal["_file"], ...] = ()

    @property
    def footers(self) -> tuple[str, ...]:
        """There are no remarks between geometries."""
        return ()


Format = Csv | Workbook | Json | TopoJson
