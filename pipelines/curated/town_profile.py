"""What a town has: people, burglaries, cameras, clinics, temples, schools and reported floods, one row a town."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from lakeward.lake.origin import drawn_from
from lakeward.lake.table import Open
from lakeward.pipelines.culture.temples import TEMPLES
from lakeward.pipelines.dataset import Curated, Disclosure, Publication
from lakeward.pipelines.disaster.flood_points import FLOOD_POINTS
from lakeward.pipelines.education.junior_high_schools import JUNIOR_HIGH_SCHOOLS
from lakeward.pipelines.health.clinics import CLINICS
from lakeward.pipelines.maps.boundaries import BOUNDARIES
from lakeward.pipelines.maps.village_population import VILLAGE_POPULATION
from lakeward.pipelines.places.addresses import with_place
from lakeward.pipelines.places.coordinates import to_wgs84
from lakeward.pipelines.places.counties import COUNTY_NAMES, county_today
from lakeward.pipelines.places.polygons import with_area
from lakeward.pipelines.police.burglaries import BURGLARIES
from lakeward.pipelines.police.cameras import CAMERAS
from lakeward.quality import expect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TOWN = ("county_name", "town_name")
LISTS = ("burglaries", "cameras", "clinics", "temples", "junior_high_schools")


def town_profile(villages: DataFrame, boundaries: DataFrame, floods: DataFrame, *lists: DataFrame) -> DataFrame:
    """Count what lies in each town of the counties for which there is data.

    Towns and people are those of each county's count nearest to the last burglary on file, else of its newest. A listed
    place lies in the town that its address names, a flood in that whose polygon holds it. A list without a row of a
    county says nothing of it (NULL); one that has some says 0 of the towns it does not name. Floods are reported
    nationwide.

    Args:
        villages: people by village.
        boundaries: polygons, of which those of towns are used.
        floods: reported flood points.
        lists: burglaries, cameras, clinics, temples, junior high schools.
    """
    from pyspark.sql import functions as F

    burglaries, cameras, *others = lists
    counted = _towns(villages, burglaries)
    towns = drawn_from(counted.localCheckpoint(), counted)
    areas = boundaries.where("level = 'town' and geometry_wkt is not null")
    addressed = [with_place(rows.select("address"), F.col("address"), towns) for rows in (burglaries, *others)]
    placed = [addressed[0], _cameras(cameras, towns, areas), *addressed[1:]]
    told = reduce(lambda rows, each: _with_count(rows, *each), zip(LISTS, placed, strict=True), towns)
    told = _with_count(told, "flood_points", _flooded(floods, towns, areas), is_national=True)
    spans = burglaries.groupBy(county_today(F.col("county_name")).alias("county_name")).agg(
        F.min("occurred_on").alias("burglaries_from"), F.max("occurred_on").alias("burglaries_to")
    )
    years = floods.agg(F.min("year").alias("floods_from_year"), F.max("year").alias("floods_to_year"))
    rates = {f"{name}_per_10k": F.expr(f"1e4 * {name} / nullif(population, 0)") for name in (*LISTS, "flood_points")}
    return told.join(spans, "county_name", "left").crossJoin(years).withColumns(rates)


def _towns(villages: DataFrame, burglaries: DataFrame) -> DataFrame:
    """Give the towns and people of one count of each county: that nearest to the last burglary, else the newest."""
    from pyspark.sql import functions as F

    last = burglaries.agg(F.max("occurred_on").alias("last"))
    gap = F.coalesce(F.abs(F.datediff("counted_on", "last")), -F.unix_date("counted_on"))
    people = villages.withColumn("county_name", county_today(F.col("county_name")))
    days = people.select("county_name", "counted_on").distinct().crossJoin(last)
    nearest = days.groupBy("county_name").agg(F.min_by("counted_on", F.struct(gap, "counted_on")).alias("counted_on"))
    return (
        people.join(F.broadcast(nearest), ["county_name", "counted_on"])
        .groupBy("county_name", "town_name")
        .agg(F.sum("population").alias("population"), F.first("counted_on").alias("population_on"))
    )


def _cameras(cameras: DataFrame, towns: DataFrame, areas: DataFrame) -> DataFrame:
    """Place cameras, whose list names no county: one county's town tells it, else the polygon the camera stands in."""
    from pyspark.sql import functions as F

    of_one = towns.groupBy("town_name").agg(F.min("county_name").alias("county_name"), F.count("*").alias("counties"))
    known = F.broadcast(of_one.where("counties = 1").select(*TOWN))
    left = cameras.join(known, "town_name", "left_anti").select(
        F.col("town_name").alias("called"), "lon_deg", "lat_deg"
    )
    held = with_area(left, areas, F.col("lon_deg"), F.col("lat_deg"))
    placed = with_place(held, F.col("called"), towns, county=F.col("area.county_name"))
    return cameras.join(known, "town_name").select(*TOWN).unionByName(placed.select(*TOWN))


def _flooded(floods: DataFrame, towns: DataFrame, areas: DataFrame) -> DataFrame:
    """Place flood points by the polygons of towns, whose names may be those of before."""
    from pyspark.sql import functions as F

    degrees = floods.select(to_wgs84(F.col("x_twd97_m"), F.col("y_twd97_m")).alias("at"))
    held = with_area(degrees, areas, F.col("at.lon_deg"), F.col("at.lat_deg"))
    then = held.select(F.concat_ws("", "area.county_name", "area.town_name").alias("then"))
    return with_place(then, F.col("then"), towns)


def _with_count(rows: DataFrame, name: str, placed: DataFrame, *, is_national: bool = False) -> DataFrame:
    """Put beside each town how many places lie in it; NULL where the list has none of its county."""
    from pyspark.sql import functions as F

    counts = placed.where("town_name is not null").groupBy(*TOWN).agg(F.count("*").alias(name))
    covered = placed.select("county_name").distinct().withColumn("_is_covered", F.lit(True))
    told = rows.join(counts, list(TOWN), "left").join(covered, "county_name", "left")
    is_told = F.lit(True) if is_national else F.col("_is_covered")
    return told.withColumn(name, F.when(is_told, F.coalesce(name, F.lit(0)))).drop("_is_covered")


def _count(name: str, description: str, unit: str, title: str) -> tuple[Open, Open]:
    """Give the columns of a count and of its rate."""
    return (
        Open(name, "bigint", description, unit=unit, title=title),
        Open(f"{name}_per_10k", "double", f"{unit} per 10,000 residents", title=f"每萬人{title}"),
    )


TOWN_PROFILE = Curated(
    name="gold.town_profile",
    title="Towns: people, burglaries, cameras, clinics, temples, schools and floods",
    title_zh="鄉鎮市區概況：人口、竊盜、監視器、醫療、宗教、學校與淹水",
    inputs=(
        VILLAGE_POPULATION, BOUNDARIES, FLOOD_POINTS, BURGLARIES, CAMERAS, CLINICS, TEMPLES, JUNIOR_HIGH_SCHOOLS,
    ),
    grain="one row a town or district of today",
    build=town_profile,
    columns=(
        Open("county_name", "string", "county, by its name of today, written 臺", title="縣市", key=True),
        Open("town_name", "string", "town or district", title="鄉鎮市區", key=True),
        Open("population", "bigint", "registered residents", unit="people", title="人口數"),
        Open("population_on", "date", "day of that count, one for all towns of a county", title="人口統計日"),
        *_count("burglaries", "burglaries of homes on file", "cases", "住宅竊盜數"),
        Open("burglaries_from", "date", "the county's first burglary on file", title="竊盜資料起日"),
        Open("burglaries_to", "date", "the county's last burglary on file", title="竊盜資料迄日"),
        *_count("cameras", "street cameras of the police", "cameras", "監視器數"),
        *_count("clinics", "clinics and hospitals", "places", "醫療機構數"),
        *_count("temples", "registered places of worship", "places", "宗教場所數"),
        *_count("junior_high_schools", "junior high schools", "schools", "國中數"),
        *_count("flood_points", "reports of a flooded place, of all years on file", "reports", "淹水點數"),
        Open("floods_from_year", "int", "first year of floods on file", title="淹水資料起年"),
        Open("floods_to_year", "int", "last year of floods on file", title="淹水資料迄年"),
    ),
    suite=(
        expect.column_values_to_not_be_null("county_name"),
        expect.column_values_to_not_be_null("town_name"),
        expect.column_values_to_be_in_set("county_name", COUNTY_NAMES),
        expect.column_values_to_be_between("population", 1, 1_000_000, severity="warning"),
        *(expect.column_values_to_be_between(name, 0) for name in (*LISTS, "flood_points")),
        expect.compound_columns_to_be_unique(TOWN),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "No value means that no list of the county was delivered, not that there is nothing. Lists are of different "
        "years; burglaries and floods are added up over all days and years on file, so compare counties only over the "
        "same span. Burglaries and cameras say as much of who counts and who installs as of crime; more cameras beside "
        "more burglaries is no cause. Places whose address names no town, and floods off the simplified coast, are in "
        "no row. Rates of small towns jump with single cases."
    ),
    limits_zh=(
        "沒有值表示該縣市沒有交付名單，不表示沒有。各名單年份不同；竊盜與淹水是檔案中所有日期與年份的合計，"
        "只能在相同期間內比較。竊盜數與監視器數同時反映誰在統計、誰在裝設；監視器多的地方竊盜也多，"
        "不代表因果。地址沒有寫出鄉鎮的地點，以及落在簡化海岸線外的淹水點，不在任何一列。"
        "小鄉鎮的比率會因一件而大幅變動。"
    ),
    disclosure=Disclosure(
        counts=("burglaries", "population"), public="the police publish each burglary by itself, by day and street"
    ),
    publish=Publication(share="police"),
)  # fmt: skip
