"""Traps of the files on health and food, and what catches them; docs/traps.md is the table."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from lakeward.lake import release
from lakeward.pipelines.catalog import declared

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
LIST, CASES, SURVEYS = "health.dengue_case_list", "health.dengue_cases", "health.mosquito_index"
BULLETINS, POINTS, SPRAYING = "health.tainan_dengue_bulletins", "health.tainan_dengue_points", "health.tainan_spraying"
CLINICS, ADDITIVES = "health.clinics", "food.additive_limits"


def _delivered(built: Built, pattern: str, encoding: str = "utf-8-sig") -> list[list[str]]:
    """Read the rows of files with Python alone, their headers left out."""
    texts = (path.read_bytes().decode(encoding) for path in sorted(built.landing.glob(pattern)))
    return [row for text in texts for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]


def test_a_list_in_cp950_is_read_and_its_tai_is_that_of_others(built: Built) -> None:
    counties = built.column(LIST, "county_name")

    assert [entry.encoding for entry in built.entries(LIST)] == ["cp950"]
    assert sum(county.startswith("臺") for county in counties) == 7_877
    assert not any(county.startswith("台") for county in counties)


def test_what_the_national_list_leaves_open_is_told(built: Built) -> None:
    villages, cases = built.column(LIST, "village_name"), built.column(LIST, "confirmed_cases")

    assert built.failed(LIST, "village_name", "column_values_to_not_be_null") == villages.count(None) > 141
    assert built.failed(LIST, "confirmed_cases", "column_values_to_be_between") == cases.count(2) == 3
    assert built.failed(LIST, "town_name", "column_values_to_not_be_in_set") == 20
    assert {"0", "4", "5-9", "70+"} <= set(built.column(LIST, "age_band"))


def test_fourteen_more_columns_are_read_beside_the_same_ones(built: Built) -> None:
    (old,) = {entry.header for entry in built.entries(LIST)}
    (new,) = {entry.header for entry in built.entries(CASES)}

    assert (len(old), len(new)) == (14, 28)
    assert set(old) < set(new)
    for name in ("village_code", "village_code_old", "county_moi"):
        assert any(built.column(CASES, name))


def test_columns_of_statistic_areas_may_be_empty(built: Built) -> None:
    for name in ("smallest_area", "smallest_area_lon_deg", "first_level_area", "second_level_area"):
        assert set(built.column(CASES, name)) == {None}


def test_the_compilers_filter_is_named_in_each_release_that_rests_on_it(built: Built) -> None:
    for table in ("gold.dengue_village", "gold.dengue_reconciliation"):
        newest = release.newest(built.lake, table)
        assert newest
        assert "kept only rows whose village stands on a boundary list" in newest["source_limits"][CASES]


def test_what_surveys_lack_and_repeat_is_told_and_kept(built: Built) -> None:
    codes = built.column(SURVEYS, "village_code_old")
    pairs = Counter(zip(built.column(SURVEYS, "surveyed_on"), codes, strict=True))

    assert len(codes) == 33_466
    assert built.failed(SURVEYS, "village_code_old", "column_values_to_not_be_null") == codes.count(None) == 22
    assert built.column(SURVEYS, "lon_deg").count(None) == 386
    assert sum(count - 1 for count in pairs.values() if count > 1) == 2_658
    assert built.failed(SURVEYS, "surveyed_on, village_code_old", "compound_columns_to_be_unique") > 2_658


def test_titles_headers_of_two_lines_and_totals_of_bulletins_are_no_rows(built: Built) -> None:
    rows = built.rows(f"silver.{BULLETINS}")
    headers = {entry.header for entry in built.entries(BULLETINS)}

    assert len({row["counted_on"] for row in rows}) == 4
    assert not [row for row in rows if re.search("總計|本日|截至", row["town_name"])]
    assert all(any("\n" in name for name in header) for header in headers)
    assert not [name for header in headers for name in header if re.search(r"\d+/\d+", name)]
    assert built.step(f"silver.{BULLETINS}").reasons == {
        "repeats the key of an earlier row": 1
    }  # 學甲區明宜里 is there twice


def test_districts_of_bulletins_are_filled_down(built: Built) -> None:
    of_north = [row for row in built.rows(f"silver.{BULLETINS}", town_name="北區") if row["village_cases"]]

    assert len({row["village_name"] for row in of_north}) > 30
    for day in {row["counted_on"] for row in of_north}:
        assert len({row["town_cases"] for row in of_north if row["counted_on"] == day}) == 1


def test_columns_of_bulletins_may_come_and_go(built: Built) -> None:
    flags = {row["counted_on"] for row in built.rows(f"silver.{BULLETINS}") if row["is_over"] and "◎" in row["is_over"]}

    assert len({entry.header for entry in built.entries(BULLETINS)}) > 1
    assert date(2015, 8, 21) not in flags
    assert date(2015, 12, 13) in flags


def test_of_several_sheets_the_first_is_read(built: Built) -> None:
    (file,) = built.landing.glob("health/tainan_dengue_bulletin/*1041213.xls")
    names = CalamineWorkbook.from_path(str(file)).sheet_names
    rows = built.rows(f"silver.{BULLETINS}", counted_on=date(2015, 12, 13))

    assert len(names) > 1
    assert 0 < len(rows) < 571
    assert "Only the first sheet" in declared()[BULLETINS].limits


def test_hong_kong_letters_full_width_blanks_and_a_renamed_date_are_read(built: Built) -> None:
    rows = built.rows(f"silver.{POINTS}")
    town = [row for row in rows if row["town_name"] == "北區"]

    assert [entry.encoding for entry in built.entries(POINTS)] == ["big5hkscs"] * 2
    assert any("\u3000" in row[2] for row in _delivered(built, "health/tainan_dengue_points/*", "big5hkscs"))
    assert len(town) == 1_229
    assert not any("\u3000" in row["town_name"] for row in rows)
    assert (sum(bool(row["onset_on"]) for row in rows), sum(bool(row["confirmed_on"]) for row in rows)) == (1_977, 729)


def test_days_without_a_leading_zero_are_read(built: Built) -> None:
    rows = {row["case_no"]: row for row in built.rows(f"silver.{POINTS}")}

    assert rows[2]["onset_on"] == date(2015, 1, 16)
    assert rows[1_978]["confirmed_on"] == date(2015, 8, 25)


def test_rows_that_end_early_and_a_header_of_two_lines_are_read(built: Built) -> None:
    short = [row for row in _delivered(built, "health/tainan_spraying/20150[89].csv") if len(row) == 15]
    rows = built.rows(f"silver.{SPRAYING}")

    assert len(short) == 449
    assert len(rows) == 1_670
    assert all(row["police"] for row in rows if row["_row"] == 2)


def test_longitude_and_latitude_are_told_by_their_headers_whatever_their_order(built: Built) -> None:
    orders = {entry.header.index("經度") < entry.header.index("緯度") for entry in built.entries(SPRAYING)}
    placed = [row for row in built.rows(f"silver.{SPRAYING}") if row["lon_deg"]]

    assert orders == {True, False}
    assert all(row["lon_deg"] > 119 > row["lat_deg"] for row in placed)


def test_full_width_digits_of_addresses_are_half_width_and_numbers_in_words_stay(built: Built) -> None:
    delivered = [row[1] for row in _delivered(built, "health/moh_clinics/*.csv")]
    addresses = built.column(CLINICS, "address")

    assert sum(bool(re.search("[０-９]", address)) for address in delivered) == 190
    assert not [address for address in addresses if re.search("[０-９]", address)]
    assert "雲林縣斗六市中正路一三九之二號" in addresses
    assert "一七七之十四號" in declared()[CLINICS].limits


def test_notes_glued_to_a_number_are_cut_off(built: Built) -> None:
    glued = [row[0] for row in _delivered(built, "food/tfda_additives/* *.csv") if not re.fullmatch(r"\d{3}", row[0])]
    numbers = built.column(ADDITIVES, "additive_no")

    assert len(glued) >= 3
    assert all(re.fullmatch(r"\d{3}", number) for number in numbers)


def test_roc_days_with_dots_and_blanks_are_read(built: Built) -> None:
    rows = [row for row in _delivered(built, "food/tfda_additives/* *.csv") if row[1].strip()]
    days = [day for day in built.column(ADDITIVES, "announced_on") if day]

    assert {"76. 7.22", "79. 1 .19 公告日 期   77. 8. 19."} & {row[1] for row in rows}
    assert len(days) >= len(rows)
    assert {day.year for day in days} <= set(range(1987, 2014))


def test_limits_stay_the_laws_own_prose(built: Built) -> None:
    told = [text for text in built.column(ADDITIVES, "use_limits") if text]

    assert sum("１、" in text for text in told) > 0
    assert "Limits stand in prose" in declared()[ADDITIVES].limits


def test_files_under_two_names_are_loaded_once(built: Built) -> None:
    twice = [entry for entry in built.entries(ADDITIVES) if entry.status == "duplicate"]

    assert len(twice) == 3
    assert all("the same bytes as" in entry.reason for entry in twice)
    assert len({(row["category"], row["additive_no"]) for row in built.rows(f"silver.{ADDITIVES}")}) == 765
