"""Hold a lake against its logs and manifests, say what mends each fault, and mark damaged tables to be made again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeward.jobs.report import columns
from lakeward.jobs.silver import DAMAGED
from lakeward.lake import costs, delta, ledger, lineage, runs, takedowns
from lakeward.lake.audit import Audit, Fault
from lakeward.lake.storage import Lake
from lakeward.lake.writer import writer
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Dataset
from lakeward.quality import history, profile
from lakeward.sharing.releases import recall
from lakeward.sharing.server import journal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OWN = tuple(each.TABLE.table for each in (ledger, runs, costs, lineage, history, profile, journal, takedowns, recall))
DECIDING = (takedowns.TABLE.table, recall.TABLE.table)
DELIVERY = re.compile(r"_sha256=([0-9a-f]{64})/")
DERIVED = ("silver", "quarantine", "gold")


def tables_of(declared: Iterable[Table]) -> list[str]:
    """Name the Delta tables that declared tables have, each arrow's, and lakeward's own."""
    named = []
    for each in declared:
        layers = ("bronze", "silver", "quarantine") if isinstance(each, Dataset) else ()
        named += [f"{layer}.{each.name}" for layer in layers] or [each.table]
    return [*named, *OWN]


def remedy(fault: Fault) -> str:
    """Say what mends a fault."""
    layer = fault.table.partition(".")[0]
    if fault.where.startswith("release"):
        return "put the file back from a copy; readers who check sha256 refuse it"
    if fault.where.startswith("version") and not fault.is_newest:
        return "the newest version is whole; the rows of this one lie in the release that was made from it"
    if layer in DERIVED and fault.is_newest:
        return (
            "`lakeward fsck --repair` marks the table, and the next `lakeward run` makes it again from what it rests on"
        )
    if layer == "bronze":
        marks = "`lakeward fsck --repair` marks the delivery, and the next `lakeward run` reads its file again"
        moves = "move the table's folder away and run again: its deliveries are read from the landing zone"
        return marks if _delivery(fault) else moves
    if fault.table not in DECIDING:
        return "move the table's folder away; it explains what was done and decides nothing"
    return "put the table's folder back from a copy: it says what must stay out, or was called back"


def repair(lake: Lake, faults: Sequence[Fault], master: str | None = None) -> list[str]:
    """Mark tables whose newest version is damaged, so that the next run makes them again; name them.

    Each gets a commit that changes no row. A derived table is outdated by it; quarantine is made together with silver.
    On bronze it says of the damaged deliveries that they were read in no way that holds today, so that those are read
    again, and silver stays as it is.
    """
    damaged: dict[str, str] = {}
    lost: dict[str, set[str]] = {}
    for fault in faults:
        layer, _, name = fault.table.partition(".")
        if layer in DERIVED and fault.is_newest:
            table = f"silver.{name}" if layer == "quarantine" else fault.table
            damaged.setdefault(table, f"{fault.file}: {fault.problem}")
        elif sha256 := _delivery(fault):
            lost.setdefault(fault.table, set()).add(sha256)
    if damaged or lost:
        with writer(lake, "fsck --repair", master) as spark:
            for table, problem in damaged.items():
                outdate(spark, lake.table(table), {"damaged": problem})
            for table, deliveries in lost.items():
                note = delta.note_of(lake.table(table))
                as_before = {**note.get("as_before", {}), **dict.fromkeys(deliveries, DAMAGED)}
                delta.mark(spark, lake.table(table), {**note, "as_before": as_before})
    return sorted({*damaged, *lost})


def outdate(spark: SparkSession, path: Path, why: Mapping[str, object]) -> None:
    """Have the next run make a derived table anew: a note without a fingerprint fits nothing that was built."""
    held = {key: told for key, told in delta.note_of(path).items() if key in ("bronze", "inputs", "run")}
    delta.mark(spark, path, {**held, "fingerprint": "", **why})


def _delivery(fault: Fault) -> str:
    """Name the delivery whose rows a fault harms in bronze; empty where it harms none that way."""
    held = DELIVERY.match(fault.file) if fault.is_newest and fault.table.startswith("bronze.") else None
    return held[1] if held else ""


def as_document(found: Audit, marked: Sequence[str]) -> dict[str, Any]:
    """Give what was found for machines."""
    return {
        "schema": "lakeward.fsck/1",
        "tables": found.tables,
        "versions": found.versions,
        "releases": found.releases,
        "files": found.files,
        "bytes": found.bytes,
        "faults": [{**asdict(each), "remedy": remedy(each)} for each in found.faults],
        "marked": list(marked),
    }


def as_text(found: Audit, marked: Sequence[str]) -> str:
    """Give what was found for people."""
    looked = (
        f"{found.files:,} files ({found.bytes / 1e6:,.1f} MB) of {found.versions} versions of {found.tables} tables "
        f"and {found.releases} releases"
    )
    if not found.faults:
        return f"{looked}: all there, sizes and checksums right"
    rows = [(each.table, each.where, each.file, each.problem) for each in found.faults]
    remedies = dict.fromkeys(remedy(each) for each in found.faults)
    lines = [columns(rows, ("table", "where", "file", "problem")), "", f"{looked}: {len(found.faults)} faults"]
    lines += [f"  remedy: {each}" for each in remedies] if not marked else []
    lines += [f"marked, to be made again by the next run: {', '.join(marked)}"] if marked else []
    return "\n".join(lines)
