"""The counties' and ministries' own lists of Yunlin: the figures of C8, found outside the project with pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
LISTS = (
    "police.burglaries", "police.cameras", "health.clinics", "culture.temples", "education.junior_high_schools",
    "disaster.flood_points",
)  # fmt: skip
TABLE = "gold.town_profile"


def _of_town(built: Built, name: str) -> dict[str, Any]:
    (row,) = built.rows(TABLE, county_name="雲林縣", town_name=name)
    return row


def test_sums_of_the_county(built: Built) -> None:
    rows = built.rows(TABLE, county_name="雲林縣")
    sums = {name: sum(row[name] for row in rows) for name in rows[0] if isinstance(rows[0][name], int)}

    assert len(rows) == 20
    assert {str(row["population_on"]) for row in rows} == {"2017-01-31"}
    assert sums["population"] == 694_519
    assert sums["burglaries"] == 148
    assert sums["cameras"] == 1_300
    assert sums["clinics"] == 505
    assert sums["temples"] == 798
    assert sums["junior_high_schools"] == 40
    assert sums["flood_points"] == pytest.approx(207, abs=2)  # by other polygons than the figure
    assert {row["burglaries_from"].year for row in rows} == {row["burglaries_to"].year for row in rows} == {2016}


def test_towns(built: Built) -> None:
    largest = sorted(built.rows(TABLE, county_name="雲林縣"), key=lambda row: row["population"], reverse=True)[:6]
    capital, north = _of_town(built, "斗六市"), _of_town(built, "北港鎮")
    told = ("population", "burglaries", "cameras", "clinics", "temples", "junior_high_schools")

    assert tuple(capital[name] for name in told) == (108_477, 20, 342, 139, 96, 5)
    assert capital["burglaries_per_10k"] == pytest.approx(1.844, abs=5e-4)
    assert north["burglaries"] == 18
    assert north["burglaries_per_10k"] == pytest.approx(4.432, abs=5e-4)
    assert max(largest, key=lambda row: row["burglaries_per_10k"])["town_name"] == "北港鎮"
    assert _of_town(built, "臺西鄉")["cameras"] == 29  # 台西鄉 in the list


def test_what_no_list_covers_is_not_zero(built: Built) -> None:
    towns = built.rows(TABLE)
    next_door = [row for row in towns if row["county_name"] == "嘉義縣"]

    assert len(towns) == 368
    assert sum(row["junior_high_schools"] for row in next_door) == 28
    assert {row["burglaries"] for row in next_door} == {row["clinics"] for row in next_door} == {None}
    assert all(row["flood_points"] is not None for row in towns)


def test_every_row_of_every_list_is_kept(built: Built) -> None:
    steps = [built.step(f"silver.{name}") for name in LISTS]

    assert {(step.exit_code, step.rows_quarantined) for step in steps} == {(0, 0)}
    assert len(built.rows("silver.police.cameras")) == 1_300
    assert len(built.rows("silver.culture.temples")) == 798


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("police.burglaries", "lon_deg: no value (6 rows kept)"),
        ("health.clinics", "clinic_name: matches"),
        ("culture.temples", "deity: no value (34 rows kept)"),
        ("education.junior_high_schools", "ownership: a value that may not be (3 rows kept)"),
        ("disaster.flood_points", "expect_compound_columns_to_be_unique"),
    ],
)
def test_the_known_mess_is_told(built: Built, table: str, told: str) -> None:
    step = built.step(f"silver.{table}")

    assert told in "\n".join(step.warnings)
