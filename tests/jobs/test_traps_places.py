"""Traps of the files on places, people, floods, schools and temples, and what catches them; docs/traps.md is the table."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING

import pytest

from lakeward.pipelines.catalog import declared
from lakeward.pipelines.places.counties import COUNTY_NAMES, FORMER_NAMES

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
AGES, LIVES, AREAS = "maps.population_by_age", "maps.vital_statistics", "maps.statistic_areas"
OUTLINES, LISTS, CODES = "maps.boundaries", "maps.village_lists", "maps.village_codes"
QUARTERS, AGE_GROUPS = "maps.moi_population_quarter", "maps.ris_age_structure"
FLOODS, EDUCATION, SCHOOLS = "disaster.flood_points", "education.village_education", "education.junior_high_schools"
TEMPLES, PEOPLE = "culture.temples", "maps.village_population"
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


@pytest.mark.parametrize(("name", "rows"), [(PEOPLE, 75), (LIVES, 60), (EDUCATION, 60), (CODES, 19)])
def test_letters_of_private_use_in_village_names_are_told(built: Built, name: str, rows: int) -> None:
    private = sum(bool(PRIVATE.search(village)) for village in built.column(name, "village_name"))

    assert built.failed(name, "village_name", "column_values_to_not_match_regex") == private == rows


def test_parts_add_up_to_the_whole_in_every_village(built: Built) -> None:
    for name, whole in ((PEOPLE, "population"), (LIVES, "births"), (EDUCATION, "people_15_up"), (AREAS, "population")):
        assert built.failed(name, whole, "column_values_to_be_null") == 0


def test_a_comma_at_the_end_of_wide_rows_is_no_cell_and_roc_months_are_months(built: Built) -> None:
    file = next(built.landing.glob("maps/ris_single_age/*/*.csv.gz"))
    line = gzip.decompress(file.read_bytes()).decode("utf-8-sig").splitlines()[1]
    step = built.step(f"silver.{AGES}")

    assert line.rstrip().endswith(",")
    assert line.startswith("10405,")
    assert (step.rows_read, step.rows_quarantined) == (1_585_902, 0)
    assert set(built.table(f"silver.{AGES}", ["counted_on"])["counted_on"].unique().to_pylist()) == {date(2015, 5, 31)}


def test_eleven_and_eighteen_columns_and_headers_in_two_languages_are_one_table(built: Built) -> None:
    widths = {entry.file[-11:-4]: len(entry.header) for entry in built.entries(LIVES)}
    coded = defaultdict[str, set[bool]](set)
    for row in built.table(f"silver.{LIVES}", ["counted_on", "village_code"]).to_pylist():
        coded[f"{row['counted_on']:%Y-%m}"].add(row["village_code"] is not None)

    assert widths == {"2015-09": 11, "2020-12": 18, "2022-11": 18, "2024-11": 18}
    assert coded == {month: {width == 18} for month, width in widths.items()}
    assert built.step(f"silver.{LIVES}").rows_quarantined == 0


def test_an_envelope_of_json_is_opened_and_counts_are_whole_numbers(built: Built) -> None:
    file = next(built.landing.glob("maps/segis_basecode/*.json"))
    first = json.loads(file.read_text("utf-8-sig"))["RowDataList"][0]
    row = built.rows(f"silver.{AREAS}", area_code=first["CODEBASE"])[0]

    assert isinstance(first["P_CNT"], float)
    assert row["population"] == first["P_CNT"]
    assert {row["county_code"] for row in built.rows(f"silver.{AREAS}")} == {"67000", "64000", "10009"}
    assert built.failed(AREAS, "population", "column_values_to_not_be_null") == 0


def test_counties_of_before_2010_are_those_of_today_in_gold(built: Built) -> None:
    drawn = set(built.column(OUTLINES, "county_name"))

    assert drawn & set(FORMER_NAMES)
    assert not [county for county in drawn if county.startswith("台")]
    assert {row["county_name"] for row in built.rows("gold.flood_exposure_county")} <= set(COUNTY_NAMES)


def test_islets_without_a_geometry_and_places_without_a_code_are_told(built: Built) -> None:
    outlines, codes = built.column(OUTLINES, "geometry_wkt"), built.column(LISTS, "village_code")

    assert built.failed(OUTLINES, "geometry_wkt", "column_values_to_not_be_null") == outlines.count(None) > 723
    assert built.failed(LISTS, "village_code", "column_values_to_not_be_null") == codes.count(None) >= 24


def test_old_codes_and_new_ones_are_told_apart(built: Built) -> None:
    lengths = Counter(len(code) for code in built.column(CODES, "code"))

    assert lengths == {11: 7_851, 12: 7_851}
    assert "6300100-002" in built.column(CODES, "code")


def test_thousands_with_commas_are_numbers_and_sums_are_no_counties(built: Built) -> None:
    (file,) = built.landing.glob("maps/moi_population_quarter/*.csv")

    assert '"3,979,208"' in file.read_text("utf-8-sig")
    assert 3_979_208 in built.column(QUARTERS, "population")
    assert {"臺灣省", "福建省"} <= set(built.column(QUARTERS, "county_name"))
    assert "leave them out when adding up" in declared()[QUARTERS].limits
    assert built.failed(QUARTERS, "population", "column_values_to_be_between") == 16  # 高雄市, three times its people


def test_headers_that_stand_four_times_are_told_apart_and_the_total_is_named(built: Built) -> None:
    (entry,) = built.entries(AGE_GROUPS)
    (row,) = built.rows(f"silver.{AGE_GROUPS}", county_name="總計")

    assert [name for name in entry.header if name.startswith("全")] in (["全"] * 4, ["全", "全_2", "全_3", "全_4"])
    assert (row["from_0_to_12"], row["from_12_to_17"], row["from_20"], row["from_65"]) == (
        2_660_616, 1_498_575, 19_033_091, 3_184_199,
    )  # fmt: skip
    assert "總計" in declared()[AGE_GROUPS].limits


def test_flood_points_are_metres_of_twd97_and_repeats_are_told(built: Built) -> None:
    rows = built.rows(f"silver.{FLOODS}")
    points = Counter((row["year"], row["x_twd97_m"], row["y_twd97_m"]) for row in rows)

    assert sum(count - 1 for count in points.values() if count > 1) == 662
    assert built.failed(FLOODS, "year, x_twd97_m, y_twd97_m", "compound_columns_to_be_unique") > 662
    assert all(100_000 < row["x_twd97_m"] < 400_000 for row in rows)
    assert any("、" in row["reported_by"] for row in rows)
    assert "Only the year is told" in declared()[FLOODS].limits


def test_utf_16_parted_by_tabs_and_headers_in_two_languages_are_read(built: Built) -> None:
    read = {entry.file[-8:-4]: entry for entry in built.entries(EDUCATION)}

    assert read["2014"].encoding.startswith("utf-16")
    assert {year: len(entry.header) for year, entry in read.items()} == {"2014": 27, "2015": 50, "2019": 51, "2020": 51}
    assert not any(name.startswith(("statistic", "edu")) for entry in read.values() for name in entry.header)
    assert (read["2014"].header[0], read["2015"].header[0]) == ("資料年度", "統計年")


def test_villages_of_education_bear_codes_only_since_2018(built: Built) -> None:
    told: dict[int, set[bool]] = {}
    for row in built.table(f"silver.{EDUCATION}", ["year", "village_code"]).to_pylist():
        told.setdefault(row["year"], set()).add(row["village_code"] is not None)

    assert told == {2014: {False}, 2015: {False}, 2019: {True}, 2020: {True}}


def test_private_schools_called_public_are_told(built: Built) -> None:
    wrong = [
        row for row in built.rows(f"silver.{SCHOOLS}") if "私立" in row["school_name"] and row["ownership"] == "公立"
    ]

    assert built.failed(SCHOOLS, "ownership", "column_values_to_not_be_in_set") == len(wrong) == 3


def test_temples_without_a_deity_are_told_and_villages_within_roads_are_named(built: Built) -> None:
    rows = built.rows(f"silver.{TEMPLES}")
    (entry,) = built.entries(TEMPLES)

    assert built.failed(TEMPLES, "deity", "column_values_to_not_be_null") == 34
    assert sum(bool(re.search("[路街].*[村里]", row["address"])) for row in rows) > 200
    assert "the village stands after the road" in declared()[TEMPLES].limits
    assert "long" in entry.header
    assert all(119 < row["lon_deg"] < 123 for row in rows if row["lon_deg"])
