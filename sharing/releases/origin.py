"""What a version of a table came from: the deliveries whose rows it could hold, and the code that made it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import pyarrow.compute as pc

from lakeward import __version__
from lakeward.lake import delta
from lakeward.lake.storage import Lake

DIGITS = 64


def note_of(lake: Lake, table: str, version: int) -> delta.Note:
    """Give the note that a version of a table bears, or the newest one before it."""
    return next(delta.notes(lake.table(table), version), (version, {}))[1]


def inputs_of(lake: Lake, table: str, version: int) -> dict[str, int]:
    """Give the versions of its inputs that a version of a curated table was made from."""
    told = note_of(lake, table, version).get("inputs", {})
    return {name: int(number) for name, number in told.items() if number is not None}


def origins(lake: Lake, table: str, version: int) -> Iterator[tuple[str, int]]:
    """Give every version of every table that a version rests on, itself last."""
    if table.startswith("gold."):
        for name, number in inputs_of(lake, table, version).items():
            yield from origins(lake, name, number)
    yield table, version


def deliveries_of(lake: Lake, table: str, version: int) -> dict[str, list[str]]:
    """Give the deliveries, by sha256, whose rows lie in the versions of agencies' tables that a version rests on.

    Returns:
        Sorted sha256 by the name of the silver table; a version whose files are gone is left out.
    """
    found: dict[str, set[str]] = {}
    for name, number in origins(lake, table, version):
        if name.startswith("silver."):
            found.setdefault(name, set()).update(held(lake, name, number) or ())
    return {name: sorted(shas) for name, shas in sorted(found.items())}


def held(lake: Lake, table: str, version: int) -> set[str] | None:
    """Give the deliveries that a version of a silver table holds rows of; None when its files are gone."""
    files = delta.data_files(lake.table(table), version)
    try:
        return set[str]().union(*map(_of_file, files))
    except FileNotFoundError:
        return None


def code() -> dict[str, str]:
    """Name the code that runs here: lakeward's version, and the commit where it runs from a checkout."""
    return {"lakeward": __version__, "commit": _commit()}


@lru_cache(maxsize=4096)
def _of_file(file: Path) -> frozenset[str]:
    """Give the deliveries of a data file's rows; a file is never written again by the same name."""
    with delta.parquet(file, read_dictionary=["_sha256"]) as parquet:
        groups = range(parquet.metadata.num_row_groups)
        column = parquet.schema_arrow.get_field_index("_sha256")
        if column < 0:
            return frozenset()
        told = [parquet.metadata.row_group(number).column(column).statistics for number in groups]
        bounds = frozenset(str(text) for each in told for text in ((each.min, each.max) if each else ("",)))
        if len(bounds) == 1 and len(min(bounds)) == DIGITS:  # one delivery's alone: no need to read them
            return bounds
        return frozenset(filter(None, pc.unique(parquet.read(["_sha256"]).column(0)).to_pylist()))


@cache
def _commit() -> str:
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    return told.stdout.strip()
