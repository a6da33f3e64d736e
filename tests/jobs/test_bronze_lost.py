"""Bronze that was lost is made anew from the landing zone, and what comes after that comes into silver."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lakeward.jobs.run import run
from lakeward.lake import delta
from lakeward.lake.storage import Lake

DECLARATION = """
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import COMBINE, Csv, Dataset, Source

WELLS = Dataset(
    name="made.wells", title="Made", title_zh="虛構", agency="nobody",
    source=Source("made/wells/*.csv", "not stated", "never", Csv(encoding="utf-8")), combine=COMBINE(),
    columns=(Column("well", "string", "well", cell="井", key=True), Column("depth_m", "int", "depth", cell="深")),
)
"""


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("combine", ["Append", "Upsert"])
def test_what_comes_after_bronze_was_made_anew_is_not_taken_for_what_came_before(tmp_path: Path, combine: str) -> None:
    own, landing, lake = tmp_path / "own", tmp_path / "landing" / "made" / "wells", Lake.at(str(tmp_path / "lake"))
    for folder in (own, landing):
        folder.mkdir(parents=True)
    (own / "wells.py").write_text(DECLARATION.replace("COMBINE", combine), "utf-8")

    def deliver(well: str) -> None:
        (landing / f"{well}.csv").write_text(f"井,深\n{well},1\n", "utf-8")
        assert run(str(lake.root), str(tmp_path / "landing"), ["made.wells"], own=str(own)).exit_code == 0

    for well in "甲乙":
        deliver(well)
    shutil.rmtree(lake.table("bronze.made.wells"))
    for well in "丙丁":
        deliver(well)

    silver = delta.records_of(lake.table("silver.made.wells"))
    assert sorted(row["well"] for row in silver) == sorted("甲乙丙丁")
