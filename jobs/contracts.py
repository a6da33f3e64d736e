"""Register consumers' contracts, and tell whom the declarations of today would break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lakeward.jobs.report import columns
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.sharing.releases import contracts
from lakeward.sharing.releases.contracts import Broken


def register(lake: Lake, file: Path) -> None:
    """Keep a contract in the lake, in place of the one of the same name.

    Raises:
        UsageError: it is none.
    """
    if file.suffix != ".toml" or not file.is_file():
        raise UsageError(f"{file} is no contract", remedy=f"give a .toml file: {contracts.FORM}")
    text = file.read_text("utf-8")
    contracts.read(file.name, text)
    lake.store.replace(lake.root / contracts.FOLDER / file.name, text)


def as_document(lake: Lake, declared: Mapping[str, Table]) -> dict[str, Any]:
    """Give every contract, and what is broken, for machines."""
    return {
        "schema": "lakeward.contracts/1",
        "contracts": [asdict(each) for each in contracts.registered(lake)],
        "broken": broken_documents(breaks(lake, declared)),
    }


def as_text(document: dict[str, Any]) -> str:
    """Give it for people."""
    rows = [
        (each["consumer"], each["contact"], table, ", ".join(relied))
        for each in document["contracts"]
        for table, relied in each["tables"].items()
    ]
    if not rows:
        return "nobody has registered what they rely on: `lakeward contracts --add FILE.toml`"
    told = broken_text([Broken(**each) for each in document["broken"]])
    return "\n".join([columns(rows, ("consumer", "contact", "table", "columns")), *told])


def breaks(lake: Lake, declared: Mapping[str, Table]) -> list[Broken]:
    """Find what the declarations of today would break of what consumers rely on."""
    return list(contracts.broken(lake, contracts.registered(lake), declared))


def broken_documents(told: Sequence[Broken]) -> list[dict[str, str]]:
    """Give it for machines."""
    return [asdict(each) for each in told]


def broken_text(told: Sequence[Broken]) -> list[str]:
    """Say whom a change would break, a line each."""
    return [
        f"! breaks {each.consumer}{f' <{each.contact}>' if each.contact else ''}: {each.table}: {each.what}"
        for each in told
    ]
