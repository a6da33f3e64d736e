"""Die at each named point, run again without a hand: as if nothing had happened."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from worlds import (
    IS_ALL,
    KINDS,
    Clean,
    Facts,
    Landings,
    asked,
    child,
    copied,
    ended,
    facts,
    here,
    visible_releases_are_whole,
)

from lakeward.lake.crash import EXIT_CODE, POINTS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.faults
AFTER_SILVER = ("gold.", "release.")
OF_DATASETS = [point for point in POINTS if point.startswith(("bronze", "quarantine", "silver"))]
SECOND = [
    *(f"{point}:faults.{kind}" for point in (OF_DATASETS if IS_ALL else ["silver.committed"]) for kind in KINDS),
    "silver.staged:faults.upserts",
]
Ends = dict[str, tuple[Path, Future[tuple[int, str]]]]


@pytest.fixture(scope="module")
def halfway(spark: SparkSession, landings: Landings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake whose silver is done; who is to die later than that begins with it."""
    lake = tmp_path_factory.mktemp("halfway") / "lake"
    assert here(lake, landings.both, "faults.rain").exit_code == 0
    return lake


@pytest.fixture(scope="module")
def dead(
    request: pytest.FixtureRequest,
    spark: SparkSession,
    clean: Clean,
    halfway: Path,
    landings: Landings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Ends]:
    """A lake for each point that was asked for, in which a driver died there; one at a time, ahead of the tests."""

    def die(lake: Path, point: str) -> tuple[int, str]:
        if point.startswith(AFTER_SILVER):
            copied(halfway, lake)
        return ended(child(lake, landings.both, crash_at=point, through=spark))

    with ThreadPoolExecutor(1) as pool:
        lakes = {point: tmp_path_factory.mktemp("point") / "lake" for point in asked(request, "point")}
        yield {point: (lake, pool.submit(die, lake, point)) for point, lake in lakes.items()}


@pytest.fixture(scope="module")
def base_of_kinds(spark: SparkSession, landings: Landings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the first delivery in each kind of data set."""
    lake = tmp_path_factory.mktemp("kinds") / "lake"
    assert here(lake, landings.first, "faults.*").exit_code == 0
    return lake


@pytest.fixture(scope="module")
def clean_kinds(base_of_kinds: Path, landings: Landings, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """The second delivery on top of the first, in each kind of data set."""
    lake = copied(base_of_kinds, tmp_path_factory.mktemp("kinds2") / "lake")
    assert here(lake, landings.both, "faults.*").exit_code == 0
    return facts(lake)


@pytest.mark.parametrize("point", POINTS)
def test_a_driver_that_dies_at_any_point(dead: Ends, clean: Clean, landings: Landings, point: str) -> None:
    lake, end = dead[point]
    code, said = end.result()
    assert code == EXIT_CODE, said
    visible_releases_are_whole(lake)

    report = here(lake, landings.both)

    assert report.exit_code == 0, report.steps
    assert facts(lake) == clean.facts
    assert {step.outcome for step in here(lake, landings.both).steps} == {"unchanged"}
    assert facts(lake) == clean.facts


@pytest.mark.parametrize("second", SECOND)
def test_a_driver_that_dies_with_a_second_delivery(
    spark: SparkSession, base_of_kinds: Path, clean_kinds: Facts, landings: Landings, tmp_path: Path, second: str
) -> None:
    lake, dataset = copied(base_of_kinds, tmp_path / "lake"), second.partition(":")[2]
    code, said = ended(child(lake, landings.both, dataset, crash_at=second, through=spark))
    assert code == EXIT_CODE, said

    assert here(lake, landings.both, dataset).exit_code == 0

    found = facts(lake)
    for table in (f"{layer}.{dataset}" for layer in ("bronze", "quarantine", "silver")):
        assert found.rows[table] == clean_kinds.rows[table]
    assert found.versions[f"silver.{dataset}"] == clean_kinds.versions[f"silver.{dataset}"]
