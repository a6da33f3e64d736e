"""What a way's ten tables hold, told in a form in which two ways' can be held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
from deltalake import DeltaTable
from pyarrow.dataset import Dataset, dataset

DIGITS = 9
REFUSED = "select regexp_extract(file, '[^/]*$') as file, count(*) from rows group by all order by all"
Row = tuple[Any, ...]
Told = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table and its columns.

    Args:
        name: its full name, `silver.police.fatal_crashes`.
        columns: the declared ones, with their types.
        day: the column whose years part it; empty where it has none.
    """

    name: str
    columns: Mapping[str, str]
    day: str = ""


def told(folder: Path, tables: Sequence[Table]) -> Told:
    """Tell each table, and how many rows of each file were refused.

    A curated table and its Parquet extract are told row by row, doubles to nine digits. A data set is told year by
    year: rows, sums of each column of numbers, and last one number that all its cells make together, whatever the
    order of its rows.
    """
    found: Told = {}
    for table in tables:
        layer, place = table.name.split(".", 1)
        rows = _delta(folder / layer / place.replace(".", "/"))
        aside = folder / "quarantine" / place.replace(".", "/")
        if layer == "gold":
            found[table.name] = _asked(rows, _by_row(table))
            extract = sorted((folder / "published" / place).rglob("*.parquet"))
            found[f"{table.name}, published"] = _asked(dataset(extract), _by_row(table))
            continue
        found[table.name] = _asked(rows, _by_year(table))
        if aside.is_dir():
            found[f"{table.name}, refused"] = _asked(_delta(aside), REFUSED)
    return found


def rows(table: Table, found: Told) -> int:
    """Give the number of a table's rows."""
    told_of = found[table.name]
    return len(told_of) if table.name.startswith("gold.") else sum(year[1] for year in told_of)


def _delta(path: Path) -> Dataset:
    return DeltaTable(path).to_pyarrow_dataset()


def _asked(rows: Dataset, query: str) -> list[Row]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.register("rows", rows)
        return connection.execute(query).fetchall()


def difference(ours: Told, theirs: Told) -> str:
    """Say in which table two ways differ, and by which rows; nothing where they agree."""
    for name in sorted(ours.keys() | theirs.keys()):
        for pair in zip_longest(ours.get(name, ()), theirs.get(name, ())):
            if pair[0] != pair[1]:
                return f"{name}: {pair[0]} and {pair[1]}"
    return ""


def _by_row(table: Table) -> str:
    cells = ", ".join(
        _rounded(f'"{name}"') if kind == "double" else f'"{name}"' for name, kind in table.columns.items()
    )
    return f"select {cells} from rows order by all"  # noqa: S608


def _by_year(table: Table) -> str:
    year = f'year("{table.day}")' if table.day else "0"
    numbers = [f'"{name}"' for name, kind in table.columns.items() if kind in ("int", "double") or "decimal" in kind]
    sums = "".join(f", {_rounded(f'sum({each}::double order by {each})')}" for each in numbers)
    whole = ", ".join(f'"{name}"' for name in table.columns)
    return f"select {year}, count(*){sums}, sum(hash({whole})) from rows group by 1 order by 1"  # noqa: S608


def _rounded(number: str) -> str:
    """Give a number with nine digits, as text."""
    return f"format('{{:.{DIGITS - 1}e}}', {number})"
