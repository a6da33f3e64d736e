"""Consumers' contracts: who relies on which columns, and whom a change of a declaration would break.

A contract is a TOML file in `<lake>/_contracts`: `consumer`, `contact`, and for each table the columns it relies on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakeward.lake import release
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table

FOLDER = "_contracts"
FORM = 'consumer = "…", contact = "…", then [tables."gold.x"] with columns = ["…"]'


@dataclass(frozen=True, slots=True)
class Contract:
    """What one consumer relies on.

    Args:
        consumer: who.
        contact: how to reach them.
        tables: the columns they rely on, by the table's full name.
        file: the contract's file.
    """

    consumer: str
    contact: str
    tables: Mapping[str, tuple[str, ...]]
    file: str


@dataclass(frozen=True, slots=True)
class Broken:
    """What a change would break for one consumer.

    Args:
        consumer: who.
        contact: how to reach them.
        table: the table.
        what: what would be wrong, in words.
    """

    consumer: str
    contact: str
    table: str
    what: str


def registered(lake: Lake) -> list[Contract]:
    """Read every contract of a lake.

    Raises:
        UsageError: one cannot be read.
    """
    return [read(file.name, file.read_text("utf-8")) for file in sorted((lake.root / FOLDER).glob("*.toml"))]


def broken(lake: Lake, contracts: Iterable[Contract], declared: Mapping[str, Table]) -> Iterator[Broken]:
    """Say what the declarations of today would break, held against what was released last."""
    for contract in contracts:
        for name, columns in contract.tables.items():
            told = _of_table(lake, name, columns, declared.get(name.removeprefix("silver.")))
            yield from (Broken(contract.consumer, contract.contact, name, what) for what in told)


def _of_table(lake: Lake, name: str, columns: Sequence[str], table: Table | None) -> Iterator[str]:
    if table is None:
        yield "no declaration is called so any more"
        return
    newest = release.newest(lake, name)
    before = {each["name"]: each for each in newest["schema"]} if newest else {}
    now = {each.name: each for each in table.columns}
    for column in columns:
        if column not in now:
            yield f"{column} is gone" if column in before else f"there is no {column}"
        elif column in before:
            for fact in ("type", "unit"):
                was, becomes = before[column][fact], getattr(now[column], fact)
                if was != becomes:
                    yield f"{column}: its {fact} was {was or 'none'} and becomes {becomes or 'none'}"
    keys = [name for name, each in before.items() if each["key"]]
    if before and keys != list(table.key):
        yield f"a row was one {', '.join(keys) or 'row'} and becomes one {', '.join(table.key) or 'row'}"


def read(file: str, text: str) -> Contract:
    """Read a contract from its text.

    Raises:
        UsageError: it is none.
    """
    try:
        told: dict[str, Any] = tomllib.loads(text)
        tables = {name: tuple(each["columns"]) for name, each in told["tables"].items()}
        if not all(isinstance(each, str) for columns in tables.values() for each in columns):
            raise TypeError(file)
        return Contract(str(told["consumer"]), str(told.get("contact", "")), tables, file)
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise UsageError(f"the contract {FOLDER}/{file} cannot be read", remedy=f"write it as {FORM}") from cause
