"""Reads a shared table with the official client, in its environment: `python client.py PROFILE SHARE.SCHEMA.TABLE COLUMN`.

Prints, in each response format, the column's values in order, and the hosts that the files came from.
"""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import urlsplit

import delta_sharing
from delta_sharing import reader

_read = reader.DeltaSharingReader._to_pandas
hosts: set[str] = set()


def _seen(action: Any, *how: Any, **more: Any) -> Any:
    hosts.add(urlsplit(action.url).netloc)
    return _read(action, *how, **more)


if __name__ == "__main__":
    profile, table, column = sys.argv[1:]
    reader.DeltaSharingReader._to_pandas = staticmethod(_seen)
    told = {
        kind: sorted(
            delta_sharing.load_as_pandas(f"{profile}#{table}", use_delta_format=kind == "delta")[column].tolist()
        )
        for kind in ("parquet", "delta")
    }
    sys.stdout.write("\n" + json.dumps({**told, "hosts": sorted(hosts)}))
