"""The agencies' own files: the figures of C2 to C5, found outside the project with pandas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from statistics import correlation
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
Row = dict[str, Any]


def total(rows: Iterable[Row], column: str) -> Any:
    return sum(row[column] for row in rows)


def test_dengue_by_village(built: Built) -> None:
    rows = built.rows("gold.dengue_village", year=2015)
    tainan = [row for row in rows if row["county_name"] == "臺南市"]
    people = built.rows("silver.maps.village_population", counted_on=date(2015, 8, 31), county_name="臺南市")
    top = max(tainan, key=lambda row: row["cases"])
    worst = max((row for row in tainan if row["population"]), key=lambda row: row["cases_per_1000"])

    assert total(rows, "cases") == 38_057
    assert total(rows, "imported_cases") == 328
    by_county = {
        name: total([row for row in rows if row["county_name"] == name], "cases") for name in ("高雄市", "屏東縣")
    }
    assert by_county == {"高雄市": 19_773, "屏東縣": 377}
    assert total(tainan, "cases") == 17_176
    assert total([row for row in tainan if row["population"]], "cases") == 17_174
    assert len([row for row in tainan if row["population"]]) == 441  # the other is 關廟區龜洞里 under a disputed code
    assert (top["village_code"], top["cases"], top["population"]) == ("67000340023", 332, 3_738)
    assert top["cases_per_1000"] == pytest.approx(88.818, abs=5e-4)
    assert (worst["village_name"], worst["cases"], worst["population"]) == ("中樓里", 194, 1_665)
    assert worst["cases_per_1000"] == pytest.approx(116.517, abs=5e-4)
    assert total(people, "population") == 1_885_079
    assert 1e5 * total(tainan, "cases") / total(people, "population") == pytest.approx(911.155, abs=5e-4)


def test_the_week_of_most_onsets_in_tainan(built: Built) -> None:
    weeks: dict[int, int] = {}
    for row in built.rows("silver.health.dengue_cases", county_name="臺南市"):
        if row["onset_on"].year == 2015:
            week = row["onset_on"].isocalendar().week
            weeks[week] = weeks.get(week, 0) + 1

    assert max(weeks.items(), key=lambda each: each[1]) == (38, 2_621)


def test_the_gap_between_three_sources(built: Built) -> None:
    rows = {row["source"]: row for row in built.rows("gold.dengue_reconciliation", county_name="臺南市", year=2015)}
    national = built.rows("gold.dengue_reconciliation", year=2014)

    assert {name: row["cases"] for name, row in rows.items()} == {
        "CDC national list": 2_700,
        "CDC by county": 1_831,
        "Tainan City": 2_706,
    }
    assert {row["as_of_on"] for row in rows.values()} == {date(2015, 8, 28)}
    assert (rows["CDC by county"]["gap_cases"], rows["Tainan City"]["gap_cases"]) == (869, -6)
    listed = [row for row in national if row["source"] == "CDC national list"]
    assert total(listed, "rows_of_year") == 15_732
    assert total(listed, "rows_without_village") == 141
    assert total([row for row in national if row["source"] == "CDC by county"], "rows_of_year") == 15_605
    warned = built.step("gold.dengue_reconciliation")
    assert any("gap_pct" in note for note in warned.warnings)


def test_verdicts_of_the_national_list(built: Built) -> None:
    tainan = [
        row
        for row in built.rows("silver.health.dengue_case_list", county_name="臺南市", is_imported=False)
        if row["onset_on"] >= date(2015, 1, 1) and row["confirmed_on"] <= date(2015, 8, 21)
    ]
    city = built.rows("silver.health.tainan_dengue_points")

    assert len(tainan) == 1_565
    assert sorted(row["case_no"] for row in city) == list(range(1, 2_707))
    assert sum(row["town_name"] == "北區" for row in city) == 1_229


def test_mosquitoes_by_town_and_month(built: Built) -> None:
    rows = built.rows("gold.vector_risk_town_month")
    levels: dict[int, int] = {}
    for survey in built.rows("silver.health.mosquito_index"):
        levels[survey["breteau_level"]] = levels.get(survey["breteau_level"], 0) + 1

    def of(county: str, town: str = "") -> list[float]:
        chosen = [row for row in rows if row["county_name"] == county and (not town or row["town_name"] == town)]
        surveys = total(chosen, "surveys")
        return [surveys, sum(row["mean_breteau_index"] * row["surveys"] for row in chosen) / surveys]

    assert total(rows, "surveys") == 33_466
    assert levels == {0: 20_178, 1: 9_928, 2: 2_289, 3: 824, 4: 202, 5: 40, 6: 3, 7: 2}
    assert of("高雄市") == pytest.approx([4_860, 2.3234], abs=5e-5)
    assert of("臺南市")[0] == 6_224
    assert of("臺南市", "永康區") == pytest.approx([1_014, 4.3606], abs=5e-5)
    assert total([row for row in rows if row["town_name"] == "永康區"], "surveys_bi_ge_3") == 150


def test_surveyed_villages_are_villages_of_2017(built: Built) -> None:
    def new(old: str) -> str:
        county, town, village = old[:5], old[5:7], old[8:]
        return f"{old[:2]}000{old[3:5]}0{village}" if old.startswith("6") else f"{county}{town}0{village}"

    villages = {
        row["village_code"] for row in built.rows("silver.maps.village_population", counted_on=date(2017, 1, 31))
    }
    surveys = [row for row in built.rows("silver.health.mosquito_index") if row["village_code_old"]]

    assert sum(new(row["village_code_old"]) in villages for row in surveys) == 33_444
    south = {row["village_code_old"] for row in surveys if row["county_name"] == "高雄市"}
    assert len(south) == 631


def test_prices_and_rain_by_month(built: Built) -> None:
    rows = built.rows("gold.crop_price_weather", crop_code="FB1")
    prices = built.rows("silver.agriculture.crop_prices")
    markets: dict[str, int] = {}
    for row in prices:
        if row["crop_code"].startswith("FB1"):
            markets[row["market_code"]] = markets.get(row["market_code"], 0) + 1
    of_2024 = [row for row in rows if row["month"].year == 2024]
    west = {row["month"]: row for row in rows if row["market_code"] == "648"}
    rain = {row["month"]: row["rain_mm"] for row in rows}

    assert markets == {"514": 3_762, "648": 3_200, "400": 3_047, "512": 2_940, "420": 2_018, "540": 16}
    august = west[date(2024, 8, 1)]
    assert (august["trading_days"], august["volume_kg"]) == (27, 78_853)
    assert august["price_twd_per_kg"] == pytest.approx(103.172, abs=5e-4)
    assert west[date(2024, 2, 1)]["price_twd_per_kg"] == pytest.approx(18.747, abs=5e-4)
    assert total(of_2024, "volume_kg") == 14_365_795
    assert [rain[date(2024, month, 1)] for month in (7, 8, 9, 10)] == pytest.approx([546.0, 119.0, 303.5, 73.5])
    assert len([row for row in prices if row["crop_code"] == "FB11"]) == 1


def test_prices_follow_the_rain_of_the_month_before(built: Built) -> None:
    months: dict[date, tuple[float, float, float]] = {}
    for row in built.rows("gold.crop_price_weather"):
        if (row["market_code"], row["crop_code"]) == ("648", "FB1"):
            months[row["month"]] = (row["price_twd_per_kg"], row["rain_mm"], row["rain_mm_month_before"])
    told = [months[month] for month in sorted(months)]
    known = [(price, before) for price, _, before in told[1:]]

    assert len(months) == 124
    assert correlation([price for price, _, _ in told], [rain for _, rain, _ in told]) == pytest.approx(0.350, abs=5e-4)
    assert correlation(*zip(*known, strict=True)) == pytest.approx(0.616, abs=5e-4)


def test_days_of_the_typhoon_at_the_farm_station(built: Built) -> None:
    days = {row["observed_on"]: float(row["rain_mm"] or 0) for row in built.rows("silver.agriculture.agri_weather")}

    assert (days[date(2024, 10, 31)], days[date(2024, 11, 1)]) == (70.0, 55.5)


def test_plans_of_spraying_get_their_year_from_the_file(built: Built) -> None:
    rows = built.rows("silver.health.tainan_spraying")

    assert len(rows) == 1_670
    assert {row["sprayed_on"].year for row in rows} == {2015}
    assert all(119 < row["lon_deg"] < 123 > row["lat_deg"] > 20 for row in rows if row["lon_deg"])


def test_villages_of_a_bulletin_sum_up_to_its_total(built: Built) -> None:
    rows = built.rows("silver.health.tainan_dengue_bulletins")
    sums: dict[date, int] = {}
    for row in rows:
        sums[row["counted_on"]] = sums.get(row["counted_on"], 0) + row["village_cases"]

    assert [sums[day] for day in (date(2015, 10, 1), date(2015, 11, 13), date(2015, 12, 13))] == [
        16_641,
        22_343,
        22_723,
    ]
    assert all(row["town_cases"] is not None and row["town_name"].endswith("區") for row in rows)


def test_word_documents_are_refused_and_double_files_count_once(built: Built) -> None:
    step = built.step("silver.food.additive_limits")
    rows = built.rows("silver.food.additive_limits")

    assert len(rows) == 765
    assert len({row["category"] for row in rows}) == 17
    assert f"{step.error}{step.warnings}".count("Word document") == 2
    assert min(row["announced_on"] for row in rows if row["announced_on"]) == date(1987, 7, 22)
