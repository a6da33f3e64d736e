"""Lists of counties and re-issued files, made here in the agencies' shapes: what is caught, what takes whose place."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from lakeward.jobs.run import Report, run
from lakeward.lake import delta
from lakeward.lake.storage import Lake

MOSQUITOES = "Date,County,Town,Village,VillageID,VillageLon,VillageLat,BI,BILv,HI,HILv,CI,CILv,LI,LILv,AI,Con100HH"
CASES = "發病日,個案研判日,通報日,性別,年齡層,居住縣市,居住鄉鎮,居住村里,感染縣市,感染鄉鎮,感染村里,是否境外移入,感染國家,確定病例數"
NOBODY = ",,男,5-9"
SELECTED = (
    "police.burglaries", "police.cameras", "police.injury_crashes", "health.clinics", "culture.temples",
    "education.junior_high_schools", "disaster.flood_points", "traffic.bike_availability", "traffic.bike_stations",
    "health.mosquito_index", "agriculture.crop_prices", "health.tainan_dengue_points", "health.tainan_dengue_bulletins",
    "health.tainan_spraying", "health.dengue_cases",
)  # fmt: skip


def _crash(minute: str, position: str, party: int, *, deaths: int = 0) -> str:
    cells = {
        "發生年度": "2031", "發生月份": "1", "發生日期": "20310101", "發生時間": minute, "事故類別名稱": "A2",
        "處理單位名稱警局層": "虛構警察局", "發生地點": "臺中市虛構路", "光線名稱": "無照明", "當事者順位": str(party),
        "死亡受傷人數": f"死亡{deaths};受傷1", "當事者事故發生時年齡": "-1", "經度": position, "緯度": "24.1",
    }  # fmt: skip
    return ",".join(cells.get(header, "") for header in _headers())


def _headers() -> list[str]:
    from lakeward.lake.table import as_cell
    from lakeward.pipelines.police.crash_parties import PARTY_COLUMNS

    return list(dict.fromkeys(header for column in PARTY_COLUMNS for header in as_cell(column.cell).headers))


def _bulletin() -> bytes:
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["120年虛構病例數"])
        sheet.write_row(1, 0, ["區別", "120年 全年個案數", "120年 入夏個案數", "里別", "里別 個案數", "1/5 新增個案數"])
        sheet.write_row(2, 0, ["虛構區", 3, 2, "一里", 3, 1])
        sheet.write_row(3, 0, ["總計", 3, 2, "", 3, 1])
    return made.getvalue()


def _files() -> dict[str, bytes]:
    cameras = "id,area,Address,lat,lng\n1,台東市,台東市一路,,\n2,台東市,台東市一路,22.7,121.1\n"
    crashes = [
        ",".join(_headers()), _crash("000100", "120.6", 1), _crash("000100", "120.6", 2),
        _crash("000100", "120.6", 1), _crash("000100", "120.7", 1), _crash("000200", "120.7", 1, deaths=1),
        *(_crash(f"00{minute}00", "120.8", 1) for minute in range(10, 40)),
        _crash("130", "120.9", 1), "資料提供日期：120年01月09日", "事故類別：A2類",
    ]  # fmt: skip
    readings = [
        "sno,total,available_rent_bikes,available_return_bikes,infoTime",
        "1,10,4,6,2031-01-01 00:00:05", "1,10,4,5,2031-01-01 00:10:05", "1,10,4,6,2031-01-01 00:00:05",
        "1,9,9,0,2031-01-02 00:00:00", *(f"2,10,0,10,2031-01-01 01:{minute}:00" for minute in range(10, 60)),
    ]  # fmt: skip
    return {
        "police/county_burglary/甲.csv": "address,lat,lng,date\n嘉義市東區虛構路,0,0,99/12/31 23:50\n"
        "嘉義市東區虛構路,23.4,120.4,100/01/01 00:10\n".encode("utf-8-sig"),
        "police/county_burglary/乙.csv": "address,lat,long,date\n桃園市虛構區一路,24.9,121.3,100/05/05 01:00\n".encode(),
        "police/county_cctv/all.csv": cameras.encode("cp950"),
        "police/county_cctv/some.csv": "Address,lat,lng\n台東市一路,22.7,121.1\n綠島鄉二路,22.6,121.5\n".encode("utf-8-sig"),
        "police/npa_a2_2days/2031-01-09_2031_NPA_TMA2_1.csv": "\n".join(crashes).encode("utf-8-sig"),
        "health/moh_clinics/x.csv": "name,address\n?診所,台南市東區虛構路１２號\n".encode(),
        "culture/moi_temples/x.csv": "TempleName,LordGod,Area,Address,lat,lng\n"
        "一宮,,桃園縣,桃園縣虛構鄉一路甲村1號,25,121\n二宮,神,桃園縣,桃園縣虛構鄉二路,25,121\n二宮,神,桃園縣,桃園縣虛構鄉二路,25,121\n".encode(),
        "education/moe_schools_cy_yl/x.csv": "name,address,lat,lng,city,state\n"
        "私立一國中,臺北市虛構路,25,121,台北市,公立\n縣立二國中,嘉義縣虛構路,23,120,嘉義縣,公立\n".encode(),
        "disaster/wra_flood_points/x.csv": "FID,年份,X_97,Y_97,資料來源\n0,2031,250000,2700000,虛構\n1,2031,250000,2700000,虛構\n"
        "2,2031,121.5,25.0,虛構\n3,2032,250001,2700000,虛構\n".encode(),
        **{
            f"health/cdc_mosquito_index/{county}_20310105.csv": f"{MOSQUITOES}\n2031/01/01,{county},虛構區,一里,6400100-001,"
            "120.3,22.6,1,1,1,1,1,1,1,1,0,1\n".encode()
            for county in ("高雄市", "臺南市")
        },
        "health/tainan_dengue_points/x.csv": "編號,發病日,區別,里別,道路名稱,Latitude(緯度),Longitude(經度)\n"
        "1,120/01/05,北　區,一里,虛構路,23.0,120.2\n,,,,,,\n,,,,,,\n2,1200105,北區,一里,虛構路,23.0,120.2\n"
        "3,20310105,北區,一里,虛構路,23.0,120.2\n4,民國１２０年1月5日,北區,一里,虛構路,23.0,120.2\n".encode(),
        "health/tainan_dengue_bulletin/20310105_120年台南市1200105.XLSX": _bulletin(),
        "health/tainan_spraying/203101 更正.csv": "序號,孳清/噴藥,區域,里別,日期,星期,集合時間,集合地點,緯度,經度,鎖匠,"
        '"警員\n(安全維護)",刑警(V8),噴工數,支援人力,可支援人力\n1,噴藥,虛構區,一里,01月13日,一,08:20,虛構路,23.1,120.2,1,0,1,3,0,\n'.encode(),
        "health/cdc_dengue_by_county/2031/甲.csv": f"{CASES}\n120/01/05,{NOBODY},臺南市,虛構區,一里,,,,否,,1\n"
        f"1200106,{NOBODY},臺南市,虛構區,一里,,,,否,,1\n".encode("cp950"),
        "health/cdc_dengue_by_county/2031/甲 更正.csv": f"{CASES}\n2031/01/07,{NOBODY},台 南市,虛構區,一里,,,,否,,1\n"
        f"2032-01-07,{NOBODY},高雄市,虛構區,一里,,,,否,,1\n".encode(),
        "agriculture/afa_amis_prices/x.csv": "日期,市場,產品,上價,中價,下價,平均價(元/公斤),交易量(公斤)\n"
        "120/01/01,400 甲市,ZZ1　虛構菜　青梗,3,2,1,2,10\n".encode(),
        "traffic/youbike_slots/2031-01-01.csv": "\n".join(readings).encode(),
        "traffic/youbike_sites/2031-01-01.csv": "sno,sna,sarea,latitude,longitude,ar,sareaen,aren,act\n"
        "500000001,一,臺大公館校區,25.01,121.5,一路,NTU Dist,1st Rd.,1\n500000002,二,大安區,25.02,121.5,二路,Daan Dist.,2nd Rd.,0\n".encode(),
    }  # fmt: skip


class Made:
    """A lake built from made files, and what the run told."""

    def __init__(self, root: Path) -> None:
        self.lake = Lake.at(str(root / "lake"))
        for name, content in _files().items():
            path = root / "landing" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.report: Report = run(str(self.lake.root), str(root / "landing"), SELECTED)

    def rows(self, table: str) -> list[dict[str, Any]]:
        opened = delta.opened(self.lake.table(f"silver.{table}"))
        assert opened
        rows: list[dict[str, Any]] = opened.to_pyarrow_table().to_pylist()
        return rows

    def told(self, table: str) -> str:
        step = next(step for step in self.report.steps if step.table_name == f"silver.{table}")
        return "\n".join((step.error, *step.warnings))

    def aside(self, table: str) -> Counter[str]:
        opened = delta.opened(self.lake.table(f"quarantine.{table}"))
        rows = opened.to_pyarrow_table().to_pylist() if opened else []
        return Counter(reason for row in rows for reason in row["reasons"])


@pytest.fixture(scope="module")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("lists"))


def test_burglaries_of_two_counties_and_years_lie_side_by_side(made: Made) -> None:
    rows = made.rows("police.burglaries")

    assert {(r["county_name"], str(r["occurred_on"]), r["lon_deg"]) for r in rows} == {
        ("嘉義市", "2010-12-31", None), ("嘉義市", "2011-01-01", 120.4), ("桃園市", "2011-05-05", 121.3),
    }  # fmt: skip


def test_the_whole_list_of_cameras_counts_and_the_geocoded_part_only_where_it_is_alone(made: Made) -> None:
    rows = made.rows("police.cameras")

    assert sorted((r["town_name"], r["camera_no"] or 0) for r in rows) == [("綠島鄉", 0), ("臺東市", 1), ("臺東市", 2)]


def test_rows_of_a_list_that_another_one_holds_whole_are_told(made: Made) -> None:
    assert (
        "police/county_cctv/some.csv: 1 good rows of 臺東市 gave way to police/county_cctv/all.csv, as each delivery is "
        "taken for all of its part"
    ) in made.told("police.cameras")


def test_surveys_of_two_counties_on_one_day_lie_side_by_side(made: Made) -> None:
    assert {r["county_name"] for r in made.rows("health.mosquito_index")} == {"高雄市", "臺南市"}


def test_cases_of_a_year_however_it_is_written_and_rows_of_nothing_but_commas(made: Made) -> None:
    cases = made.rows("health.tainan_dengue_points")

    assert [(r["case_year"], str(r["onset_on"])) for r in cases] == [(2031, "2031-01-05")] * 4
    assert made.aside("health.tainan_dengue_points") == {}


def test_a_county_and_year_of_cases_is_the_same_however_their_days_are_written(made: Made) -> None:
    cases = {(r["county_name"], str(r["onset_on"])) for r in made.rows("health.dengue_cases")}

    assert cases == {("臺南市", "2031-01-07"), ("高雄市", "2032-01-07")}
    assert made.aside("health.dengue_cases") == {}
    assert "甲.csv: 2 good rows of 臺南市 2031 gave way to" in made.told("health.dengue_cases")


def test_names_of_files_tell_their_day_whatever_their_case_and_blanks(made: Made) -> None:
    (village,) = made.rows("health.tainan_dengue_bulletins")
    (plan,) = made.rows("health.tainan_spraying")

    assert str(village["counted_on"]) == "2031-01-05"
    assert str(plan["sprayed_on"]) == "2031-01-13"


def test_a_full_width_blank_parts_the_code_of_a_crop_from_its_name(made: Made) -> None:
    (price,) = made.rows("agriculture.crop_prices")

    assert (price["crop_code"], price["crop_name"], price["market_code"]) == ("ZZ1", "虛構菜　青梗", "400")


def test_a_crash_told_twice_is_refused_and_another_at_the_same_address_is_not(made: Made) -> None:
    rows = made.rows("police.injury_crashes")

    assert sorted((r["lon_deg"], r["party_no"]) for r in rows if r["lon_deg"] < 120.8) == [
        (120.6, 1),
        (120.6, 2),
        (120.7, 1),
        (120.7, 1),
    ]
    assert {r["age_years"] for r in rows} == {None}
    assert made.aside("police.injury_crashes") == {"repeats the key of an earlier row": 1}
    assert "deaths: not between 0 and 0 (1 rows kept)" in made.told("police.injury_crashes")


def test_a_minute_after_midnight_whose_zeros_a_spreadsheet_took_is_no_hour(made: Made) -> None:
    (crash,) = [r for r in made.rows("police.injury_crashes") if r["lon_deg"] == 120.9]

    assert crash["crashed_at"] == dt.datetime(2030, 12, 31, 16, 1, 30, tzinfo=dt.UTC)


def test_names_with_lost_letters_are_told_and_digits_are_half_width(made: Made) -> None:
    (clinic,) = made.rows("health.clinics")

    assert (clinic["county_name"], clinic["address"]) == ("臺南市", "台南市東區虛構路12號")
    assert "clinic_name: matches" in made.told("health.clinics")


def test_a_temple_listed_twice_stays_and_is_told(made: Made) -> None:
    assert sorted(r["temple_name"] for r in made.rows("culture.temples")) == ["一宮", "二宮", "二宮"]
    assert {r["lon_deg"] for r in made.rows("culture.temples")} == {121.0}
    assert "deity: no value (1 rows kept)" in made.told("culture.temples")
    assert "temple_name, deity, address: expect_compound_columns_to_be_unique (2 rows)" in made.told("culture.temples")


def test_private_schools_called_public_are_told(made: Made) -> None:
    assert {r["county_name"] for r in made.rows("education.junior_high_schools")} == {"臺北市", "嘉義縣"}
    assert "ownership: a value that may not be (1 rows kept)" in made.told("education.junior_high_schools")


def test_degrees_in_place_of_metres_are_refused_and_repeated_points_are_told(made: Made) -> None:
    assert "year, x_twd97_m, y_twd97_m: expect" in made.told("disaster.flood_points")
    assert made.aside("disaster.flood_points")["y_twd97_m: not between 2300000 and 2950000"] == 1


def test_docks_out_of_order_are_told_and_readings_of_another_day_refused(made: Made) -> None:
    assert len(made.rows("traffic.bike_availability")) == 52
    assert made.aside("traffic.bike_availability") == {
        "repeats the key of an earlier row": 1,
        "observed_on: outside 2031-01-01, the period in the file's name": 1,
    }
    assert "docks: has a value (1 rows kept)" in made.told("traffic.bike_availability")


def test_the_campus_stands_among_the_districts_and_is_told(made: Made) -> None:
    rows = {r["district_name"]: r["is_active"] for r in made.rows("traffic.bike_stations")}

    assert rows == {"臺大公館校區": True, "大安區": False}
    assert "district_name" in made.told("traffic.bike_stations")
