"""The police's own re-issues of 2026: the figures of C9, found outside the project with pandas."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from lakeward.lake import delta

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
SILVER = "silver.police.fatal_crash_reissues"
# Day: rows, crashes and deaths after it; rows inserted, deleted and updated.
FIGURES = {
    "2026-01-19": ((112, 46, 49), (112, 0, 0)),
    "2026-02-16": ((436, 177, 182), (332, 8, 6)),
    "2026-03-02": ((549, 226, 232), (115, 2, 4)),
    "2026-04-07": ((837, 331, 339), (295, 7, 23)),
    "2026-05-04": ((1_255, 489, 500), (427, 9, 14)),
    "2026-05-25": ((1_414, 552, 567), (175, 16, 29)),
}
KINDS = ("inserted", "deleted", "updated")


@pytest.mark.parametrize("day", FIGURES)
def test_what_each_reissue_changed_and_what_the_table_held_after_it(built: Built, day: str) -> None:
    after, changed = FIGURES[day]
    rows = {r["change"]: r for r in built.rows("gold.crash_change_feed") if str(r["delivered_on"]) == day}

    assert tuple(rows[kind]["rows"] if kind in rows else 0 for kind in KINDS) == changed
    for row in rows.values():
        assert (row["rows_after"], row["crashes_after"], row["deaths_after"]) == after
    single = [r for r in built.rows("gold.crash_changes") if str(r["delivered_on"]) == day]
    assert tuple(sum(row["change"] == kind for row in single) for kind in KINDS) == changed


def test_crashes_and_deaths_of_the_first_reissue_are_all_inserted(built: Built) -> None:
    first = next(r for r in built.rows("gold.crash_change_feed") if r["delivered_on"] == date(2026, 1, 19))

    assert (first["change"], first["rows"], first["crashes"], first["deaths"]) == ("inserted", 112, 46, 49)


def test_an_update_shows_before_and_after_of_what_differs_and_nothing_else(built: Built) -> None:
    updated = [r for r in built.rows("gold.crash_changes") if r["change"] == "updated"]

    for row in updated:
        before, after = dict(row["before"]), dict(row["after"])
        assert sorted(before) == sorted(after) == row["changed_columns"] != []
        assert all(before[name] != after[name] for name in after)
    of_february = [name for r in updated if r["delivered_on"] == date(2026, 2, 16) for name in r["changed_columns"]]
    assert {name: of_february.count(name) for name in of_february} == {
        "position": 4, "crash_type": 2, "main_cause_group": 2, "main_cause": 2, "own_cause_group": 1, "own_cause": 1,
    }  # fmt: skip


def test_the_empty_download_is_refused_and_the_table_stays(built: Built) -> None:
    step = built.step(SILVER)

    assert (step.outcome, step.exit_code, step.deliveries) == ("refused", 65, 6)
    assert step.error.startswith("police/npa_a1_2026_snapshots/2026-06-26_a1_EMPTY.csv: the file is empty")
    assert len(built.rows(SILVER)) == 1_414
    assert delta.version_of(built.lake.table(SILVER)) == 5
