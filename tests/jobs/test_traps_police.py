"""Traps of the police's own files beside the fatal crashes, and what catches them; docs/traps.md is the table."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import pytest

from lakeward.lake import delta
from lakeward.pipelines.catalog import declared

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
REISSUES, INJURIES = "police.fatal_crash_reissues", "police.injury_crashes"
BURGLARIES, CAMERAS = "police.burglaries", "police.cameras"
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def test_letters_of_private_use_in_places_are_told(built: Built) -> None:
    places = built.column("police.fatal_crashes", "place")
    private = sum(bool(PRIVATE.search(place)) for place in places)

    assert private > 5
    assert built.failed("police.fatal_crashes", "place", "column_values_to_not_match_regex") == private


def test_reissues_are_ordered_by_their_names_whatever_day_stands_below_the_rows(built: Built) -> None:
    (file,) = built.landing.glob("police/npa_a1_2026_snapshots/2026-04-07_*.csv")
    days = sorted({row["delivered_on"] for row in built.rows("gold.crash_change_feed")})

    assert "115年03月30日" in file.read_text("utf-8-sig").splitlines()[-2]
    assert date(2026, 4, 7) in days
    assert date(2026, 3, 30) not in days
    assert built.step(f"silver.{REISSUES}").rows_footer == 2 * 6


def test_months_of_which_two_days_came_are_named_as_partial(built: Built) -> None:
    days: dict[str, set[int]] = defaultdict(set)
    for day in built.column(INJURIES, "crashed_on"):
        days[f"{day:%Y-%m}"].add(day.day)

    assert len(days) == 7
    assert set.union(*days.values()) == {1, 2}
    assert "the month is partial" in declared()[INJURIES].limits


def test_injury_crashes_told_twice_are_refused_once(built: Built) -> None:
    step = built.step(f"silver.{INJURIES}")
    rows = built.table(f"silver.{INJURIES}")

    assert set(step.reasons) == {"repeats the key of an earlier row"}
    assert step.rows_read == 16_600 == len(rows) + step.rows_quarantined
    assert delta.rows_of(built.lake.table(f"quarantine.{INJURIES}")) == step.rows_quarantined > 0


def test_roc_days_with_slashes_are_days_of_2016(built: Built) -> None:
    (file,) = built.landing.glob("police/county_burglary/*.csv")
    rows = built.rows(f"silver.{BURGLARIES}")

    assert file.read_text("utf-8-sig").count(",105/") == len(rows) == 148
    assert {row["occurred_on"].year for row in rows} == {2016}
    assert all(row["occurred_at"] for row in rows)


def test_burglaries_without_a_position_are_told(built: Built) -> None:
    without = [row for row in built.rows(f"silver.{BURGLARIES}") if row["lon_deg"] is None]

    assert built.failed(BURGLARIES, "lon_deg", "column_values_to_not_be_null") == len(without) == 6


def test_a_list_in_big5_beside_one_in_unicode_is_read(built: Built) -> None:
    read = {entry.file.rpartition("/")[2]: entry.encoding for entry in built.entries(CAMERAS)}

    assert read == {"cctv_yunlin_big5.csv": "cp950", "cctv_yunlin_geocoded.csv": "utf-8-sig"}
    assert not any("\ufffd" in row["address"] for row in built.rows(f"silver.{CAMERAS}"))


def test_the_same_cameras_in_another_shape_give_way_to_the_whole_list(built: Built) -> None:
    rows = built.rows(f"silver.{CAMERAS}")

    assert {row["_file"].rpartition("/")[2] for row in rows} == {"cctv_yunlin_big5.csv"}
    assert sorted(row["camera_no"] for row in rows) == list(range(1, 1_301))


def test_cameras_without_a_position_are_told(built: Built) -> None:
    without = sum(row["lon_deg"] is None for row in built.rows(f"silver.{CAMERAS}"))
    told = built.failed(CAMERAS, "lon_deg", "column_values_to_not_be_null")

    assert without == 117
    assert told >= without  # those of the other list count among them


def test_a_town_written_with_the_other_tai_is_one_town(built: Built) -> None:
    towns = [row["town_name"] for row in built.rows(f"silver.{CAMERAS}")]

    assert towns.count("臺西鄉") == 29
    assert not any("台" in town for town in towns)
