"""What the portal knows of one table: from its declaration, its releases and the lake's logs.

No value that broke a rule is among it: such values may be personal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakeward.lake import delta, release
from lakeward.lake.lineage import WHOLE, Told
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.quality.history import rules
from lakeward.sharing.catalogue import entries
from lakeward.sharing.catalogue.text import Text, both
from lakeward.sharing.portal import domains, words
from lakeward.sharing.portal.domains import Domain
from lakeward.sharing.portal.extract import Extract
from lakeward.sharing.portal.figure import Figure, figures
from lakeward.sharing.portal.measure import TIMES
from lakeward.sharing.portal.released import Release
from lakeward.sharing.reader.duck import quoted

FIRST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Field:
    """A column as a reader meets it.

    Args:
        column: its declaration.
        label: what it is called.
        empty: share of the rows without a value, 0 to 1; None where nothing tells.
        sources: the columns that it was made from, `table.column`.
    """

    column: Column
    label: Text
    empty: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """A table as a reader meets it.

    Args:
        table: its declaration.
        domain: the cloud it belongs to.
        extract: its newest release; None where there is none.
        releases: all of them, the newest first.
        rows: how many it has; None where nothing tells.
        fields: its columns.
        coverage: the first and the last day or year in it.
        figures: pictures of it.
        first: its first rows, of a release.
        rules: what was checked last, and in the runs before.
        checked_on: when.
        used_by: the curated tables that read it.
        is_made: it holds made data, as `lakeward sample` writes it.
    """

    table: Table
    domain: Domain
    extract: Extract | None
    releases: tuple[Release, ...]
    rows: int | None
    fields: tuple[Field, ...]
    coverage: tuple[str, str] | None
    figures: tuple[Figure, ...]
    first: tuple[Mapping[str, Any], ...]
    rules: tuple[Mapping[str, Any], ...]
    checked_on: str
    used_by: tuple[Table, ...]
    is_made: bool

    @property
    def name(self) -> str:
        """Name it."""
        return self.table.name

    @property
    def title(self) -> Text:
        """Give its title."""
        return Text(self.table.title_zh, self.table.title)

    @property
    def sources(self) -> tuple[Dataset, ...]:
        """Give the agencies' data sets that it is made of."""
        return (self.table,) if isinstance(self.table, Dataset) else self.table.sources()

    @property
    def agencies(self) -> tuple[Text, ...]:
        """Name the agencies behind it, each once."""
        return tuple({text.zh: text for text in (both(each.agency) for each in self.sources)}.values())

    @property
    def newest(self) -> Release | None:
        """Give the release whose rows are shown."""
        number = self.extract.manifest["release"] if self.extract else None
        return next((each for each in self.releases if each.number == number), None)

    @property
    def held(self) -> int:
        """Count the rules that held in all that was checked last."""
        return sum(rule["held"] == rule["batches"] for rule in self.rules)

    @property
    def updated_on(self) -> str:
        """Give the day of the newest release, or of the last check."""
        return self.releases[0].on if self.releases else self.checked_on

    def sentence(self) -> Text:
        """Say in one sentence what the table is."""
        keys = list(dict.fromkeys(field.label for field in self.fields if field.column.key))
        is_told = bool(keys) and not any(key.zh.isascii() for key in keys)
        row = Text(
            f"每一列是一個「{' × '.join(key.zh for key in keys)}」" if is_told else "逐筆資料",
            self.table.grain if isinstance(self.table, Curated) else _grain([key.en for key in keys]),
        )
        parts = [row]
        if self.coverage:
            parts.append(Text(f"{self.coverage[0]} 至 {self.coverage[1]}", f"{self.coverage[0]} to {self.coverage[1]}"))
        count = len(self.sources)
        if count > 1 and isinstance(self.table, Curated):
            parts.append(Text(f"整合 {count} 個機關資料集", f"made from {count} data sets of agencies"))
        elif count:
            told = words.listed(self.agencies[:2])
            parts.append(Text(f"來自{told.zh}", f"from {told.en}"))
        else:
            parts.append(Text("由本站編製", "compiled here"))
        en = "; ".join(part.en for part in parts)
        return Text("，".join(part.zh for part in parts) + "。", f"{en[:1].upper()}{en[1:]}.")


def label(column: Column) -> Text:
    """Name a column: by its Chinese title or the agency's header; in English by its name."""
    return Text(entries.title_of(column), column.name.replace("_", " "))


def gather(
    lake: Lake, table: Table, tables: Sequence[Table], history: Sequence[Mapping[str, Any]], told: Told | None,
    made: frozenset[str],
) -> About:  # fmt: skip
    """Collect what is known of a table.

    Args:
        lake: the lake.
        table: its declaration.
        tables: all of them, of which some may use it.
        history: what was checked of it, the newest first.
        told: what a run told of the columns it was made from.
        made: names of the data sets that hold made data.
    """
    extract = Extract.newest(lake, table.table) if isinstance(table, Curated) else None
    rows = extract.rows if extract else delta.rows_of(lake.table(table.table))
    empty = extract.nulls() if extract else _nulls(lake, table)
    sources = {table.name} if isinstance(table, Dataset) else {source.name for source in table.sources()}
    return About(
        table=table,
        domain=domains.domain(entries.domain(table)),
        extract=extract,
        releases=_releases(lake, table),
        rows=rows,
        fields=_fields(table, empty, rows, told),
        coverage=_coverage(table, extract) if extract else None,
        figures=tuple(figures(table, extract)) if extract and isinstance(table, Curated) else (),
        first=tuple(extract.first(FIRST_ROWS)) if extract else (),
        rules=tuple(rules(history)),  # type: ignore[arg-type]
        checked_on=words.day(history[0]["checked_at"].date()) if history else "",
        used_by=tuple(each for each in tables if isinstance(each, Curated) and table in each.tables),
        is_made=bool(sources & made),
    )


def _fields(table: Table, empty: Mapping[str, int], rows: int | None, told: Told | None) -> tuple[Field, ...]:
    def share(name: str) -> float | None:
        return empty[name] / rows if rows and name in empty else None

    return tuple(Field(each, label(each), share(each.name), _made_from(told, each)) for each in table.columns)


def _releases(lake: Lake, table: Table) -> tuple[Release, ...]:
    if isinstance(table, Dataset):
        return ()
    folder = lake.releases(table.table)
    return tuple(Release.of(each, folder / each["release"]) for each in reversed(release.manifests(folder)))


def _grain(keys: Sequence[str]) -> str:
    return f"one row a {' and '.join(keys)}" if keys else "one row a record"


def _nulls(lake: Lake, table: Table) -> dict[str, int]:
    """Count the rows without a value in each column from a log's statistics, where it tells them."""
    opened = delta.opened(lake.table(table.table))
    if opened is None:
        return {}
    files = opened.get_add_actions(flatten=True)
    counts = {name: files.column(name).to_pylist() for name in files.schema.names if name.startswith("null_count.")}
    return {
        name.removeprefix("null_count."): sum(of) for name, of in counts.items() if of and None not in of
    }  # fmt: skip


def _made_from(told: Told | None, column: Column) -> tuple[str, ...]:
    edges = told.edges if told else ()
    found = (f"{edge.from_table}.{edge.from_column}" for edge in edges if edge.column == column.name != WHOLE)
    return tuple(dict.fromkeys(name.removeprefix("silver.") for name in found if not name.startswith("bronze.")))


def _coverage(table: Table, extract: Extract) -> tuple[str, str] | None:
    there = set(extract.columns())
    for column in sorted(table.columns, key=lambda column: not column.key):
        is_time = column.type in TIMES or column.name == "year"
        if (
            is_time
            and column.name in there
            and (column.key or not any(c.key and c.type in TIMES for c in table.columns))
        ):
            name = quoted(column.name)
            low, high = extract.ask(f"select min({name})::varchar, max({name})::varchar from extract", [column.name])[0]  # noqa: S608
            return None if low is None else (low[:10], high[:10])
    return None
