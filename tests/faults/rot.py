"""Damage at rest: one bit of a file flipped, a file cut or gone; found by `fsck`, by name, or harmless to every reader."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pyarrow as pa
from mishaps import Happened
from trials import Outcome

from lakeward.lake import delta
from lakeward.lake.audit import audit
from lakeward.lake.storage import Lake

TABLES = ("bronze.faults.rain", "silver.faults.rain", "quarantine.faults.rain", "gold.faults_daily")


def rot(lake: Lake, tables: Sequence[str], seed: int, number: int) -> Outcome:
    """Damage a file of one of the tables that a seed draws, look for it, and put the file back."""
    dice = Random(f"{seed}/rot {number}")  # noqa: S311
    table, began = dice.choice(tables), time.monotonic()
    file = dice.choice(_files(lake, table))
    kind, damage = dice.choice(DAMAGES)
    whole, rows = file.read_bytes(), _read(file)
    told = damage(file, whole, dice)
    named = {Path(each.file).name for each in audit(lake, [table]).faults}
    wrong = [] if file.name in named or _is_harmless(file, rows) else [f"{told}: not found, and reads otherwise"]
    wrong += [f"{told}: {name} is named as well" for name in named - {file.name}]
    file.write_bytes(whole)
    wrong += [f"{told}: {each.file} is damaged after it was put back" for each in audit(lake, [table]).faults]
    is_found = "named by fsck" if named else "no reader sees it"
    happened = (Happened(f"{kind}, {is_found}", False, told),)
    return Outcome(f"seed {seed}, rot {number}", happened, None, 0, 0, 0, tuple(wrong), time.monotonic() - began)


def _files(lake: Lake, table: str) -> list[Path]:
    """List the data files of a table's newest version and of its releases."""
    opened = delta.opened(lake.table(table))
    assert opened
    names = opened.get_add_actions(flatten=True).column("path").to_pylist()
    return sorted([*(lake.table(table) / name for name in names), *lake.releases(table).glob("*/*.parquet")])


def _flip(file: Path, whole: bytes, dice: Random) -> str:
    at, bit = dice.randrange(len(whole)), dice.randrange(8)
    file.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
    return f"bit {bit} of byte {at} of {len(whole)} of {file}"


def _cut(file: Path, whole: bytes, dice: Random) -> str:
    size = dice.randrange(len(whole))
    file.write_bytes(whole[:size])
    return f"{size} of {len(whole)} bytes of {file}"


def _delete(file: Path, whole: bytes, dice: Random) -> str:
    file.unlink()
    return str(file)


DAMAGES: tuple[tuple[str, Callable[[Path, bytes, Random], str]], ...] = (
    ("bit flipped", _flip),
    ("bit flipped", _flip),
    ("file cut", _cut),
    ("file deleted", _delete),
)


def _read(file: Path) -> pa.Table:
    with delta.parquet(file, page_checksum_verification=True) as parquet:
        return parquet.read(use_threads=False)


def _is_harmless(file: Path, rows: pa.Table) -> bool:
    """True when the rows read as before."""
    try:
        return bool(_read(file).equals(rows))
    except (pa.lib.ArrowException, OSError):
        return False
