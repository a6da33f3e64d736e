"""Recall a delivery: mark all it reached, and tell the world by an erratum that machines read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from lakeward.lake import release
from lakeward.lake.crash import crash_point
from lakeward.lake.errors import UsageError
from lakeward.lake.records import Records
from lakeward.lake.release import written
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import feed
from lakeward.sharing.releases.keys import Key
from lakeward.sharing.releases.papers import publish_key, signature_of
from lakeward.sharing.releases.reach import Reach

FOLDER = "_errata"
BESIDE = "errata.json"
TYPES: dict[str, pa.DataType] = {
    "erratum": pa.string(),
    "recalled_at": pa.timestamp("us", "UTC"),
    "sha256": pa.string(),
    "dataset": pa.string(),
    "file": pa.string(),
    "reason": pa.string(),
    "table_name": pa.string(),
    "version": pa.int64(),
    "release": pa.string(),
    "recipient": pa.string(),
}
SHOWN = 12
TABLE = Records("_recalls", "recall", TYPES)
"""What was reached and by whom it was received; it stays in the lake."""
Document = dict[str, Any]


def erratum(lake: Lake, found: Reach, reason: str, at: datetime) -> Document:
    """Give the erratum of a delivery: what everybody may know. Recipients are not in it."""
    by_table: dict[str, list[Document]] = {}
    for each in found.releases:
        files = [{name: file[name] for name in ("path", "sha256")} for file in each["files"]]
        told = {"release": each["release"], "version": each["source"]["version"], "files": files}
        by_table.setdefault(each["table"], []).append({**told, "is_withdrawn": bool(each.get("withdrawn"))})
    return {
        "schema": "lakeward.erratum/1",
        "id": found.delivery.sha256[:SHOWN],
        "published_at": at.isoformat(timespec="seconds"),
        "reason": reason,
        "delivery": {
            "dataset": found.delivery.dataset, "file": found.delivery.file, "sha256": found.delivery.sha256,
        },
        "tables": {
            table: {
                "versions": versions,
                "releases": by_table.get(table, []),
                "use_instead": _clean(lake, table, {each["release"] for each in by_table.get(table, [])}),
            }
            for table, versions in {**{table: [] for table in by_table}, **found.versions}.items()
            if table.startswith("gold.")
        },
        "sets": found.sets,
    }  # fmt: skip


def recall(lake: Lake, found: Reach, reason: str, key: Key | None) -> Document:
    """Mark all that a delivery reached and publish its erratum; the same again publishes what changed since.

    Once begun, the same again ends it, and tells nothing twice.

    Args:
        lake: the lake.
        found: how far it reached.
        reason: what is wrong with it, for everybody to read.
        key: what signs the erratum.

    Raises:
        UsageError: no reason is given.
    """
    if not reason.strip():
        raise UsageError("a delivery is not recalled without a reason", remedy="give --reason TEXT; consumers read it")
    at = datetime.now(UTC)
    told = erratum(lake, found, reason.strip(), at)
    file = lake.root / "published" / FOLDER / f"{told['id']}.json"
    told = _publish(lake, file, told, key)
    crash_point("erratum.written", told["id"])
    for each in found.releases:
        _mark(lake, lake.releases(each["table"]) / each["release"], told)
    crash_point("erratum.marked", told["id"])
    feed.add(lake, [feed.of_document(_in_feed(told), f"{FOLDER}/{file.name}", "erratum")])
    crash_point("erratum.told", told["id"])
    TABLE.add(lake, _not_held(lake, _rows(found, told, at)), about=told["id"])
    return told


def marks(folder: Path) -> list[Document]:
    """Give the errata of a release, from beside its manifest."""
    try:
        return list(json.loads((folder / BESIDE).read_text("utf-8"))["errata"])
    except FileNotFoundError:
        return []


def _publish(lake: Lake, file: Path, told: Document, key: Key | None) -> Document:
    """Write an erratum and its signature, so that none is ever seen with another's; give what it tells now."""
    crash_point("erratum.before", told["id"])
    held: Document | None = json.loads(file.read_text("utf-8")) if file.exists() else None
    if held and {**held, "published_at": told["published_at"]} == told:
        told = held
    text, signature = written(told), signature_of(file)
    if held != told:
        signature.unlink(missing_ok=True)  # of what it told before
    if held and held != told:
        lake.store.replace(file, text)
    if key:
        publish_key(lake, key.public)
        crash_point("erratum.key", told["id"])
        lake.store.replace(signature, key.sign(text.encode(), f"erratum {told['id']}"))
        crash_point("erratum.signed", told["id"])
    if held is None:
        lake.store.replace(file, text)
    return told


def _not_held(lake: Lake, rows: Iterable[Document]) -> list[Document]:
    """Leave out what the lake tells already, at whatever time it was told."""

    def is_of(row: Document) -> tuple[object, ...]:
        return tuple(row.get(name) for name in TYPES if name != "recalled_at")

    held = {is_of(row) for row in TABLE.all(lake)}
    return [row for row in rows if is_of(row) not in held]


def _mark(lake: Lake, folder: Path, told: Document) -> None:
    others = [each for each in marks(folder) if each["id"] != told["id"]]
    mark = {"id": told["id"], "reason": told["reason"], "erratum": f"../../{FOLDER}/{told['id']}.json"}
    lake.store.replace(folder / BESIDE, written({"schema": "lakeward.errata/1", "errata": [*others, mark]}))


def _clean(lake: Lake, table: str, wrong: set[str]) -> str | None:
    """Name the newest release that stands and was not reached by this delivery, nor is marked for another."""
    folder = lake.releases(table)
    stands = [each["release"] for each in release.manifests(folder) if not each.get("withdrawn")]
    return next((each for each in reversed(stands) if each not in wrong and not marks(folder / each)), None)


def _in_feed(told: Document) -> dict[str, str]:
    tables = ", ".join(told["tables"]) or "no table"
    title = f"更正 erratum: {told['delivery']['file']} ({tables})"
    return {"id": f"erratum {told['id']}", "title": title, "updated": told["published_at"], "summary": told["reason"]}


def _rows(found: Reach, told: Document, at: datetime) -> Iterable[Document]:
    entry = found.delivery
    common = {
        "erratum": told["id"], "recalled_at": at, "sha256": entry.sha256, "dataset": entry.dataset, "file": entry.file,
        "reason": told["reason"],
    }  # fmt: skip
    for table, versions in found.versions.items():
        yield from ({**common, "table_name": table, "version": version} for version in versions)
    for each in found.releases:
        yield {**common, "table_name": each["table"], "version": each["source"]["version"], "release": each["release"]}
    for receipt in found.receipts:
        yield {**common, "table_name": receipt.table, "version": receipt.version, "recipient": receipt.recipient}
