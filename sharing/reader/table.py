"""One table of a lake, as analysts read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Unpack

from lakeward.lake import delta, release
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.sharing.reader import source
from lakeward.sharing.reader.readable import Asked, Readable, State

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from lakeward.pipelines.catalog import Table as Declaration
    from lakeward.sharing.catalogue.entry import Entry
    from lakeward.sharing.reader.lineage import Lineage


@dataclass(frozen=True, slots=True, repr=False)
class Table(Readable):
    """One table of a lake.

    Args:
        lake: the lake.
        name: its full name: `gold.x`, `silver.police.fatal_crashes`, `_runs`.
        pipelines: the user's own declarations.
    """

    lake: Lake
    name: str
    pipelines: str | None = field(default=None)

    @property
    def declaration(self) -> Declaration | None:
        """Give the declaration that it follows; None where there is none."""
        from lakeward.pipelines.catalog import declared

        known = declared(self.pipelines).get(self.name.removeprefix("silver."))
        return known if known and known.table == self.name else None

    @property
    def entry(self) -> Entry | None:
        """Give what the catalogue tells of it; None where nothing declares it."""
        from lakeward.sharing.catalogue.entries import entries

        known = self.declaration
        return entries(self.lake, [known])[0] if known else None

    @property
    def citation(self) -> str:
        """Give what a user of the data cites: agencies, title, and the release, else this version."""
        from lakeward.sharing.reader.card import citation

        entry = self.entry
        return citation(entry, delta.version_of(self.lake.table(self.name))) if entry else ""

    @property
    def doubts(self) -> str:
        """Give what must be said before anyone uses it, as that it is made data; empty where there is nothing."""
        entry = self.entry
        return " ".join(entry.doubts) if entry else ""

    def schema(self) -> pa.Schema:
        """Give the columns and their types."""
        return source.of_version(self.lake, self.name, None).schema

    def source(self, state: State, asked: Asked) -> Any:
        """Give the data set of a state; whatever reads it pushes columns and conditions down to it."""
        return source.dataset(self.lake, self.name, state)

    def key(self) -> tuple[str, ...]:
        """Give the columns that make a row unique; empty where no declaration tells."""
        known = self.declaration
        return known.key if known else ()

    def titles(self) -> dict[str, str]:
        """Give columns as charts name them: the title in Chinese and the unit."""
        from lakeward.sharing.catalogue.entries import title_of

        known = {each.name: each for each in (self.declaration.columns if self.declaration else ())}
        return {
            name: f"{title_of(known[name])}{f' ({known[name].unit})' if known[name].unit else ''}"
            if name in known else name
            for name in self.columns
        }  # fmt: skip

    def spark(self, **asked: Unpack[Asked]) -> DataFrame:
        """Give the rows as a frame of Spark, whose JVM starts with this; `where` is Spark's SQL here.

        Raises:
            UsageError: as the other ways to read do; or PySpark is not installed.
        """
        from lakeward.sharing.reader.by_spark import frame

        return frame(self.lake, self.name, asked)

    def history(self) -> pandas.DataFrame:
        """Tell the table's versions, the newest first: when, what made them, by which run, and their releases."""
        import pandas

        opened = delta.opened(self.lake.table(self.name))
        notes = dict(delta.notes(self.lake.table(self.name)))
        released: dict[int, list[str]] = {}
        for each in release.manifests(self.lake.releases(self.name)) if self.name.startswith("gold.") else ():
            number = each["release"] + (" (withdrawn)" if each.get("withdrawn") else "")
            released.setdefault(each["source"]["version"], []).append(number)
        return pandas.DataFrame(
            [
                {
                    "version": commit["version"],
                    "at": datetime.fromtimestamp(commit["timestamp"] / 1000, UTC),
                    "operation": commit.get("operation", ""),
                    "run": notes.get(commit["version"], {}).get("run", ""),
                    "inputs": notes.get(commit["version"], {}).get("inputs", {}),
                    "releases": ", ".join(released.get(commit["version"], ())),
                }
                for commit in (opened.history() if opened else ())
            ],
            columns=["version", "at", "operation", "run", "inputs", "releases"],
        )

    def quality(self) -> pandas.DataFrame:
        """Tell how each rule came out last, and in the runs before (✓ held, ! warned, ✗ failed)."""
        import pandas

        from lakeward.quality import history

        return pandas.DataFrame(history.rules(history.records(self.lake, self.name)))

    def lineage(self, column: str | None = None) -> Lineage:
        """Trace one column, or each, back to the agencies' columns and files.

        Raises:
            UsageError: there is no such column, or no run has told what the table is made from.
        """
        from lakeward.sharing.reader.lineage import Lineage, lineage_of

        known = self.declaration
        if known is None:
            raise UsageError(f"nothing declares {self.name}", remedy="lineage is told of gold and silver tables")
        return Lineage(self.lake, known, tuple(lineage_of(self.lake, known, column)))

    def __repr__(self) -> str:
        from lakeward.sharing.reader.card import text

        return text(self)

    def _repr_html_(self) -> str:
        from lakeward.sharing.reader.card import html

        return html(self)


def names_in(lake: Lake) -> Sequence[str]:
    """List the tables that the lake holds, gold first, then silver."""
    gold = [f"gold.{each.name}" for each in _tables_below(lake.root / "gold")]
    silver = lake.root / "silver"
    domains = sorted(each for each in silver.iterdir() if each.is_dir()) if silver.is_dir() else []
    return gold + [f"silver.{each.name}.{table.name}" for each in domains for table in _tables_below(each)]


def _tables_below(folder: Any) -> list[Any]:
    if not folder.is_dir():
        return []
    return sorted((each for each in folder.iterdir() if (each / "_delta_log").is_dir()), key=lambda each: each.name)
