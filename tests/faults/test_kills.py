"""Kill the driver's Python, and with it its JVM, at moments that a seed draws; run again without a hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from signal import SIGKILL
from typing import Any

import pytest
from worlds import KILLS, SEED, Clean, Death, Landings, asked, facts, here, killed, visible_releases_are_whole

pytestmark = pytest.mark.faults
AT_ONCE = 2
INSIDE = 0.3


@pytest.fixture(scope="module")
def dying(
    request: pytest.FixtureRequest, clean: Clean, landings: Landings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[int, Future[Death]]]:
    """Every kill that was asked for, begun at once, two at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            number: pool.submit(killed, number, tmp_path_factory.mktemp("kill") / "lake", landings.both, clean.files)
            for number in asked(request, "number")
        }


@pytest.fixture(scope="module")
def deaths() -> list[Death]:
    """Every random kill so far."""
    return []


@pytest.mark.parametrize("number", range(KILLS))
def test_a_driver_killed_at_a_random_moment(
    dying: dict[int, Future[Death]], clean: Clean, landings: Landings, deaths: list[Death], number: int
) -> None:
    death = dying[number].result()
    print(f"seed {SEED}, kill {number}, after {death.after}: cut {death.cut}, undone {death.undone}")
    deaths.append(death)
    assert death.code in (-SIGKILL, 0), death.said
    visible_releases_are_whole(death.lake)

    assert here(death.lake, landings.both).exit_code == 0

    assert facts(death.lake) == clean.facts
    assert {step.outcome for step in here(death.lake, landings.both).steps} == {"unchanged"}


def test_kills_hit_writes(deaths: list[Death], record_property: Callable[[str, Any], None]) -> None:
    inside = sum(death.is_inside_a_write for death in deaths)
    half = sum(bool(death.cut) for death in deaths)
    record_property(
        "told",
        f"random kills: seed {SEED}, {len(deaths)} kills, {inside} inside a write, {half} of them left half a file set",
    )
    if len(deaths) < KILLS:
        pytest.skip("only some of the kills were asked for")
    hit = [death for death in deaths if death.is_inside_a_write and death.code == -SIGKILL]

    assert len(hit) >= INSIDE * KILLS, [(death.number, death.after) for death in deaths]
