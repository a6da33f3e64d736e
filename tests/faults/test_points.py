"""Die at each named point, run again without a hand: as if nothing had happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from worlds import (
    EVERYTHING,
    IS_ALL,
    KINDS,
    Clean,
    Landings,
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
OF_DATASETS = [point for point in POINTS if point.startswith(("bronze", "quarantine", "silver"))]
SECOND = [(point, kind) for point in (OF_DATASETS if IS_ALL else ["silver.committed"]) for kind in KINDS]


@pytest.mark.parametrize("point", POINTS)
def test_a_driver_that_dies_at_any_point(
    spark: SparkSession, clean: Clean, landings: Landings, tmp_path: Path, point: str
) -> None:
    lake = tmp_path / "lake"
    code, said = ended(child(lake, landings.both, crash_at=point, through=spark))
    assert code == EXIT_CODE, said
    visible_releases_are_whole(lake)

    report = here(lake, landings.both)

    assert report.exit_code == 0, report.steps
    assert facts(lake) == clean.facts
    assert {step.outcome for step in here(lake, landings.both).steps} == {"unchanged"}
    assert facts(lake) == clean.facts


@pytest.mark.parametrize(("point", "kind"), SECOND)
def test_a_driver_that_dies_with_a_second_delivery(
    spark: SparkSession, base: Path, clean_second: Clean, landings: Landings, tmp_path: Path, point: str, kind: str
) -> None:
    lake = copied(base, tmp_path / "lake")
    crash_at = f"{point}:faults.{kind}"
    code, said = ended(child(lake, landings.both, f"faults.{kind}", crash_at=crash_at, through=spark))
    assert code == EXIT_CODE, said

    assert here(lake, landings.both, *EVERYTHING).exit_code == 0

    assert facts(lake) == clean_second.facts
