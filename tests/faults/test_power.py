"""A power cut: what was not acknowledged is made again, what was is never served short."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from worlds import GOLD, SILVER, Clean, Event, Landings, child, copied, ended, facts, here, undone

from lakeward.lake import delta, runs
from lakeward.lake.crash import EXIT_CODE
from lakeward.lake.errors import LakewardError
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.faults
Tear = Callable[[Path, int], None]


def empty(table: Path, version: int) -> None:
    os.truncate(_log(table, version), 0)


def half(table: Path, version: int) -> None:
    os.truncate(_log(table, version), _log(table, version).stat().st_size // 2)


def line(table: Path, version: int) -> None:
    """Cut between two lines, where every line that is left reads well."""
    lines = _log(table, version).read_bytes().splitlines(keepends=True)
    _log(table, version).write_bytes(b"".join(lines[:-1]))


def data(table: Path, version: int) -> None:
    os.truncate(_added(table, version)[0], 0)


def zeros(table: Path, version: int) -> None:
    """Keep a data file's length and lose its blocks, as file systems do that write sizes first."""
    file = _added(table, version)[0]
    file.write_bytes(bytes(file.stat().st_size))


def _log(table: Path, version: int) -> Path:
    return table.joinpath("_delta_log", f"{version:020}.json")


def _added(table: Path, version: int) -> list[Path]:
    return [file for file in delta.files_of(table, version) if file.suffix == ".parquet"]


@pytest.fixture(scope="module")
def unacknowledged(spark: SparkSession, landings: Landings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake whose first commit of silver was made and never told."""
    lake = tmp_path_factory.mktemp("unacknowledged") / "lake"
    assert ended(child(lake, landings.both, crash_at="silver.committed", through=spark))[0] == EXIT_CODE
    return lake


@pytest.fixture(scope="module")
def unacknowledged_second(
    spark: SparkSession, base: Path, landings: Landings, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A lake whose second commit of silver was made and never told."""
    lake = copied(base, tmp_path_factory.mktemp("unacknowledged2") / "lake")
    assert ended(child(lake, landings.both, crash_at="silver.committed", through=spark))[0] == EXIT_CODE
    return lake


@pytest.mark.parametrize("tear", [empty, data])
def test_a_torn_first_commit_that_nobody_was_told_of_is_made_again(
    unacknowledged: Path, clean: Clean, landings: Landings, tmp_path: Path, tear: Tear
) -> None:
    lake = copied(unacknowledged, tmp_path / "lake")
    tear(Lake(lake).table(SILVER), 0)

    report = here(lake, landings.both)

    assert report.exit_code == 0
    assert any("torn by a power cut" in said for step in report.steps for said in step.warnings)
    assert facts(lake) == clean.facts


@pytest.mark.parametrize("tear", [empty, half, line, zeros])
def test_a_torn_second_commit_that_nobody_was_told_of_is_made_again(
    unacknowledged_second: Path, clean_second: Clean, landings: Landings, tmp_path: Path, tear: Tear
) -> None:
    lake = copied(unacknowledged_second, tmp_path / "lake")
    tear(Lake(lake).table(SILVER), 1)

    assert here(lake, landings.both).exit_code == 0

    assert facts(lake) == clean_second.facts


@pytest.mark.parametrize("tear", [empty, half, line, data])
@pytest.mark.parametrize("table", [SILVER, GOLD, "bronze.faults.rain", "quarantine.faults.rain"])
def test_a_torn_commit_that_was_acknowledged_stops_the_run(
    clean_second: Clean, landings: Landings, tmp_path: Path, table: str, tear: Tear
) -> None:
    lake = copied(clean_second.lake, tmp_path / "lake")
    tear(Lake(lake).table(table), 1)
    before = sorted((path, path.stat().st_size) for path in lake.rglob("*") if path.is_file() and path.name != "_lease")

    with pytest.raises(LakewardError, match=rf"version 1 of {table} is torn") as stopped:
        here(lake, landings.both)

    assert stopped.value.facts == {"table": table, "version": 1} and "backup" in stopped.value.remedy
    assert before == sorted(
        (path, path.stat().st_size) for path in lake.rglob("*") if path.is_file() and path.name != "_lease"
    )


def test_the_remedy_for_silver_works(clean_second: Clean, landings: Landings, tmp_path: Path) -> None:
    lake = copied(clean_second.lake, tmp_path / "lake")
    empty(Lake(lake).table(SILVER), 1)
    with pytest.raises(LakewardError, match="move that folder away"):
        here(lake, landings.both)
    shutil.move(Lake(lake).table(SILVER), tmp_path / "away")

    assert here(lake, landings.both).exit_code == 0

    assert facts(lake).rows == clean_second.facts.rows


@pytest.mark.parametrize("tear", [empty, half])
@pytest.mark.parametrize("table", ["_runs", "_deliveries"])
def test_torn_records_of_lakeward_itself_are_made_again(
    clean_second: Clean, landings: Landings, tmp_path: Path, table: str, tear: Tear
) -> None:
    lake = copied(clean_second.lake, tmp_path / "lake")
    version = delta.version_of(lake / table)
    assert version
    tear(lake / table, version)

    assert here(lake, landings.both).exit_code == 0

    assert facts(lake) == clean_second.facts
    assert runs.steps(Lake(lake))


def test_everything_is_on_disk_before_it_is_told(clean: Clean, events: list[Event]) -> None:
    told = [number for number, event in enumerate(events) if event.what == "told"]
    assert [events[number].about for number in told] == [SILVER, GOLD]
    synced = {event.about: number for number, event in reversed(list(enumerate(events))) if event.what == "sync"}
    lake = Lake(clean.lake.resolve())
    for table, before in (
        ("_deliveries", told[0]),
        ("bronze.faults.rain", told[0]),
        ("quarantine.faults.rain", told[0]),
        (SILVER, told[0]),
        (GOLD, told[1]),
    ):
        path = lake.table(table)
        files = delta.files_of(path, 0)
        assert _log(path, 0) in files and _added(path, 0)
        for place in {*files, *(file.parent for file in files), path}:
            assert synced[str(place)] < before, f"{place} was told of before it was on disk"
        later = {event.about for event in events[synced[str(_log(path, 0))] : before] if event.what == "sync"}
        above = [folder for folder in path.parents if folder.is_relative_to(lake.root)]  # each got a new name just now
        assert {str(folder) for folder in above} <= later
    for version in range(2):
        assert str(_log(lake.table("_runs"), version)) in synced


def test_the_switch_to_a_release_comes_last(clean: Clean, events: list[Event]) -> None:
    folder = Lake(clean.lake.resolve()).releases(GOLD)
    release = folder / "1.0"
    order = [(event.what, event.about.replace(str(clean.lake), str(clean.lake.resolve()))) for event in events]
    switch, put = order.index(("move", str(folder / "latest.json"))), order.index(("move", str(release)))
    stage = folder.parent / ".staging" / folder.name
    names = [file["path"] for file in json.loads((release / "manifest.json").read_text("utf-8"))["files"]]

    assert all(order.index(("sync", str(stage / name))) < put for name in (*names, "manifest.json"))
    assert ("sync", str(folder)) in order[put:switch]
    assert [about for what, about in order[switch + 1 :] if what == "move"] == []
    assert switch < order.index(("sync", str(folder / "latest.json"))) < order.index(("told", GOLD))
    assert undone(clean.lake) == ()
