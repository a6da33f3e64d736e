"""Reads shares with the official client, in its environment; prints what came of each way as one JSON document.

Run by `test_official_client.py` as `python official.py PROFILE`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import delta_sharing
from requests.exceptions import HTTPError

SOME = json.dumps({"op": "equal", "children": [
    {"op": "column", "name": "county_name", "valueType": "string"},
    {"op": "literal", "value": "臺北市", "valueType": "string"},
]})  # fmt: skip


def ways(profile: str) -> dict[str, Callable[[], Any]]:
    """Give every way to read, by name."""
    crashes, load = f"{profile}#police.gold.crashes", delta_sharing.load_as_pandas
    changes = delta_sharing.load_table_changes_as_pandas

    def deaths(table: str, **how: Any) -> Any:
        return sorted(load(f"{profile}#police.gold.{table}", **how)["deaths"].tolist())

    def changed(**how: Any) -> Any:
        rows = changes(crashes, **{"starting_version": 1, "ending_version": 3, **how})
        return sorted(
            zip(rows["_change_type"], rows["_commit_version"].astype(int), rows["deaths"].astype(int), strict=True)
        )

    return {
        "tables": lambda: sorted(table.name for table in delta_sharing.SharingClient(profile).list_all_tables()),
        "version": lambda: delta_sharing.get_table_version(crashes),
        "files": lambda: delta_sharing.get_table_metadata(crashes).num_files,
        "parquet": lambda: deaths("crashes"),
        "delta": lambda: deaths("crashes", use_delta_format=True),
        "old": lambda: deaths("crashes", version=0),
        "old by delta": lambda: deaths("crashes", version=0, use_delta_format=True),
        "limit": lambda: len(load(crashes, limit=7)),
        "limit by delta": lambda: len(load(crashes, limit=7, use_delta_format=True)),
        "hint": lambda: deaths("crashes", jsonPredicateHints=SOME),
        "hint by delta": lambda: deaths("crashes", jsonPredicateHints=SOME, use_delta_format=True),
        "counties": lambda: sorted(map(str, load(crashes)["county_name"].unique())),
        "empty": lambda: list(load(f"{profile}#police.gold.nothing").columns),
        "vectors": lambda: deaths("vectors"),
        "mapped": lambda: deaths("mapped"),
        "naive": lambda: str(load(f"{profile}#police.gold.naive")["at"][0]),
        "changes": changed,
        "changes by delta": lambda: changed(use_delta_format=True),
        "changes of all": lambda: len(changes(crashes, starting_version=0)),
        "another share": lambda: load(f"{profile}#maps.gold.towns"),
        "unknown": lambda: load(f"{profile}#police.gold.nowhere"),
        "not recorded": lambda: changes(f"{profile}#police.gold.plain", starting_version=0),
    }


def told(way: Callable[[], Any]) -> Any:
    """Give what a way reads; of an error, the server's status."""
    try:
        return way()
    except HTTPError as error:
        return f"HTTP {error.response.status_code if error.response is not None else 0}"
    except Exception as error:  # the test shows it
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    found = {name: told(way) for name, way in ways(sys.argv[1]).items()}
    sys.stdout.write("\n" + json.dumps(found))
