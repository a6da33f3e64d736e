"""What is not released, or was taken back, is not in a share either."""

from __future__ import annotations

import json
from pathlib import Path

from shared_world import MADE

from lakeward.lake.storage import Lake
from lakeward.sharing.server.log import Log
from lakeward.sharing.server.released import ReleasedLog


def _release(lake: Lake, number: str, version: int, **more: object) -> None:
    folder: Path = lake.releases("gold.crashes") / number
    folder.mkdir(parents=True, exist_ok=True)
    told = {"release": number, "source": {"table": "gold.crashes", "version": version}, **more}
    (folder / "manifest.json").write_text(json.dumps(told))


def test_a_share_ends_where_the_newest_release_stands(lake: Lake) -> None:
    MADE["crashes"](lake.table("gold.crashes"))
    log = ReleasedLog(lake, "gold.crashes", 0)
    seen: list[int | None] = [log.newest()]

    _release(lake, "1.0", 1)
    seen.append(log.newest())
    _release(lake, "1.1", 3)
    seen.append(log.newest())
    _release(lake, "1.1", 3, withdrawn={"reason": "wrong"})
    seen.append(log.newest())
    _release(lake, "1.2", 4)
    seen.append(log.newest())

    assert seen == [None, 1, 3, 1, 4]
    assert log.withdrawn == {3}
    assert list(log.times()) == [0, 1, 2, 3, 4] and log.times() == Log(lake.table("gold.crashes")).times()
