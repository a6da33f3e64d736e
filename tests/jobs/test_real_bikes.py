"""Taipei's own bike files: the figures of C6, found outside the project with pandas."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from lakeward.pipelines.police.crash_parties import CRASH

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
TABLE, CAMPUS = "gold.bike_availability_district", "臺大公館校區"


def _readings(built: Built, district: str) -> tuple[int, int]:
    rows = built.rows(TABLE, district_name=district)
    return sum(row["readings"] for row in rows), sum(row["empty_readings"] for row in rows)


def test_readings_of_all_and_what_is_told_of_them(built: Built) -> None:
    silver = built.table("silver.traffic.bike_availability", ["station_id", "observed_on", "bikes"])
    of_day = Counter(silver["observed_on"].to_pylist())
    step = built.step("silver.traffic.bike_availability")

    assert len(silver) == 3_472_506 == step.rows_read == step.rows_written
    assert len(of_day) == 39
    assert (of_day[date(2024, 10, 31)], of_day[date(2024, 11, 1)]) == (4_399, 107_256)
    assert silver["bikes"].to_pylist().count(0) == 137_760
    assert len(silver["station_id"].unique()) == 1_520
    assert "docks: has a value (928,625 rows kept)" in step.warnings


def test_districts_and_the_campus(built: Built) -> None:
    rows = built.table(TABLE).to_pylist()

    assert _readings(built, "大安區")[0] == 549_358
    assert 100 * _readings(built, "大安區")[1] / 549_358 == pytest.approx(4.334, abs=5e-4)
    assert _readings(built, "大同區")[0] == 187_779
    assert 100 * _readings(built, "大同區")[1] / 187_779 == pytest.approx(5.707, abs=5e-4)
    assert _readings(built, CAMPUS)[0] == 128_633
    assert sum(row["readings"] for row in rows) == 3_472_506
    assert len({row["district_name"] for row in rows}) == 13
    assert {(row["population"], row["fatal_crashes"]) for row in rows if row["district_name"] == CAMPUS} == {
        (None, None)
    }
    of_daan = [row for row in rows if row["district_name"] == "大安區"]
    assert {row["stations_listed"] for row in of_daan} == {194}
    assert all(row["stations"] <= 194 for row in of_daan)


def test_docks_and_people_of_a_day(built: Built) -> None:
    rows = {row["district_name"]: row for row in built.table(TABLE).to_pylist() if row["date"] == date(2025, 1, 11)}

    assert (rows["大安區"]["docks"], rows["大安區"]["population"]) == (5_228, 300_705)
    assert {name: rows[name]["docks_per_10k"] for name in ("大安區", "中正區", "文山區")} == pytest.approx(
        {"大安區": 173.86, "中正區": 221.36, "文山區": 88.08}, abs=5e-3
    )
    assert sum(row["population"] or 0 for row in rows.values()) == 2_586_660
    assert {str(row["population_on"]) for row in rows.values()} == {"2021-03-31", "None"}


def test_crashes_of_the_city(built: Built) -> None:
    parties = built.table("silver.police.fatal_crashes", ["county_name", "crashed_on", *CRASH]).to_pylist()
    window = (date(2024, 10, 20), date(2025, 2, 7))
    crashes = {
        tuple(row[name] for name in CRASH): row["crashed_on"]
        for row in parties
        if row["county_name"] == "臺北市" and window[0] <= row["crashed_on"] <= window[1]
    }
    rows = built.table(TABLE).to_pylist()
    days = {row["date"] for row in rows}

    assert len(crashes) == 20
    assert sum(row["fatal_crashes"] or 0 for row in rows) == sum(day in days for day in crashes.values()) > 0
