"""A lake, opened to read: its tables by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakeward.lake import delta, release
from lakeward.lake.storage import Lake
from lakeward.sharing.reader.duck import Unknown, unknown
from lakeward.sharing.reader.table import Table, names_in

if TYPE_CHECKING:
    import pandas
    from duckdb import DuckDBPyRelation

NAME = re.compile(r"(?:(?:silver|bronze|quarantine)\.)?\w+\.\w+|_\w+")


@dataclass(frozen=True, slots=True, repr=False)
class OpenLake(Mapping[str, Table]):
    """A lake to read, a mapping of full names to tables; `lake["police.fatal_crashes"]` means the silver table.

    Args:
        lake: the lake.
        pipelines: the user's own declarations, beside ours.
    """

    lake: Lake
    pipelines: str | None = None

    def __getitem__(self, name: str) -> Table:
        """Give a table by its name, as the command line has it.

        Raises:
            Unknown: the lake holds no such table; near names are told.
        """
        name = str(name)  # a mapping may be asked for anything
        full = name if name.startswith(("gold.", "silver.", "bronze.", "quarantine.", "_")) else f"silver.{name}"
        if NAME.fullmatch(full) and (self.lake.table(full) / "_delta_log").is_dir():
            return Table(self.lake, full, self.pipelines)
        raise self._missing(name, full)

    def __iter__(self) -> Iterator[str]:
        return iter(names_in(self.lake))

    def __len__(self) -> int:
        return len(names_in(self.lake))

    def tables(self) -> pandas.DataFrame:
        """List the tables: titles, rows, version, release."""
        import pandas

        from lakeward.pipelines.catalog import declared

        known = {table.table: table for table in declared(self.pipelines).values()}
        told = []
        for name in self:
            newest = release.newest(self.lake, name) if name.startswith("gold.") else None
            path, table = self.lake.table(name), known.get(name)
            told.append(
                {
                    "table": name,
                    "title_zh": table.title_zh if table else "",
                    "title": table.title if table else "",
                    "rows": delta.rows_of(path),
                    "version": delta.version_of(path),
                    "release": newest["release"] if newest and not newest.get("withdrawn") else "",
                }
            )
        return pandas.DataFrame(told, columns=["table", "title_zh", "title", "rows", "version", "release"])

    def sql(self, query: str) -> DuckDBPyRelation:
        """Ask all tables by their names, in DuckDB's SQL; nothing outside of the lake can be read.

        Returns:
            A relation: `.df()`, `.pl()`, `.to_arrow_table()`; nothing is read before.

        Raises:
            UsageError: it is no single SELECT, or a table or column is not there; near names are told.
        """
        from lakeward.sharing.reader.query import relation

        return relation(self, query)

    def map(self, rows: pandas.DataFrame, colour: str = "", *, title: str = "", scheme: str = "") -> Any:
        """Draw a frame's rows on a map with Altair, over the outlines of `silver.maps.boundaries`.

        Args:
            rows: of areas, by `county_name`, with `town_name` and `village_name` where they are of such; or of points,
                by `lon_deg` and `lat_deg`. Names of counties and towns before a merger find those of today.
            colour: the column that colours them. Places without a row, or without a value, stay grey.
            title: what the legend says, by default the column's name.
            scheme: Vega's name of a colour scheme; by default one end for few and one for many, or two about zero.

        Raises:
            UsageError: Altair is not installed, there is no such column, or the lake holds no such outlines.
        """
        from lakeward.sharing.reader.maps import mapped

        return mapped(self, rows, colour, title=title, scheme=scheme)

    def _missing(self, name: str, full: str) -> Unknown:
        from lakeward.pipelines.catalog import declared

        if any(full == table.table for table in declared(self.pipelines).values()):
            remedy = f"`lakeward run {full.removeprefix('silver.')}` builds it"
            return Unknown(f"{full} is declared and not built yet in {self.lake.root}", remedy=remedy)
        is_full = name.startswith("silver.")
        return unknown("table", name, [each if is_full else each.removeprefix("silver.") for each in self])

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        return f"lake at {self.lake.root}: {len(self)} tables; .tables() lists them, ['gold.x'] gives one"

    def _repr_html_(self) -> str:
        return str(self.tables().to_html(index=False, na_rep="", border=0))
