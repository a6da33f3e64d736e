"""Dengue by village: whose people cases are divided by."""

from __future__ import annotations

from pyspark.sql import SparkSession

from lakeward.pipelines.curated.dengue_village import dengue_village


def test_a_count_of_one_county_does_not_take_the_people_of_another(spark: SparkSession) -> None:
    cases = spark.sql(
        "select date'2031-05-01' as onset_on, '64000010001' as village_code, cast(null as string) as village_code_old, "
        "false as is_imported, '高雄市' as county_name, '虛構區' as town_name, '一里' as village_name"
    )
    villages = spark.sql(
        "select * from values ('64000010001', date'2031-12-31', '高雄市', 500), ('63000010001', date'2031-01-31', '臺北市', "
        "900) as t(village_code, counted_on, county_name, population)"
    ).selectExpr("*", "'虛構區' as town_name", "'一里' as village_name")

    (row,) = dengue_village(cases, villages).collect()

    assert (row["population"], str(row["population_on"]), row["cases_per_1000"]) == (500, "2031-12-31", 2.0)
