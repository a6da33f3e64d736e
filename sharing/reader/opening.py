"""From an address to what can be read there."""

from __future__ import annotations

import os
from pathlib import Path

from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.lake.store import is_local
from lakeward.sharing.reader.lake import OpenLake
from lakeward.sharing.reader.profile import Profile
from lakeward.sharing.reader.shared import OpenShares


def opened(where: str = "", pipelines: str = "") -> OpenLake | OpenShares:
    """Open a lake or a sharing profile; `lakeward.open` says what may be given."""
    where = where or os.environ.get("LAKEWARD_LAKE") or "./lake"
    if is_local(where) and Path(where.removeprefix("file://")).expanduser().is_file():
        return OpenShares(Profile.read(Path(where.removeprefix("file://")).expanduser()))
    lake = Lake.at(where)
    if not lake.root.exists():
        raise UsageError(
            f"there is no lake at {lake.root}", remedy="give lakeward.open a lake's folder or address, or a profile"
        )
    return OpenLake(lake, pipelines or os.environ.get("LAKEWARD_PIPELINES") or None)
