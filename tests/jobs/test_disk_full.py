"""A disk that fills up stops a run with a clear word, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.run import Report, run
from lakeward.lake import delta
from lakeward.lake.errors import TryAgainLater
from lakeward.lake.lease import Lease
from lakeward.lake.storage import Lake

OWN = str(Path(__file__).parent / "declared")
HEAD = "站,日期,雨量(mm)\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no small disk: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def _run(lake: Lake, landing: Path) -> Report | TryAgainLater:
    try:
        return run(str(lake.root), str(landing), ["mess.accepted"], own=OWN)
    except TryAgainLater as error:
        return error


def test_a_full_disk_is_told_and_once_there_is_room_the_run_ends_well(
    spark: SparkSession, small_disk: Path, landing: Path
) -> None:
    lake = Lake.at(str(small_disk / "lake"))
    folder = landing / "mess" / "accepted"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text(f"{HEAD}甲,2021-01-01,1\n", "utf-8")
    first = _run(lake, landing)
    dice = Random(1)  # noqa: S311 - made rows
    rows = "".join(f"{dice.getrandbits(160):x},2021-01-01,{dice.random()}\n" for _ in range(60_000))
    (folder / "b.csv").write_text(HEAD + rows, "utf-8")

    second = _run(lake, landing)
    kept = delta.rows_of(lake.table("silver.mess.accepted"))
    subprocess.run(["mount", "-o", "remount,size=128m", str(small_disk)], check=True)
    third = _run(lake, landing)

    assert isinstance(first, Report)
    assert first.exit_code == 0
    assert kept == 1
    told = str(second) if isinstance(second, TryAgainLater) else second.steps[0].error
    assert second.exit_code == 75
    assert "no room is left on the disk" in told
    assert "free some space" in told
    assert isinstance(third, Report)
    assert third.exit_code == 0, third.steps
    assert delta.rows_of(lake.table("silver.mess.accepted")) == 60_001


def test_a_disk_without_a_single_byte_left_is_told_before_anything_starts(small_disk: Path) -> None:
    lake = Lake.at(str(small_disk / "lake"))
    lake.make()
    with (small_disk / "filler").open("wb") as filler:
        while True:
            try:
                os.write(filler.fileno(), b"\0" * 4096)
            except OSError:
                break

    with pytest.raises(TryAgainLater, match="no room is left"):
        lake.make()
        with Lease(lake, "run"):
            pass
