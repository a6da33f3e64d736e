"""Lakes of clean runs to compare with, and what a clean run does on the way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from worlds import Clean, Event, Landings, copied, deliver, facts, files_in, here

from lakeward.lake import runs

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def landings(tmp_path_factory: pytest.TempPathFactory) -> Landings:
    folder = tmp_path_factory.mktemp("landings")
    return Landings(deliver(folder / "first", "2021.csv"), deliver(folder / "both", "2021.csv", "2022.csv"))


@pytest.fixture(scope="session")
def events() -> list[Event]:
    """What the clean run forced to disk, moved and told, filled by `clean`."""
    return []


@pytest.fixture(scope="session")
def clean(
    spark: SparkSession, landings: Landings, events: list[Event], tmp_path_factory: pytest.TempPathFactory
) -> Clean:
    """Both deliveries in one run."""
    lake = tmp_path_factory.mktemp("clean") / "lake"
    with pytest.MonkeyPatch.context() as patch:
        _listen(patch, events)
        assert here(lake, landings.both).exit_code == 0
    return Clean(lake, facts(lake), files_in(lake))


def _listen(patch: pytest.MonkeyPatch, events: list[Event]) -> None:
    sync, move, rename, record = os.fsync, Path.replace, Path.rename, runs.record

    def synced(handle: int) -> None:
        events.append(Event("sync", str(Path(f"/proc/self/fd/{handle}").readlink())))
        sync(handle)

    def replaced(path: Path, to: Path) -> Path:
        events.append(Event("move", str(to)))
        return move(path, to)

    def renamed(path: Path, to: Path) -> Path:
        events.append(Event("move", str(to)))
        return rename(path, to)

    def recorded(*told: object) -> None:
        events.append(Event("told", told[1].table_name))  # type: ignore[attr-defined]
        record(*told)  # type: ignore[arg-type]

    patch.setattr(os, "fsync", synced)
    patch.setattr(Path, "replace", replaced)
    patch.setattr(Path, "rename", renamed)
    patch.setattr(runs, "record", recorded)


@pytest.fixture(scope="session")
def base(spark: SparkSession, landings: Landings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake that holds the first delivery; copy it."""
    lake = tmp_path_factory.mktemp("base") / "lake"
    assert here(lake, landings.first).exit_code == 0
    return lake


@pytest.fixture(scope="session")
def clean_second(base: Path, landings: Landings, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The second delivery on top of the first."""
    lake = copied(base, tmp_path_factory.mktemp("second") / "lake")
    assert here(lake, landings.both).exit_code == 0
    return Clean(lake, facts(lake), files_in(lake))
