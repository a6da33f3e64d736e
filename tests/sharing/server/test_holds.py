"""Files that recipients have addresses of outlive any `maintain`."""

from __future__ import annotations

import time
from pathlib import Path

from shared_world import files, world

from lakeward.jobs.maintain import maintain, needs
from lakeward.lake.holds import forget, held, hold
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Curated

CRASHES = Curated(
    name="gold.crashes", title="Crashes", title_zh="事故", inputs=(), grain="a crash",
    columns=(Column("deaths", "bigint", "deaths"),), build=lambda: None,  # type: ignore[arg-type,return-value]
)  # fmt: skip


def test_addresses_live_through_the_care_of_tables_and_what_nobody_reads_goes(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        urls = [each["url"] for each in files(made.query("crashes", version=0))]
        changed = [
            each["url"] for each in files(made.of("crashes", "changes", startingVersion=2, endingVersion=2), "cdf")
        ]

        maintain(made.lake, needs(made.lake, [CRASHES], 0))

        assert [made.http.get(url).status_code for url in (*urls, *changed)] == [200] * 4
        assert made.query("crashes", version=1).status_code == 200  # version 2 to 1 was asked for with its changes
        assert made.query("crashes", version=3).status_code == 400  # nobody had asked for it


def test_a_hold_ends(lake: Lake) -> None:
    hold(lake, "gold.x", 2, 4, int(time.time()) + 60)
    hold(lake, "gold.x", 7, 7, int(time.time()) - 1)

    assert held(lake, "gold.x") == {2, 3, 4} and held(lake, "gold.y") == set()
    forget(lake, "gold.x")
    [kept] = (lake.root / "_holds" / "gold.x").iterdir()
    assert kept.name.startswith("2-4@")
