"""The agencies' own files of maps, floods and education: the figures of C7 and C10, found outside the project."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakeward.pipelines.places.villages import new_village_code

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real
FLOODS, EDUCATION = "gold.flood_exposure_county", "gold.education_town"
MAPS = (
    "maps.vital_statistics", "maps.village_codes", "maps.village_lists", "maps.statistic_areas",
    "maps.moi_population_quarter", "maps.ris_age_structure", "maps.population_by_age",
)  # fmt: skip


def test_everything_is_built_and_nothing_is_refused(built: Built) -> None:
    steps = [built.step(name if name.startswith("gold.") else f"silver.{name}") for name in (FLOODS, EDUCATION, *MAPS)]

    assert {(step.exit_code, step.rows_quarantined) for step in steps} == {(0, 0)}


def test_flood_points_of_counties(built: Built) -> None:
    rows = built.rows(FLOODS)
    points, rates = Counter[str](), defaultdict[str, float](float)
    for row in rows:
        points[row["county_name"]] += row["flood_points"]
        rates[row["county_name"]] += row["flood_points_per_100k"]
    south = built.rows(FLOODS, county_name="臺南市")

    assert points.total() == 6_386
    assert points.most_common(6) == [
        ("臺南市", 1_689), ("高雄市", 1_343), ("臺北市", 918), ("新北市", 851), ("桃園市", 359), ("屏東縣", 242),
    ]  # fmt: skip
    assert {row["year"]: row["flood_points"] for row in south} == {2015: 20, 2016: 570, 2017: 171, 2018: 762, 2019: 166}
    assert {str(row["population_on"]) for row in rows} == {"2017-01-31"}
    highest = dict(sorted(rates.items(), key=lambda pair: -pair[1])[:3])
    assert highest == pytest.approx({"臺南市": 89.55, "高雄市": 48.32, "基隆市": 41.93}, abs=0.005)


def test_points_outside_every_polygon_are_counted(built: Built) -> None:
    by_year = {row["year"]: row["year_points_outside"] for row in built.rows(FLOODS)}

    assert sum(by_year.values()) == 6


def test_education_of_towns_in_2020(built: Built) -> None:
    rows = built.rows(EDUCATION, year=2020)
    ratios = {(row["county_name"], row["town_name"]): row["graduate_ratio"] for row in rows}

    assert (len(rows), sum(row["villages"] for row in rows)) == (368, 7_760)
    assert sum(row["people_15_up"] for row in rows) == 20_597_840
    assert max(ratios, key=lambda town: ratios[town]) == ("臺北市", "大安區")
    assert ratios["臺北市", "大安區"] == pytest.approx(0.172780, abs=5e-7)
    assert ratios["新竹市", "東區"] == pytest.approx(0.170471, abs=5e-7)


def test_each_year_of_education_is_read_whatever_its_shape(built: Built) -> None:
    villages = Counter[int]()
    for row in built.rows(EDUCATION):
        villages[row["year"]] += row["villages"]
    town = {
        row["year"]: row["graduate_ratio"] for row in built.rows(EDUCATION, county_name="臺北市", town_name="大安區")
    }

    assert villages == {2014: 7_851, 2015: 7_851, 2019: 7_760, 2020: 7_760}
    assert town[2014] < town[2015] < town[2019] < town[2020]


def test_births_and_deaths_of_a_month(built: Built) -> None:
    rows = built.rows("silver.maps.vital_statistics")
    december = [row for row in rows if str(row["counted_on"]) == "2020-12-31"]

    assert sum(row["births"] for row in december) == 17_547
    assert sum(row["deaths"] for row in december) == 15_208
    assert Counter(str(row["counted_on"]) for row in rows) == {
        "2015-09-30": 7_851, "2020-12-31": 7_760, "2022-11-30": 7_748, "2024-11-30": 7_748,
    }  # fmt: skip


def test_the_rule_for_codes_holds_for_every_village_of_both_lists(built: Built, spark: SparkSession) -> None:
    codes = [(row["code"],) for row in built.rows("silver.maps.village_codes")]
    lists = spark.createDataFrame(codes, "code string").withColumn("is_old", F.length("code") == 11)
    old = lists.where("is_old").select(new_village_code(F.col("code")).alias("code"))
    new = lists.where("not is_old").select(F.replace("code", F.lit("-"), F.lit("")).alias("code"))

    assert (old.count(), new.count()) == (7_851, 7_851)
    assert old.exceptAll(new).count() == new.exceptAll(old).count() == 0


def test_boundaries_keep_islets_without_a_geometry(built: Built) -> None:
    rows = built.rows("silver.maps.boundaries")

    assert Counter(row["level"] for row in rows) == {"county": 766, "town": 1_125, "village": 8_067}
    assert sum(row["level"] == "county" and row["geometry_wkt"] is None for row in rows) == 723


def test_places_over_time(built: Built) -> None:
    towns = built.rows("gold.towns", town_code="10007100")
    villages = built.rows("gold.villages")
    coded = {row["village_code"]: row["old_village_code"] for row in villages}

    assert {row["town_name"]: row["is_current"] for row in towns} == {"員林市": True}
    assert len({row["town_code"] for row in built.rows("gold.towns", is_current=True)}) == 368
    assert sum(row["is_current"] for row in villages) == 7_761
    assert coded["67000290015"] == "6702900-015"
    assert sum(old is None for old in coded.values()) == len(coded) - 7_851
    assert all(row["county_name_today"] for row in built.rows("gold.counties"))


def test_counts_of_the_other_maps(built: Built) -> None:
    sizes = {name: len(built.rows(f"silver.{name}")) for name in MAPS[2:-1]}

    assert sizes == {
        "maps.village_lists": 7_839 + 7_855, "maps.statistic_areas": 33_371, "maps.moi_population_quarter": 1_008,
        "maps.ris_age_structure": 25,
    }  # fmt: skip
    (north,) = built.rows("silver.maps.moi_population_quarter", year=2016, quarter=4, county_name="新北市")
    assert (north["population"], north["population_increase"]) == (3_979_208, 4_297)
    (all_of_it,) = built.rows("silver.maps.ris_age_structure", county_name="總計")
    assert (all_of_it["from_0_to_12"], all_of_it["from_65_women"]) == (2_660_616, 1_718_508)


def test_ages_of_every_village_are_rows(built: Built, spark: SparkSession) -> None:
    rows = spark.read.format("delta").load(str(built.lake.table("silver.maps.population_by_age")))
    told = rows.agg(
        F.count("*"), F.sum("population"), F.count_distinct("county_name", "town_name", "village_name"),
        F.count_distinct("age_years", "sex"),
    )  # fmt: skip

    assert told.collect()[0] == (1_585_902, 23_456_545, 7_851, 202)
