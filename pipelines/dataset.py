"""What a declaration is made of: a data set or a curated table, with all its parts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Column
from lakeward.pipelines.combining import Append, Combine, ReplacePart, ReplacePeriod, Snapshot, Upsert, columns_of
from lakeward.pipelines.disclosure import Disclosure
from lakeward.pipelines.formats import Csv, Format, Json, Titles, TopoJson, Workbook
from lakeward.pipelines.named import check_columns, check_name
from lakeward.pipelines.parts import Parts
from lakeward.pipelines.publication import Decision, Publication
from lakeward.pipelines.source import Layout, Source, headers_of
from lakeward.pipelines.wide import Unpivot
from lakeward.quality.expect import Expectation

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = [
    "CHANGE", "Append", "Changes", "Combine", "Correction", "Csv", "Curated", "Dataset", "Decision", "Disclosure",
    "Format", "Json", "Layout", "Parts", "Publication", "ReplacePart", "ReplacePeriod", "Snapshot", "Source", "Titles",
    "TopoJson", "Unpivot", "Upsert", "Workbook",
    "headers_of",
]  # fmt: skip


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
        limits_zh: the same in Chinese.
        publish: how it is given out, if it is.
        filtered_by: the column that readers filter by, where it is not the period or part that deliveries replace, or
            the first time of the key: `lakeward maintain` clusters large tables by it.
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
    limits_zh: str = field(default="", repr=False)  # the repr makes the fingerprint, and this is only told
    publish: Publication | None = None
    filtered_by: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        check_columns(
            self.name, self.columns, self.suite, combine=columns_of(self.combine), filtered_by=(self.filtered_by,)
        )
        if not 0 <= self.max_refused <= 1:
            raise UsageError(
                f"{self.name}: max_refused={self.max_refused} is no share", remedy="use 0 to 1: 0.05 is 5 %"
            )
        by_key = isinstance(self.combine, Upsert) or (isinstance(self.combine, Snapshot) and self.combine.keep_history)
        if by_key and not self.key:
            raise UsageError(
                f"{self.name}: {self.combine} compares rows by their key, and it has none",
                remedy="mark the columns that make a row unique by key=True",
            )
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
        limits_zh: the same in Chinese.
        publish: how it is given out.
        disclosure: how groups of people that are too small are guarded.
        parts: into which parts it falls, where newer inputs need not change all of it.
        filtered_by: the column that readers filter by, where it is not the first of the key, by which rows are sorted:
            `lakeward maintain` clusters large tables by it.
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
    limits_zh: str = field(default="", repr=False)  # the repr makes the fingerprint, and this is only told
    publish: Publication | None = None
    disclosure: Disclosure | None = None
    parts: Parts | None = None
    filtered_by: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        guarded = self.disclosure.columns if self.disclosure else ()
        check_columns(self.name, self.columns, self.suite, disclosure=guarded, filtered_by=(self.filtered_by,))
        self._check_parts()

    def _check_parts(self) -> None:
        whole = {thing.name for thing in self.inputs if not isinstance(thing, Changes)}
        if strange := sorted(set(self.parts.inputs) - whole if self.parts else ()):
            raise UsageError(
                f"{self.name}: its parts name {', '.join(strange)}, which is no input with rows of its own",
                remedy=f"name some of {', '.join(sorted(whole))}",
            )
        if self.parts and self.disclosure and self.disclosure.hidden:
            raise UsageError(
                f"{self.name}: it declares parts, but numbers hidden in one part depend on those of all others",
                remedy="leave `parts` out: all of it is made again each time",
            )

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
        told = f"{self.name}{self.columns!r}{inputs}{self.disclosure or ''}{self.parts or ''}"
        return hashlib.sha256(f"{told}{also}".encode()).hexdigest()[:16]

    @property
    def rules(self) -> str:
        """Name what its rows are held against."""
        return hashlib.sha256(repr(self.suite).encode()).hexdigest()[:16]
