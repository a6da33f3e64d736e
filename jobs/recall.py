"""Recall a delivery, and tell how far it reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lakeward.jobs.report import columns
from lakeward.lake.lease import lease
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.sharing.releases import keys
from lakeward.sharing.releases import recall as recalling
from lakeward.sharing.releases.reach import Reach, delivery_of, reach
from lakeward.sharing.releases.withdrawal import withdraw


def recall(
    lake: Lake, named: str, declared: Mapping[str, Table], reason: str | None, *, withdraws: bool = False
) -> tuple[Reach, str]:
    """Follow a delivery; with a reason, mark what it reached and publish its erratum.

    Args:
        lake: the lake.
        named: its file or sha256.
        declared: every declaration.
        reason: what is wrong; None only looks.
        withdraws: take the releases that it reached back, too.

    Returns:
        How far it reached, and the erratum's name; empty when nothing was published.
    """
    entry = delivery_of(lake, named)
    if reason is None:
        return reach(lake, entry, declared), ""
    with lease(lake, "recall"):
        found = reach(lake, entry, declared)
        if withdraws:
            for each in found.releases:
                withdraw(lake, each["table"], each["release"], reason)
            found = reach(lake, entry, declared)
        return found, str(recalling.recall(lake, found, reason, keys.configured())["id"])


def as_document(found: Reach, erratum: str) -> dict[str, Any]:
    """Give it for machines."""
    releases = [
        {"table": each["table"], "release": each["release"], "version": each["source"]["version"],
         "files": [file["path"] for file in each["files"]], "is_withdrawn": bool(each.get("withdrawn"))}
        for each in found.releases
    ]  # fmt: skip
    delivery = {name: getattr(found.delivery, name) for name in ("dataset", "file", "sha256")}
    return {
        "schema": "lakeward.recall/1",
        "delivery": delivery,
        "versions": found.versions,
        "releases": releases,
        "sets": found.sets,
        "recipients": [asdict(each) for each in found.receipts],
        "erratum": erratum,
    }


def as_text(lake: Lake, found: Reach, erratum: str) -> str:
    """Give it for people."""
    entry = found.delivery
    lines = [f"{entry.file} of {entry.dataset} (sha256 {entry.sha256[:12]}…) reached", ""]
    rows = [(table, _spans(numbers)) for table, numbers in found.versions.items()]
    lines += [columns(rows, ("table", "versions")) if rows else "no table: none of its rows is in silver", ""]
    told = [
        (each["table"], each["release"], each["source"]["version"], len(each["files"]),
         "withdrawn" if each.get("withdrawn") else "")
        for each in found.releases
    ]  # fmt: skip
    lines += [columns(told, ("released as", "release", "version", "files", "")), ""] if told else []
    lines += [f"in sets: {', '.join(found.sets)}", ""] if found.sets else []
    who = [(each.recipient, each.table, each.version, f"{each.last_at:%Y-%m-%d %H:%M}", each.bytes)
           for each in found.receipts]  # fmt: skip
    lines += [columns(who, ("recipient", "table", "version", "last at (UTC)", "bytes")), ""] if who else []
    if erratum:
        file = lake.root / "published" / recalling.FOLDER / f"{erratum}.json"
        lines += [f"marked; the erratum is {file}", "take the file out of the landing zone, or put the right one there"]
    else:
        lines += ["nothing is marked yet: --reason TEXT marks it and publishes an erratum"]
    return "\n".join(lines)


def _spans(numbers: list[int]) -> str:
    """Write `0, 1, 2, 5` as `0–2, 5`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans)
