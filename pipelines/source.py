"""Where deliveries come from and how they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from lakeward.lake.table import Cell, as_cell
from lakeward.pipelines.formats import Csv, Format
from lakeward.pipelines.wide import Unpivot


@dataclass(frozen=True, slots=True)
class Layout:
    """Another shape in which the same data set has been published.

    Args:
        name: the period it was in use ("until 2017").
        cells: where each column stands in it; columns not named here have no value.
        since: the first period it was in use for ("2018", "2018-01"), written as `Source.period` finds it.
        until: the last such period. A file that claims another period is told.
        is_extract: deliveries in this shape hold less than the others: whatever their age, they give way to them.
    """

    name: str
    cells: Mapping[str, str | tuple[str, ...] | Cell]
    since: str = ""
    until: str = ""
    is_extract: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where deliveries come from and how to read them.

    Args:
        files: a pattern relative to the landing root, several endings as `*.{csv,xlsx}`; a `.gz` after it is allowed.
        licence: its name, or "not stated".
        cadence: how often the agency publishes.
        format: how the bytes are written; what each file is, its bytes tell.
        page: the agency's or the portal's page on the data set.
        url: the file itself, where one address always gives the newest.
        layouts: other shapes than the one the columns describe.
        since: the first period published in the shape that the columns describe.
        period: pattern of the file name whose group is the period the file claims to hold ("2021", "2021-03").
        edition: pattern of the file name whose group orders deliveries; by default the order of arrival.
        may_be_empty: a file with a header and no rows is a delivery, not a fault.
        unpivot: which columns of a wide file become rows on the way to silver.
        others: a pattern of files in the same folder that another data set reads.
    """

    files: str
    licence: str
    cadence: str
    format: Format = field(default_factory=Csv)
    page: str = ""
    url: str = ""
    layouts: tuple[Layout, ...] = ()
    since: str = ""
    period: str = ""
    edition: str = ""
    may_be_empty: bool = False
    unpivot: Unpivot | None = None
    others: str = ""

    def edition_of(self, file: str) -> str:
        """Give what a file's name tells of its place among others; empty for nothing."""
        told = re.search(self.edition, PurePosixPath(file).name) if self.edition else None
        return told[1] if told else ""

    def header_of(self, header: Sequence[str]) -> tuple[str, ...]:
        """Give the header by which the columns find their cells: where wide columns become rows, that of those."""
        return self.unpivot.header(header) if self.unpivot else tuple(header)

    @property
    def has_order(self) -> bool:
        """True when deliveries have an order of their own, so that one that comes late may belong before others."""
        return bool(self.edition) or any(layout.is_extract for layout in self.layouts)

    @property
    def folder(self) -> str:
        """The part of the pattern before its first wildcard."""
        return re.split(r"[*?\[{]", self.files, maxsplit=1)[0].rpartition("/")[0]


def headers_of(cells: Mapping[str, str | tuple[str, ...] | Cell]) -> tuple[str, ...]:
    """List every agency header that cells are read from, once each, in order."""
    return tuple(dict.fromkeys(header for cell in cells.values() for header in as_cell(cell).headers))
