"""What the police tell of each party to a crash, since 2018: the same columns whatever the crash's severity."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.places.names import common_letters
from lakeward.pipelines.police.vocabulary import VOCABULARY
from lakeward.quality import expect

AGENCY = "內政部警政署 National Police Agency"
FORMAT = Csv(encoding="utf-8", footers=("^資料提供日期", "^事故類別："))
COUNTY = Cell(("發生地點",), pick=r"^(.{3})")
DEATHS = Cell(("死亡受傷人數",), pick=r"死亡\s*(\d+)", made=("死亡1;受傷0", "死亡1;受傷1", "死亡2;受傷0"))
INJURED = Cell(("死亡受傷人數",), pick=r"受傷\s*(\d+)")
ONE_COUNTY = r"^(.{3})(?!.* / (?!\1))"  # a crossing is written as two places; both begin with their county

CRASH = ("crashed_at", "police_unit", "place", "lon_deg", "lat_deg")
"""What tells crashes apart: parties that agree in all of these were in one crash."""
CRASHES_ARE_PUBLIC = "the police publish each fatal crash by itself, to the minute and the metre"

PARTY_COLUMNS = (
    Column("crashed_on", "date", "day of the crash", cell="發生日期", key=True),
    Column(
        "crashed_at", "timestamp", "moment of the crash, UTC", cell=("發生日期", "發生時間"), tidy=("clock",), key=True
    ),
    Column("police_unit", "string", "police department that handled it", cell="處理單位名稱警局層", key=True),
    Column("place", "string", "where it happened, as the police wrote it", cell="發生地點", key=True),
    Column("party_no", "int", "number of the party in its crash; 1 bears most blame", cell="當事者順位", key=True),
    Column("county_name", "string", "county of the place", cell=COUNTY, tidy=("squeeze", "tai")),
    Column("severity", "string", "A1: death within 24 hours; A2: injury, or death later", cell="事故類別名稱"),
    Column("deaths", "int", "deaths in the whole crash, within 24 hours", unit="people", cell=DEATHS),
    Column("injured", "int", "injured in the whole crash", unit="people", cell=INJURED),
    Column("lon_deg", "double", "longitude, WGS84", unit="degrees", cell="經度"),
    Column("lat_deg", "double", "latitude, WGS84", unit="degrees", cell="緯度"),
    Column("weather", "string", "weather as the police saw it", cell="天候名稱"),
    Column("light", "string", "light; the words changed in 2024", cell="光線名稱"),
    Column("road_class", "string", "class of the first party's road", cell="道路類別-第1當事者-名稱"),
    Column("speed_limit_kmh", "int", "limit for the first party", unit="km/h", cell="速限-第1當事者"),
    Column("road_form_group", "string", "form of the road, group", cell="道路型態大類別名稱"),
    Column("road_form", "string", "form of the road", cell="道路型態子類別名稱"),
    Column("position_group", "string", "position on the road, group", cell="事故位置大類別名稱"),
    Column("position", "string", "position on the road", cell="事故位置子類別名稱"),
    Column("pavement", "string", "pavement", cell="路面狀況-路面鋪裝名稱"),
    Column("surface", "string", "state of the surface (wet, dry)", cell="路面狀況-路面狀態名稱"),
    Column("surface_defect", "string", "defect of the surface", cell="路面狀況-路面缺陷名稱"),
    Column("obstacle", "string", "obstacle on the road", cell="道路障礙-障礙物名稱"),
    Column(
        "sight_quality",
        "string",
        "whether the sight was blocked; until 2023 how good it was",
        cell="道路障礙-視距品質名稱",
    ),
    Column("sight", "string", "how good the sight was; until 2023 what blocked it", cell="道路障礙-視距名稱"),
    Column("signal", "string", "kind of traffic signal", cell="號誌-號誌種類名稱"),
    Column("signal_state", "string", "whether the signal worked", cell="號誌-號誌動作名稱"),
    Column("divider_group", "string", "divider between directions, group", cell="車道劃分設施-分向設施大類別名稱"),
    Column("divider", "string", "divider between directions", cell="車道劃分設施-分向設施子類別名稱"),
    Column("fast_lanes", "string", "marks between fast lanes", cell="車道劃分設施-分道設施-快車道或一般車道間名稱"),
    Column("slow_lanes", "string", "marks beside slow lanes", cell="車道劃分設施-分道設施-快慢車道間名稱"),
    Column("edge_line", "string", "line at the road's edge", cell="車道劃分設施-分道設施-路面邊線名稱"),
    Column("crash_type_group", "string", "type of crash, group", cell="事故類型及型態大類別名稱"),
    Column("crash_type", "string", "type of crash", cell="事故類型及型態子類別名稱"),
    Column("main_cause_group", "string", "main cause, group", cell="肇因研判大類別名稱-主要"),
    Column("main_cause", "string", "main cause", cell="肇因研判子類別名稱-主要"),
    Column("vehicle_group", "string", "the party's vehicle, group", cell="當事者區分-類別-大類別名稱-車種"),
    Column("vehicle", "string", "the party's vehicle; none for things", cell="當事者區分-類別-子類別名稱-車種"),
    Column("sex", "string", "the party's sex, or that it is a thing", cell="當事者屬-性-別名稱"),
    Column("age_years", "int", "the party's age", unit="years", cell="當事者事故發生時年齡", nulls=("-1",)),
    Column("protection", "string", "helmet, belt", cell="保護裝備名稱"),
    Column("phone_use", "string", "use of a phone or the like", cell="行動電話或電腦或其他相類功能裝置名稱"),
    Column("movement_group", "string", "what the party was doing, group", cell="當事者行動狀態大類別名稱"),
    Column("movement", "string", "what the party was doing", cell="當事者行動狀態子類別名稱"),
    Column("first_impact_group", "string", "first impact, group", cell="車輛撞擊部位大類別名稱-最初"),
    Column("first_impact", "string", "part of the vehicle first hit", cell="車輛撞擊部位子類別名稱-最初"),
    Column("other_impact_group", "string", "other impact, group", cell="車輛撞擊部位大類別名稱-其他"),
    Column("other_impact", "string", "other part of the vehicle hit", cell="車輛撞擊部位子類別名稱-其他"),
    Column("own_cause_group", "string", "the party's own part in the cause, group", cell="肇因研判大類別名稱-個別"),
    Column("own_cause", "string", "the party's own part in the cause", cell="肇因研判子類別名稱-個別"),
    Column("is_hit_and_run", "boolean", "the party fled", cell="肇事逃逸類別名稱-是否肇逃"),
    Column("crash_year", "int", "year as delivered", cell="發生年度"),
    Column("crash_month", "int", "month as delivered", cell="發生月份"),
)

PARTY_RULES = (
    expect.column_values_to_not_be_null("crashed_on"),
    expect.column_values_to_not_be_null("place"),
    expect.column_values_to_not_be_null("deaths"),
    expect.column_values_to_not_be_null("injured"),
    expect.column_values_to_be_in_set("county_name", COUNTY_NAMES, severity="warning"),
    expect.column_values_to_match_regex("place", ONE_COUNTY, severity="warning"),
    *VOCABULARY,
    expect.column_values_to_be_between("age_years", 0, 120, severity="warning"),
    expect.column_values_to_be_between("lon_deg", 116, 123, severity="warning"),
    expect.column_values_to_be_between("lat_deg", 20, 27, severity="warning"),
    common_letters("place"),
    expect.table_row_count_to_be_between(min_value=1),
)
