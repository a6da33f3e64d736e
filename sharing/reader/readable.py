"""A table that can be read, wherever it lies: in a lake or behind a sharing server."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from lakeward.lake.errors import UsageError
from lakeward.sharing.reader import duck

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from duckdb import DuckDBPyRelation

HEAD = 5


class Asked(TypedDict, total=False):
    """Which rows and columns are read; `State` says which version of them.

    Args:
        columns: their names, by default all.
        where: a condition in DuckDB's SQL (`year = 2015 and cases > 10`); files and parts of files that cannot hold
            such rows are not read.
        limit: how many rows at most.
        version: a Delta version (`3`), or a release (`"1.0"`), by default the newest version.
        as_of: the rows as they were known: a time, a day's end (`"2026-03-01"`), UTC.
    """

    columns: Sequence[str] | None
    where: str
    limit: int | None
    version: int | str | None
    as_of: date | datetime | str | None


@dataclass(frozen=True, slots=True)
class State:
    """Which state of a table is read: a version, a release, a time, or the newest."""

    version: int | None = None
    release: str = ""
    as_of: date | datetime | None = None

    @classmethod
    def of(cls, version: int | str | None = None, as_of: date | datetime | str | None = None) -> State:
        """Read what a caller gave.

        Raises:
            UsageError: it is both, or neither a version, a release nor a time.
        """
        if version is not None and as_of is not None:
            raise UsageError("version and as_of are both given", remedy="give one of them")
        if isinstance(version, str) and not version.isdecimal():
            return cls(release=version or "(empty)")
        number = None if version is None else _whole("version", version)
        return cls(number, as_of=_moment(as_of))


class Readable(ABC):
    """One table to read. Each way takes what `Asked` tells: `columns`, `where`, `limit`, `version`, `as_of`."""

    __slots__ = ()

    name: str

    @abstractmethod
    def schema(self) -> pa.Schema:
        """Give the columns and their types."""

    @abstractmethod
    def source(self, state: State, asked: Asked) -> Any:
        """Give what DuckDB reads: an Arrow data set or table; it may leave out what is not asked for."""

    @abstractmethod
    def key(self) -> tuple[str, ...]:
        """Give the columns that make a row unique; empty where that is not known."""

    @property
    def columns(self) -> list[str]:
        """Name the columns."""
        return list(self.schema().names)

    def duckdb(self, **asked: Unpack[Asked]) -> DuckDBPyRelation:
        """Give the rows as a relation of DuckDB, on which its methods go on; nothing is read yet.

        Raises:
            UsageError: there is no such column, version, release or time, or the condition is none.
        """
        if strange := asked.keys() - Asked.__annotations__.keys():
            raise duck.unknown("argument", sorted(strange)[0], list(Asked.__annotations__))
        state = State.of(asked.get("version"), asked.get("as_of"))
        source = self.source(state, asked)
        known, columns = list(source.schema.names), asked.get("columns")
        columns = [columns] if isinstance(columns, str) else columns
        if columns is not None and not columns:
            raise UsageError("columns is empty", remedy="name some, or leave it out to read all")
        for name in columns or ():
            if name not in known:
                raise duck.unknown("column", name, known)
        base = duck.connection()
        base.register("rows", source)
        with duck.explained(known):
            rows = base.table("rows")
            rows = rows.filter(asked["where"]) if asked.get("where") else rows
            rows = rows.project(", ".join(map(duck.quoted, columns))) if columns is not None else rows
            limit = asked.get("limit")
            return rows if limit is None else rows.limit(_whole("limit", limit))

    def arrow(self, **asked: Unpack[Asked]) -> pa.Table:
        """Read the rows as an Arrow table."""
        rows = self.duckdb(**asked)
        with duck.explained(self.columns):
            found: pa.Table = rows.to_arrow_table()
        return found

    def pandas(self, **asked: Unpack[Asked]) -> pd.DataFrame:
        """Read the rows as a pandas frame; dates are times of pandas, which charts can draw."""
        frame: pd.DataFrame = self.arrow(**asked).to_pandas(date_as_object=False)
        return frame

    def polars(self, **asked: Unpack[Asked]) -> pl.DataFrame:
        """Read the rows as a polars frame."""
        try:
            import polars
        except ImportError as cause:
            raise UsageError("polars is not installed", remedy="`pip install lakeward[notebook]`") from cause
        frame = polars.from_arrow(self.arrow(**asked))
        assert isinstance(frame, polars.DataFrame)  # noqa: S101 - of a table it makes a frame
        return frame

    def head(self, rows: int = HEAD) -> pd.DataFrame:
        """Read the first rows."""
        return self.pandas(limit=rows)

    def changes(self, a: int | str | date, b: int | str | date | None = None) -> pd.DataFrame:
        """Tell how two states of the table differ, as pandas.

        Args:
            a: the earlier one: a version (`3`), a release (`"1.0"`) or a day.
            b: the later one, by default the newest version.

        Returns:
            The rows that differ, in the columns that both have, after `_change_type`: insert, delete, and where the
            key stayed, update_preimage (as it was) and update_postimage (as it is).
        """
        from lakeward.sharing.reader.changes import between

        newest = self.source(State(), {}) if b is None else self._at(b)
        frame: pd.DataFrame = between(self._at(a), newest, self.key()).to_pandas()
        return frame

    def plot(
        self, x: str, y: str, *, colour: str = "", of: str = "sum", where: str = "", version: int | str | None = None
    ) -> Any:
        """Draw a chart with Altair: `y`, added up over all rows of the same `x` and colour.

        Args:
            x: the column across; days and years make a line, all else bars.
            y: the column up, a number.
            colour: a column whose values get colours of their own.
            of: what is made of the values: sum, mean, median, min, max or count.
            where: a condition on the rows.
            version: as in `Asked`.

        Raises:
            UsageError: Altair is not installed, or there is no such column.
        """
        from lakeward.sharing.reader.plot import drawn

        rows = self.duckdb(columns=None, where=where, version=version)
        return drawn(rows, self.titles(), x, y, colour=colour, of=of)

    def titles(self) -> dict[str, str]:
        """Give columns as charts name them: the title in Chinese and the unit, where they are known."""
        return {name: name for name in self.columns}

    def _at(self, which: int | str | date) -> Any:
        is_day = isinstance(which, date) or (isinstance(which, str) and "-" in which)
        return self.source(State.of(as_of=which) if is_day else State.of(version=which), {})  # type: ignore[arg-type]


def _whole(name: str, told: object) -> int:
    try:
        number = int(told) if isinstance(told, str) else operator.index(told)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = -1
    if number < 0 or isinstance(told, bool):
        raise UsageError(f"{name} cannot be {told!r}", remedy="give a whole number, 0 or more")
    return number


def _moment(told: date | datetime | str | None) -> date | datetime | None:
    if not isinstance(told, str):
        return told
    from lakeward.sharing.releases.vintages import moment_of

    return moment_of(told)
