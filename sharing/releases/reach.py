"""How far a delivery reached: table versions that rest on its rows, their releases, sets, and who received them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lakeward.lake import delta, ledger, release
from lakeward.lake.errors import UsageError
from lakeward.lake.ledger import Entry
from lakeward.lake.press import Manifest
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Changes, Curated
from lakeward.sharing.releases import sets
from lakeward.sharing.releases.origin import held

AUDIT = "_audit"
GIVEN = (200, 206)
SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Receipt:
    """One recipient of a version that a delivery reached, as the sharing server's log tells.

    Args:
        recipient: who.
        table: the table's full name.
        version: which; None where the log tells none.
        first_at: when first.
        last_at: when last.
        bytes: how many in all.
    """

    recipient: str
    table: str
    version: int | None
    first_at: datetime
    last_at: datetime
    bytes: int


@dataclass(slots=True)
class Reach:
    """How far a delivery reached.

    Args:
        delivery: the ledger's line of it.
        versions: the versions of each table that rest on it, by the table's full name.
        releases: the manifests of the releases made of them.
        sets: the names of sets with such a release.
        receipts: who received such a version.
    """

    delivery: Entry
    versions: dict[str, list[int]] = field(default_factory=dict)
    releases: list[Manifest] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)


def delivery_of(lake: Lake, named: str) -> Entry:
    """Find a delivery by its file, or by its sha256 or the beginning of that.

    Raises:
        UsageError: there is none, or there are several.
    """
    told = ledger.entries(lake)
    meant = {each.sha256 for each in told if each.file == named}  # it may be a duplicate of one by another name
    found = {
        each.sha256: each
        for each in told
        if each.status == "received"
        and (each.sha256 in meant or (len(named) >= SHORTEST and each.sha256.startswith(named.lower())))
    }
    if len(found) != 1:
        raise UsageError(
            f"{named} names {'several deliveries' if found else 'no delivery that came into the lake'}",
            remedy="give its sha256, of which 8 digits will do, or its file; `lakeward show DATASET` lists them",
            **({"found": sorted(found)} if found else {}),
        )
    return next(iter(found.values()))


def reach(lake: Lake, entry: Entry, declared: Mapping[str, Table]) -> Reach:
    """Follow a delivery through a lake; nothing is written.

    A version whose data files are gone counts as reached when bronze held the delivery as it was made: too much is told
    rather than too little.
    """
    found = Reach(entry)
    silver = f"silver.{entry.dataset}"
    reached = {silver: {each for each in _versions(lake, silver) if _holds(lake, entry, silver, each)}}
    gold = [f"gold.{each.name}" for each in sorted((lake.root / "gold").glob("*/"))]
    made = {table: dict(_made_from(lake, table, declared.get(table))) for table in gold}
    is_growing = True
    while is_growing:
        is_growing = False
        for table, versions in made.items():
            now = {number for number, inputs in versions.items() if _touch(inputs, reached)}
            is_growing |= now != reached.setdefault(table, set())
            reached[table] = now
    found.versions = {table: sorted(numbers) for table, numbers in reached.items() if numbers}
    found.releases = list(_releases(lake, entry, reached))
    named = {(each["table"], each["release"]) for each in found.releases}
    for name in sets.names(lake):
        members = sets.read(lake, name)["tables"].items()
        found.sets += [name] if any((table, each["release"]) in named for table, each in members) else []
    found.receipts = _receipts(lake, reached)
    return found


def _versions(lake: Lake, table: str) -> range:
    newest = delta.version_of(lake.table(table))
    return range(0 if newest is None else newest + 1)


def _holds(lake: Lake, entry: Entry, table: str, version: int) -> bool:
    try:
        found = held(lake, table, version)
    except Exception:  # the log no longer tells the version: deltalake has no error of its own for that
        found = None
    if found is not None:
        return entry.sha256 in found
    bronze = lake.table(f"bronze.{entry.dataset}")
    note = next(delta.notes(lake.table(table), version), (version, {}))[1]
    return entry.sha256 in delta.partitions_of(bronze, "_sha256", note.get("bronze"))


def _made_from(lake: Lake, table: str, declared: Table | None) -> Iterator[tuple[int, list[tuple[str, int, bool]]]]:
    """Give for each version of a table its inputs: table, version, and whether all versions until then were read."""
    inputs = declared.inputs if isinstance(declared, Curated) else ()
    changes = {each.table for each in inputs if isinstance(each, Changes)}
    notes = dict(delta.notes(lake.table(table)))
    told: Iterable[tuple[str, int | None]] = ()
    for version in _versions(lake, table):
        told = notes[version].get("inputs", {}).items() if version in notes else told  # merged files are the same rows
        yield version, [(name, int(number), name in changes) for name, number in told if number is not None]


def _touch(inputs: Iterable[tuple[str, int, bool]], reached: Mapping[str, set[int]]) -> bool:
    return any(
        (is_all and any(each <= number for each in reached.get(name, ()))) or number in reached.get(name, ())
        for name, number, is_all in inputs
    )


def _releases(lake: Lake, entry: Entry, reached: Mapping[str, set[int]]) -> Iterator[Manifest]:
    """Give the releases of versions that were reached, and those that name the delivery themselves."""
    for folder in sorted((lake.root / "published").glob("[!._]*/")):
        for manifest in release.manifests(folder):
            told = {sha256 for shas in manifest.get("deliveries", {}).values() for sha256 in shas}
            if manifest["source"]["version"] in reached.get(manifest["table"], ()) or entry.sha256 in told:
                yield manifest


def _receipts(lake: Lake, reached: Mapping[str, set[int]]) -> list[Receipt]:
    if delta.version_of(lake.table(AUDIT)) is None:
        return []
    grouped: dict[tuple[str, str, int | None], list[dict[str, Any]]] = {}
    names = {name: table for table in reached for name in (table, table.removeprefix("gold."))}
    for row in delta.records_of(lake.table(AUDIT)):
        table, version = names.get((row["table_name"] or "").lower()), row["version"]
        is_given = row["status"] in GIVEN and row["files"]
        if table and is_given and reached[table] and (version is None or version in reached[table]):
            grouped.setdefault((row["recipient"] or "not told", table, version), []).append(row)
    return [
        Receipt(*key, min(r["at"] for r in rows), max(r["at"] for r in rows), sum(r["bytes"] or 0 for r in rows))
        for key, rows in sorted(grouped.items(), key=lambda each: (each[0][0], each[0][1], each[0][2] or 0))
    ]
