"""What silver lacks of bronze, told by the notes in their logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lakeward.jobs.editions import editions
from lakeward.jobs.order import in_order
from lakeward.lake import delta, ledger
from lakeward.lake.errors import EXIT_DATA
from lakeward.lake.ledger import Entry
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Dataset, Snapshot

BEHIND = "silver is behind bronze"
DAMAGED = "damaged"
"""Stands for how a delivery was read, once `fsck --repair` found that it can no longer be read from bronze."""


@dataclass(frozen=True, slots=True)
class SilverState:
    """What silver still lacks.

    Args:
        bronze_version: the newest version of bronze; -1 when there is none.
        pending: sha256 of the deliveries that are to be validated.
        rebuild: they are all there is, and silver is made anew from them.
        why: the reason in words; empty when there is nothing to do.
    """

    bronze_version: int
    pending: frozenset[str]
    rebuild: bool
    why: str


def readings_of(bronze: Path, version: int | None = None) -> dict[str, str]:
    """Give each delivery that a version of bronze holds, by default the newest, and how it was read.

    The newest note tells for all: the reading of its commit, and those of deliveries that were left `as_before`.
    """
    note = delta.note_of(bronze) if version is None else next((note for _, note in delta.notes(bronze, version)), {})
    held = delta.partitions_of(bronze, "_sha256", version)
    reading, before = note.get("reading", ""), note.get("as_before", {})
    return {sha256: str(before.get(sha256, reading)) for sha256 in held}


def silver_state(lake: Lake, dataset: Dataset, told: Sequence[Entry], fingerprint: str) -> SilverState:
    """Tell what silver still lacks of bronze, from the notes in their logs."""
    bronze = lake.table(f"bronze.{dataset.name}")
    version = delta.version_of(bronze)
    if version is None:
        return SilverState(-1, frozenset(), False, "")
    done = SilverState(version, frozenset(), False, "")
    readings = readings_of(bronze)
    held = readings.keys()
    refusals = [entry for entry in told if entry.status == "refused" and entry.fingerprint == fingerprint]
    refused = {entry.sha256 for entry in refusals}
    note = delta.note_of(lake.table(dataset.table))
    if note and note["fingerprint"] != fingerprint:
        readable = held - {entry.sha256 for entry in refusals if entry.exit_code == EXIT_DATA}
        aside = delta.note_of(lake.table(f"quarantine.{dataset.name}"))
        refuses_all = not readable or (held <= refused and aside.get("fingerprint") == fingerprint)
        changed = SilverState(version, frozenset(readable), True, "the declaration or its engine changed")
        return done if refuses_all else changed  # where it refuses all, the last good version stays
    anew = SilverState(version, frozenset(held - refused), True, BEHIND)
    before = note["bronze"] if note else -1
    seen = readings if before == version else readings_of(bronze, before) if 0 <= before < version else {}
    is_read_again = any(readings.get(sha256) not in (reading, DAMAGED) for sha256, reading in seen.items())
    if before > version or (anew.pending and is_read_again):  # bronze was lost and made anew, or a part of it was
        return anew
    if isinstance(dataset.combine, Snapshot) and dataset.combine.keep_history:
        return _history_state(lake, dataset, ledger.received(told, readings), anew)
    pending = frozenset(held - seen.keys() - refused)
    if pending and (dataset.source.has_order or not note):  # an older edition may be late: order them anew
        return anew
    return replace(done, pending=pending, why=BEHIND if pending else "")


def _history_state(lake: Lake, dataset: Dataset, received: Mapping[str, Entry], anew: SilverState) -> SilverState:
    """Tell what a table that keeps its history lacks; one that was made without a delivery that belongs before
    another is to be made `anew`.
    """
    made_from = [each.sha256 for each in editions(lake.table(dataset.table))]
    pending = anew.pending - set(made_from)
    if not pending:
        return replace(anew, pending=pending, rebuild=False, why="")
    order = in_order(dataset, received.values())
    is_late = not made_from or any(order.get(sha256, -1) < order.get(made_from[-1], -1) for sha256 in pending)
    return anew if is_late else replace(anew, pending=pending, rebuild=False)
