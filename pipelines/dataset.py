"""What a declaration is made of: a data set, where it comes from, how its deliveries combine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Cell, Column, as_cell
from lakeward.pipelines.formats import Csv, Format, Json, Titles, TopoJson, Workbook
from lakeward.pipelines.wide import Unpivot
from lakeward.quality.expect import Expectation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = [
    "CHANGE", "Append", "Changes", "Combine", "Correction", "Csv", "Curated", "Dataset", "Format", "Json", "Layout",
    "Publication", "ReplacePart", "ReplacePeriod", "Snapshot", "Source", "Titles", "TopoJson", "Unpivot", "Upsert",
    "Workbook",
    "headers_of",
]  # fmt: skip
PERIODS = {"year": "yyyy", "month": "yyyy-MM", "day": "yyyy-MM-dd"}
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}")


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


@dataclass(frozen=True, slots=True)
class Append:
    """Each delivery adds rows; a key that is there already is refused."""


@dataclass(frozen=True, slots=True)
class ReplacePeriod:
    """Each delivery holds whole periods and takes the place of what was there for them.

    Args:
        column: the date column that says which period a row is of.
        unit: how long a period is.
        within: the column of what the periods are of, as a county, where a delivery does not hold them all.
    """

    column: str
    unit: Literal["year", "month", "day"]
    within: str = ""

    @property
    def part(self) -> str:
        """Say in SQL which period a row is of."""
        period = f"date_format({self.column}, '{PERIODS[self.unit]}')"
        return f"concat_ws(' ', {self.within}, {period})" if self.within else period


@dataclass(frozen=True, slots=True)
class ReplacePart:
    """Each delivery holds whole parts, as all rows of a county, and takes the place of what was there for them.

    Args:
        column: the column whose value names the part.
        also: more columns, where it takes several to name it, as a county and a month.
    """

    column: str
    also: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """Say in SQL which part a row is of."""
        return f"concat_ws('/', {', '.join(f'cast({name} as string)' for name in (self.column, *self.also))})"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Each delivery is the whole table.

    Args:
        keep_history: each delivery becomes a version of its own, in order of edition, and the table's change data feed
            tells what it inserted, updated and deleted by key; `Changes` gives it to a curated table.
    """

    keep_history: bool = False


@dataclass(frozen=True, slots=True)
class Upsert:
    """Rows of a later delivery take the place of rows with the same key."""


Combine = Append | ReplacePeriod | ReplacePart | Snapshot | Upsert


@dataclass(frozen=True, slots=True)
class Correction:
    """A known mistake of the agency, mended on the way to silver; bronze keeps what was delivered.

    It speaks of delivered text, tidied as its column says. Where the rows are there and `found` is not, the agency has
    mended its file, and the run says so.

    Args:
        column: the declared column that is wrong.
        where: which rows: pairs of a declared column and the text delivered for it.
        found: the wrong text that is expected there; None for an empty cell.
        instead: the text to read in its place; None for no value.
        reason: why it is wrong and how that is known.
        reporter: who found it.
        on: the day of the report, ISO.
    """

    column: str
    where: tuple[tuple[str, str], ...]
    found: str | None
    instead: str | None
    reason: str
    reporter: str
    on: str


@dataclass(frozen=True, slots=True)
class Publication:
    """How a table is given out.

    Args:
        share: the share it belongs to.
        attribution: the text a reuser must show.
    """

    share: str
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One agency's data set: everything about it, once.

    Args:
        name: `domain.noun_plural`, the path of its file.
        title: in English.
        title_zh: in Chinese.
        agency: who publishes it.
        source: where it comes from.
        columns: the typed columns of its silver table.
        suite: what must hold.
        corrections: known mistakes of the agency.
        combine: how deliveries come together.
        max_refused: the share of a delivery's rows (0–1) that may go to quarantine before it is refused whole.
        limits: what the data cannot tell, for its page.
        publish: how it is given out, if it is.
    """

    name: str
    title: str
    title_zh: str
    agency: str
    source: Source
    columns: tuple[Column, ...]
    suite: tuple[Expectation, ...] = ()
    corrections: tuple[Correction, ...] = ()
    combine: Combine = field(default_factory=Append)
    max_refused: float = 0.05
    limits: str = ""
    publish: Publication | None = None

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_columns(self.name, self.columns, self.suite)
        known = {column.name for column in self.columns}
        for each in self.corrections:
            if strange := {each.column, *dict(each.where)} - known:
                raise UsageError(
                    f"{self.name}: a correction speaks of {', '.join(sorted(strange))}, which is no column",
                    remedy=f"use one of {', '.join(sorted(known))}",
                )
        if self.source.files.startswith("/") or ".." in self.source.files.split("/"):
            raise UsageError(
                f"{self.name}: {self.source.files} leaves the landing root",
                remedy="write the pattern relative to the landing root, as domain/folder/*.csv",
            )

    @property
    def table(self) -> str:
        """Its name among all tables."""
        return f"silver.{self.name}"

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that make a row unique."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def types(self) -> dict[str, str]:
        """Its columns and their Spark types."""
        return {column.name: column.type for column in self.columns}

    def layouts(self) -> tuple[Layout, ...]:
        """Every shape the files may have, the one that the columns describe first."""
        cells = {column.name: column.cell for column in self.columns if column.cell != ()}
        return (Layout("current", cells, since=self.source.since), *self.source.layouts)

    def fingerprint(self, also: str = "") -> str:
        """Name what this declaration does to rows; `also` is the version of the code that does it."""
        told = replace(self, title="", title_zh="", limits="", publish=None)
        return hashlib.sha256(f"{told!r}{also}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Changes:
    """What each delivery changed in a data set that keeps its history, as an input of a curated table.

    The frame has the data set's columns and `CHANGE`: a row for each key inserted and deleted, two for each updated.

    Args:
        of: the data set, combined by `Snapshot(keep_history=True)`.
    """

    of: Dataset

    def __post_init__(self) -> None:
        if not (isinstance(self.of.combine, Snapshot) and self.of.combine.keep_history and self.of.key):
            raise UsageError(
                f"{self.of.name} keeps no history, so nothing tells its changes",
                remedy="give it combine=Snapshot(keep_history=True) and a key",
            )

    @property
    def name(self) -> str:
        """The data set's name."""
        return self.of.name

    @property
    def table(self) -> str:
        """The data set's table."""
        return self.of.table

    @property
    def columns(self) -> tuple[Column, ...]:
        """The data set's columns and what is told of each change."""
        return (*self.of.columns, *CHANGE)


CHANGE = (
    Column("change", "string", "insert, delete, update_preimage (before) or update_postimage (after)"),
    Column("delivery", "string", "file that brought the change"),
    Column("edition", "string", "its edition, from the file's name; empty where the name tells none"),
    Column("change_no", "bigint", "number of the delivery, growing in order of edition"),
    Column("committed_at", "timestamp", "when it came into the table, UTC"),
)


@dataclass(frozen=True, slots=True)
class Curated:
    """A cross-agency table: a plain function of other tables.

    Args:
        name: `gold.noun`.
        title: in English.
        title_zh: in Chinese.
        inputs: the data sets, curated tables and `Changes` it reads, in the order of the function's arguments.
        grain: what one row is, in words.
        columns: its columns; those with `key` make a row unique and sort its releases.
        build: frames in, frame out.
        suite: what must hold before it is written.
        limits: what the table cannot tell.
        publish: how it is given out.
    """

    name: str
    title: str
    title_zh: str
    inputs: tuple[Dataset | Curated | Changes, ...]
    grain: str
    columns: tuple[Column, ...]
    build: Callable[..., DataFrame]
    suite: tuple[Expectation, ...] = ()
    limits: str = ""
    publish: Publication | None = None

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_columns(self.name, self.columns, self.suite)

    @property
    def table(self) -> str:
        """Its name among all tables."""
        return self.name

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that make a row unique."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def tables(self) -> tuple[Dataset | Curated, ...]:
        """The tables that its inputs are, or are changes of."""
        return tuple(thing.of if isinstance(thing, Changes) else thing for thing in self.inputs)

    def sources(self) -> tuple[Dataset, ...]:
        """Every data set it rests on, however deep."""
        found: dict[str, Dataset] = {}
        for thing in self.tables:
            for source in thing.sources() if isinstance(thing, Curated) else (thing,):
                found[source.name] = source
        return tuple(found.values())

    def fingerprint(self, also: str = "") -> str:
        """Name what building it does; `also` is the version of the code that does it."""
        inputs = [(type(thing).__name__, thing.table) for thing in self.inputs]
        told = f"{self.name}{self.columns!r}{self.suite!r}{inputs}"
        return hashlib.sha256(f"{told}{also}".encode()).hexdigest()[:16]


def headers_of(cells: Mapping[str, str | tuple[str, ...] | Cell]) -> tuple[str, ...]:
    """List every agency header that cells are read from, once each, in order."""
    return tuple(dict.fromkeys(header for cell in cells.values() for header in as_cell(cell).headers))


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a table",
            remedy="use lower-case letters, digits and _, as in health.clinics",
        )


def _check_columns(name: str, columns: Sequence[Column], suite: Sequence[Expectation]) -> None:
    known = [column.name for column in columns]
    if twice := sorted({each for each in known if known.count(each) > 1}):
        raise UsageError(f"{name}: two columns are called {', '.join(twice)}", remedy="rename one of them")
    for each in suite:
        if strange := sorted(set(each.columns) - set(known)):
            raise UsageError(
                f"{name}: its suite speaks of {', '.join(strange)}, which is no column",
                remedy=f"use one of {', '.join(known)}",
            )
