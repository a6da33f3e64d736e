"""The seven data sets: which cells make which columns, and what speaks against a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from rows import Dataset, cell, outside, parsed, place, read, text, written, yes_or_no

NO_READING = ("X", "V", "/", "...", "…", "&", "-", "--")
PEOPLE = {
    "households": "戶數", "population": "人口", "men": "男性人口", "women": "女性人口", "under_15": "未滿15歲",
    "from_15_to_64": "15-64歲", "over_64": "超過64歲", "over_20": "超過20歲", "from_18_to_19": "18-19歲",
}  # fmt: skip
READINGS = {
    "pressure_hpa": "StnPres", "sea_pressure_hpa": "SeaPres", "temperature_c": "Temperature",
    "dew_point_c": "Td dew point", "humidity_pct": "RH", "wind_speed_ms": "WS", "wind_direction_deg": "WD",
    "gust_speed_ms": "WSGust", "gust_direction_deg": "WDGust", "rain_duration_h": "PrecpHour",
    "sunshine_h": "SunShine", "radiation_mj_m2": "GloblRad", "visibility_km": "Visb", "uv_index": "UVI",
    "cloud_tenths": "Cloud Amount",
}  # fmt: skip
PARTY = {
    "police_unit": "處理單位名稱警局層", "place": "發生地點", "severity": "事故類別名稱", "weather": "天候名稱",
    "light": "光線名稱", "road_class": "道路類別-第1當事者-名稱", "road_form_group": "道路型態大類別名稱",
    "road_form": "道路型態子類別名稱", "position_group": "事故位置大類別名稱", "position": "事故位置子類別名稱",
    "pavement": "路面狀況-路面鋪裝名稱", "surface": "路面狀況-路面狀態名稱",
    "surface_defect": "路面狀況-路面缺陷名稱", "obstacle": "道路障礙-障礙物名稱",
    "sight_quality": "道路障礙-視距品質名稱", "sight": "道路障礙-視距名稱", "signal": "號誌-號誌種類名稱",
    "signal_state": "號誌-號誌動作名稱", "divider_group": "車道劃分設施-分向設施大類別名稱",
    "divider": "車道劃分設施-分向設施子類別名稱", "fast_lanes": "車道劃分設施-分道設施-快車道或一般車道間名稱",
    "slow_lanes": "車道劃分設施-分道設施-快慢車道間名稱", "edge_line": "車道劃分設施-分道設施-路面邊線名稱",
    "crash_type_group": "事故類型及型態大類別名稱", "crash_type": "事故類型及型態子類別名稱",
    "main_cause_group": "肇因研判大類別名稱-主要", "main_cause": "肇因研判子類別名稱-主要",
    "vehicle_group": "當事者區分-類別-大類別名稱-車種", "vehicle": "當事者區分-類別-子類別名稱-車種",
    "sex": "當事者屬-性-別名稱", "protection": "保護裝備名稱",
    "phone_use": "行動電話或電腦或其他相類功能裝置名稱", "movement_group": "當事者行動狀態大類別名稱",
    "movement": "當事者行動狀態子類別名稱", "first_impact_group": "車輛撞擊部位大類別名稱-最初",
    "first_impact": "車輛撞擊部位子類別名稱-最初", "other_impact_group": "車輛撞擊部位大類別名稱-其他",
    "other_impact": "車輛撞擊部位子類別名稱-其他", "own_cause_group": "肇因研判大類別名稱-個別",
    "own_cause": "肇因研判子類別名稱-個別", "vehicles": "車種",
}  # fmt: skip
PARTY_NUMBERS = {
    "party_no": "當事者順位", "speed_limit_kmh": "速限-第1當事者", "crash_year": "發生年度", "crash_month": "發生月份",
}  # fmt: skip


def bike_availability(spark: SparkSession, landing: Path) -> Dataset:
    """Read bikes and docks by station and moment."""
    at = cell("infoTime").try_cast("timestamp")
    day = F.regexp_extract("file", r"^(\d{4}-\d{2}-\d{2})", 1)
    counts = {"docks": "total", "bikes": "available_rent_bikes", "free_docks": "available_return_bikes"}
    fields = {
        "station_id": text("sno"),
        "observed_at": (cell("infoTime"), at),
        "observed_on": (cell("infoTime"), at.cast("date")),
        **{name: parsed("int", cell) for name, cell in counts.items()},
    }
    rules = {"observed_on: outside the day of the file": F.col("observed_on").cast("string") != day}
    for name in counts:
        rules |= outside(name, 0, 500)
    rows = read(spark, sorted(landing.glob("traffic/youbike_slots/*.csv*")))
    needed = ("station_id", "observed_at", "observed_on", "bikes", "free_docks")
    return Dataset(rows, fields, ("station_id", "observed_at"), needed, rules)


def bike_stations(spark: SparkSession, landing: Path) -> Dataset:
    """Read every list of stations."""
    fields = {
        "station_id": text("sno"),
        "station_name": text("sna"),
        "district_name": place("sarea"),
        "district_name_en": text("sareaen"),
        "lon_deg": parsed("double", "longitude"),
        "lat_deg": parsed("double", "latitude"),
        "address": text("ar"),
        "address_en": text("aren"),
        "is_active": yes_or_no("act"),
    }
    rows = read(spark, sorted(landing.glob("traffic/youbike_sites/*.csv")))
    return Dataset(rows, fields, ("station_id",), ("station_id", "district_name"))


def weather_stations(spark: SparkSession, landing: Path) -> Dataset:
    """Read the bureau's list of stations."""
    fields = {
        "station_id": text("StationID"),
        "station_name": text("StationName"),
        "altitude_m": parsed("double", "Altitude"),
        "county_name": place("City"),
        "lon_deg": parsed("double", "Lon"),
        "lat_deg": parsed("double", "Lat"),
        "address": text("Address"),
        "opened_on": parsed("date", "StartDate"),
    }
    rows = read(spark, sorted(landing.glob("environment/cwb_stations/*.csv")))
    return Dataset(rows, fields, ("station_id",), ("station_id", "county_name"))


def hourly_weather(spark: SparkSession, landing: Path) -> Dataset:
    """Read the hours of the staffed stations; an hour 24 ends on the next day."""
    rain = F.when(cell("Precp") == "T", "0").when(~cell("Precp").isin(*NO_READING), cell("Precp"))
    day, hour = parsed("date", "Date"), parsed("int", "ObsTime")
    fields = {
        "station_id": text("Station"),
        "observed_on": day,
        "hour_ending": hour,
        "observed_at": (cell("ObsTime"), F.timestamp_add("HOUR", hour[1], day[1].cast("timestamp"))),
        "county_name": place("City"),
        "lon_deg": parsed("double", "Lon"),
        "lat_deg": parsed("double", "Lat"),
        **{name: parsed("double", cell, *NO_READING) for name, cell in READINGS.items()},
        "rain_mm": (rain, rain.try_cast("decimal(6,2)")),
    }
    rules = outside("hour_ending", 1, 24) | outside("rain_mm", 0, 300)
    key = ("station_id", "observed_on", "hour_ending")
    return Dataset(read(spark, sorted(landing.glob("environment/cwb_hourly/*.csv*"))), fields, key, key, rules)


def village_population(spark: SparkSession, landing: Path) -> Dataset:
    """Read the people of every village at the end of a month."""
    month = F.last_day(F.try_to_date(cell("年月"), "yyyy-MM"))
    county, code = F.substring(written(cell("區域")), 1, 3), F.translate(cell("村里代碼"), "-", "")
    town = F.substring(cell("區域"), 4, 100)
    fields = {
        "counted_on": (cell("年月"), month),
        "village_code": (code, code),
        "county_name": (county, county),
        "town_name": (town, town),
        "village_name": text("村里"),
        **{name: parsed("int", cell) for name, cell in PEOPLE.items()},
    }
    of_file = F.substring("file", 1, 7)
    rules = {
        "village_code: not eleven digits": ~F.col("village_code").rlike(r"^\d{11}$"),
        "counted_on: outside the month of the file": F.date_format("counted_on", "yyyy-MM") != of_file,
        **outside("population", 0, 200_000),
    }
    rows = read(spark, sorted(landing.glob("maps/ris_village_population/*.csv")))
    key = ("counted_on", "village_code")
    return Dataset(rows, fields, key, (*key, "population"), rules)


def village_codes(spark: SparkSession, landing: Path) -> Dataset:
    """Read both lists of codes, old ones and new ones."""
    new = read(spark, [landing / "maps/village_codes/villages_moi.csv"])
    old = read(spark, [landing / "maps/village_codes/cunli_code_old.csv"])
    both = {
        "code": F.coalesce(cell("id"), cell("村里代碼")),
        "county_name": written(F.coalesce(cell("county"), cell("縣市名稱"))),
        "town_name": written(F.coalesce(cell("town"), cell("區鄉鎮名稱"))),
        "village_name": F.coalesce(cell("name"), cell("村里名稱")),
        "town_code": cell("區里代碼"),
        "place_code": cell("ivid"),
    }
    rules = {"code: neither old nor new": ~F.col("code").rlike(r"^(\d{8}|\d{7})-\d{3}$")}
    rows = new.unionByName(old, allowMissingColumns=True)
    return Dataset(
        rows, {name: (text, text) for name, text in both.items()}, ("code",), ("code", "village_name"), rules
    )


def fatal_crashes(spark: SparkSession, landing: Path) -> Dataset:
    """Read the parties to fatal crashes; until 2017 a file has four columns and a crash one row."""
    files = sorted(landing.glob("police/npa_a1_annual/*.csv"))
    old, new = ([path for path in files if (path.name < "2018") == is_old] for is_old in (True, False))
    rows = read(spark, new).unionByName(read(spark, old), allowMissingColumns=True)
    is_new = cell("發生日期").isNotNull()
    clock = F.lpad(cell("發生時間"), 6, "0")
    roc = F.concat(
        (F.substring(cell("發生時間"), 1, 3).try_cast("int") + 1911).cast("string"),
        F.substring(cell("發生時間"), 4, 100),
    )
    at = F.when(is_new, F.try_to_timestamp(F.concat(cell("發生日期"), clock), F.lit("yyyyMMddHHmmss"))).otherwise(
        F.try_to_timestamp(roc, F.lit("yyyy年MM月dd日 HH時mm分ss秒"))
    )
    county = F.substring(written(cell("發生地點")), 1, 3)
    deaths, injured = (F.regexp_extract(cell("死亡受傷人數"), rf"{what}\s*(\d+)", 1) for what in ("死亡", "受傷"))
    fields = {
        "crashed_on": (cell("發生時間"), at.cast("date")),
        "crashed_at": (cell("發生時間"), at),
        **{name: text(cell) for name, cell in PARTY.items()},
        **{name: parsed("int", cell) for name, cell in PARTY_NUMBERS.items()},
        "county_name": (county, county),
        "deaths": (cell("死亡受傷人數"), deaths.try_cast("int")),
        "injured": (cell("死亡受傷人數"), injured.try_cast("int")),
        "lon_deg": parsed("double", "經度"),
        "lat_deg": parsed("double", "緯度"),
        "age_years": parsed("int", "當事者事故發生時年齡", "-1"),
        "is_hit_and_run": yes_or_no("肇事逃逸類別名稱-是否肇逃"),
    }
    rules = {
        "crashed_on: outside the year of the file": F.year("crashed_on").cast("string") != F.substring("file", 1, 4),
        "police_unit: no value": is_new & F.col("police_unit").isNull(),
        "party_no: no value": is_new & F.col("party_no").isNull(),
    }
    first = F.coalesce(cell("發生年度"), cell("發生時間"), F.lit(""))
    rows = rows.where(~first.rlike("^(資料提供日期|事故類別：)"))
    key = ("crashed_on", "crashed_at", "police_unit", "place", "party_no")
    return Dataset(rows, fields, key, ("crashed_on", "crashed_at", "place", "deaths", "injured"), rules)


DATASETS: Mapping[str, Callable[[SparkSession, Path], Dataset]] = {
    "environment.weather_stations": weather_stations,
    "environment.hourly_weather": hourly_weather,
    "maps.village_population": village_population,
    "maps.village_codes": village_codes,
    "police.fatal_crashes": fatal_crashes,
    "traffic.bike_stations": bike_stations,
    "traffic.bike_availability": bike_availability,
}
