"""What a run does without a JVM, on a lake of a few rows: records are added, a table version is released."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa

from lakeward.lake import delta, release
from lakeward.lake.records import Records
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column

GOLD, WORDS = "gold.made", ("one", "two", "three")
COLUMN = Column("word", "string", "made word", key=True)
TYPES = {COLUMN.name: pa.string()}
TOLD, ROWS = Records("_made", "made", TYPES), Records(GOLD, "made", TYPES)


def write(where: str) -> None:
    """Add each record that is not there yet, then release."""
    lake = Lake.at(where)
    lake.make()
    with lake.store.explained(where):
        held = {row[COLUMN.name] for row in TOLD.all(lake)}
        for word in (word for word in WORDS if word not in held):
            TOLD.add(lake, [{COLUMN.name: word}])
        if delta.version_of(lake.table(GOLD)) is None:
            ROWS.add(lake, [{COLUMN.name: word} for word in WORDS])
        release.publish(lake, GOLD, delta.version_of(lake.table(GOLD)) or 0, [COLUMN], {}, "made run")


def differs(lake: Lake) -> tuple[int, int, list[str]]:
    """Give how many rows are lost and doubled, and all that is not as it must be."""
    lost, doubled, wrong = 0, 0, []
    for table in (TOLD, ROWS):
        found = Counter(row[COLUMN.name] for row in table.all(lake))
        lost += len(set(WORDS) - set(found))
        doubled += sum(found.values()) - len(found)
        if found != Counter(WORDS):
            wrong.append(f"{table.table} holds {dict(found)}")
    made = [(each["release"], each["rows"]) for each in release.manifests(lake.releases(GOLD))]
    if made != [("1.0", len(WORDS))] or (release.newest(lake, GOLD) or {}).get("release") != "1.0":
        wrong.append(f"releases are {made}, named is {release.newest(lake, GOLD)}")
    return lost, doubled, wrong
