"""Asks for `gold.road_safety_weather` with the official client, in its environment, as docs/sharing.md shows it.

Run as `python road_safety.py PROFILE`; prints what came of each way as one JSON document.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import delta_sharing
from official import told

FROM_MARCH = json.dumps({"op": "greaterThanOrEqual", "children": [
    {"op": "column", "name": "crash_on", "valueType": "date"},
    {"op": "literal", "value": "2020-03-01", "valueType": "date"},
]})  # fmt: skip


def main(profile: str) -> None:
    """Ask in each way."""
    table = f"{profile}#police.gold.road_safety_weather"

    def crashes(**how: Any) -> Any:
        rows = delta_sharing.load_as_pandas(table, **how)
        return [len(rows), int(rows["crashes"].sum())]

    def changed() -> Any:
        rows = delta_sharing.load_table_changes_as_pandas(table, starting_version=1, ending_version=2)
        return rows.groupby("_change_type").size().to_dict()

    found = {
        "now": told(crashes),
        "then": told(lambda: crashes(version=0)),
        "some": told(lambda: crashes(jsonPredicateHints=FROM_MARCH)),
        "some by delta": told(lambda: crashes(jsonPredicateHints=FROM_MARCH, use_delta_format=True)),
        "changed": told(changed),
        "another share": told(lambda: delta_sharing.load_as_pandas(f"{profile}#maps.gold.towns")),
        "unknown": told(lambda: delta_sharing.load_as_pandas(f"{profile}#police.gold.nowhere")),
    }
    sys.stdout.write("\n" + json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
