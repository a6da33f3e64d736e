"""What a table's columns are, and what we ask of their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lakeward.lake.treatment import Aggregated, Generalised, Hashed


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value stands in a delivered row.

    Args:
        headers: the agency's column names; several are joined by a blank before parsing.
        pick: a regular expression; its first group is the value (`死亡(\\d+)` of `死亡1;受傷0`).
        put: how the groups make the value (`$1年$2`); by default the first alone is it.
        made: what `lakeward sample` is to write there, where the declaration does not tell: texts to choose from, or
            a template (`{roc}年%m月%d日`, `{county_name}{town_name}示範路{n}號`).
    """

    headers: tuple[str, ...]
    pick: str = ""
    put: str = ""
    made: str | tuple[str, ...] = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Column:
    """One typed, documented column. In a curated table it is `Open`, `Personal` or `Sensitive`: who may see it.

    Args:
        name: lower case with its unit (`rain_mm`).
        type: a Spark SQL type; timestamps are UTC.
        description: one line in English.
        unit: the unit in words or symbols, where there is one.
        title: the column's name in Chinese.
        key: part of what makes a row unique.
        cell: the agency's header, several headers, or a `Cell`; by default nothing is read.
        parse: how delivered text becomes a value, a name in `pipelines/normalise.py`; by default that of the type.
        tidy: text normalisers applied first, names in `pipelines/normalise.py`.
        reads: delivered text that stands for another one (`{"T": "0"}`).
        nulls: delivered text that means "no value".
        codes: the code list, code to words.
        optional: a delivery may lack the column.
    """

    name: str
    type: str
    description: str
    unit: str = ""
    title: str = ""
    key: bool = False
    cell: str | tuple[str, ...] | Cell = ()
    parse: str = ""
    tidy: tuple[str, ...] = ()
    reads: Mapping[str, str] = field(default_factory=dict)
    nulls: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Open(Column):
    """A column that anybody may see.

    Args:
        holds: what in its values looks personal and why it may be seen all the same, by the detector's name
            (`{"phone": "of the facility, not of a person"}`); the names are those of `lakeward.sharing.privacy`.
    """

    holds: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Personal(Column):
    """A column that tells of a person who can be known by it. One that is to be dropped is simply not declared.

    Args:
        treated: what is done to its values before they come into a curated table; None: it may not be published.
    """

    treated: Hashed | Generalised | Aggregated | None = None


@dataclass(frozen=True, slots=True)
class Sensitive(Personal):
    """A column on health, genes, sexual life, medical checks or crimes (個資法 §6): published only aggregated."""


def as_cell(cell: str | tuple[str, ...] | Cell) -> Cell:
    """Give the full form of a cell written the short way."""
    if isinstance(cell, Cell):
        return cell
    return Cell((cell,) if isinstance(cell, str) else cell)
