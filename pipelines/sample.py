"""Makes files of rows that never happened, in the agencies' formats, for the demo, tests and load runs.

Only headers and code-list words are the agencies' own. Towns, roads, stations and villages do not exist; the counties
do, with sizes and positions of our own rough guess. Words stay ready cells: none holds a quote, commas part columns.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple

from lakeward.lake.errors import UsageError

FEWEST_ROWS = 100
SHARES = {2015: 0.12, 2020: 0.3, 2021: 0.4, 2022: 0.3}  # of `rows`; 2015 comes on top, a row is a whole crash there
FIRST_DAY, FIRST_HOURS, LAST_DAY = date(2015, 1, 1), date(2020, 7, 1), date(2022, 12, 31)
HOUR_DAYS = 549  # to the end of 2021: the crashes of 2022 meet no weather
SNAPSHOTS = ("2015-12", "2020-12")
NOTE = "MADE.md"
OURS = (  # every name a sample may write
    NOTE,
    "police/npa_a1_annual/[0-9][0-9][0-9][0-9]_made_a1.csv",
    "environment/cwb_hourly/made_[0-9]*.csv.gz",
    "environment/cwb_stations/made_stations.csv",
    "maps/ris_village_population/[0-9][0-9][0-9][0-9]-[0-9][0-9]_made.csv",
)

OLD_CRASHES = "發生時間,發生地點,死亡受傷人數,車種"
CRASHES = (
    "發生年度,發生月份,發生日期,發生時間,事故類別名稱,處理單位名稱警局層,發生地點,天候名稱,光線名稱,"
    "道路類別-第1當事者-名稱,速限-第1當事者,道路型態大類別名稱,道路型態子類別名稱,事故位置大類別名稱,事故位置子類別名稱,"
    "路面狀況-路面鋪裝名稱,路面狀況-路面狀態名稱,路面狀況-路面缺陷名稱,道路障礙-障礙物名稱,道路障礙-視距品質名稱,"
    "道路障礙-視距名稱,號誌-號誌種類名稱,號誌-號誌動作名稱,車道劃分設施-分向設施大類別名稱,車道劃分設施-分向設施子類別名稱,"
    "車道劃分設施-分道設施-快車道或一般車道間名稱,車道劃分設施-分道設施-快慢車道間名稱,車道劃分設施-分道設施-路面邊線名稱,"
    "事故類型及型態大類別名稱,事故類型及型態子類別名稱,肇因研判大類別名稱-主要,肇因研判子類別名稱-主要,死亡受傷人數,"
    "當事者順位,當事者區分-類別-大類別名稱-車種,當事者區分-類別-子類別名稱-車種,當事者屬-性-別名稱,當事者事故發生時年齡,"
    "保護裝備名稱,行動電話或電腦或其他相類功能裝置名稱,當事者行動狀態大類別名稱,當事者行動狀態子類別名稱,"
    "車輛撞擊部位大類別名稱-最初,車輛撞擊部位子類別名稱-最初,車輛撞擊部位大類別名稱-其他,車輛撞擊部位子類別名稱-其他,"
    "肇因研判大類別名稱-個別,肇因研判子類別名稱-個別,肇事逃逸類別名稱-是否肇逃,經度,緯度"
)
HOURS = (
    "Date,City,Lon,Lat,Station,ObsTime,StnPres,SeaPres,Temperature,Td dew point,RH,WS,WD,WSGust,WDGust,"
    "Precp,PrecpHour,SunShine,GloblRad,Visb,UVI,Cloud Amount"
)
STATIONS = "StationID,StationName,Altitude,City,Lon,Lat,Address,StartDate"
VILLAGES = "年月,村里代碼,區域,村里,戶數,人口,男性人口,女性人口,未滿15歲,15-64歲,超過64歲,超過20歲,18-19歲"

BAD = {  # what quarantine must catch: one cell of an otherwise good row, each in a crash of its own
    2015: (("發生時間", "104年02月30日 08時00分00秒"),),
    2020: (("死亡受傷人數", "死亡不明;受傷?"),),
    2021: (("發生日期", "20210230"), ("當事者順位", "")),
}
MADE_BAD_ROWS = {year: len(BAD.get(year, ())) for year in SHARES}
MADE_REPEATED_ROWS = {year: int(year == 2022) for year in SHARES}
MADE_FOOTER_ROWS = 2

ROADS = (  # kind, limit, form, place on the road
    *("市區道路,50,單路部分,直路,路段,一般車道(未劃分快慢車道)",) * 5,
    *("市區道路,50,交岔路,四岔路,交叉路口,交叉路口內",) * 5,
    "村里道路,40,交岔路,三岔路,交叉路口,交叉口附近",
    "省道,60,單路部分,彎曲路及附近,路段,路肩、路緣",
    "國道,110,單路部分,直路,路段,快車道",
)
MARKINGS = (
    "雙向禁止超車線,無標記,未繪設車道線,未繪設快慢車道分隔線,有",
    "中央分向島,寛式(50公分以上),車道線(無標記),快慢車道分隔線,有",
    "無,無分向設施,未繪設車道線,未繪設快慢車道分隔線,無",
)
CAUSES = ("駕駛人,未注意車前狀態", "駕駛人,未依規定讓車", "駕駛人,酒醉(後)駕駛失控", "其他,不明原因肇事")
MEETINGS = {"driver": "車與車,側撞", "walker": "人與汽(機)車,穿越道路中", "thing": "汽(機)車本身,撞路樹、電桿"}
SKIES = {False: (*("晴",) * 40, *("陰",) * 8, "霧或煙", "雨"), True: (*("雨",) * 18, "陰", "陰")}
VEHICLES = (*("機車,普通重型",) * 4, "小客車,自用", "小客車,自用", "小客車,計程車", "大貨車,營業用")
HELMETS = (*("戴安全帽或繫安全帶(使用幼童安全椅)",) * 6, "不明", "未戴案全帽或未繫安全帶(未使用幼童安全椅)")
SECONDS = (",", ",", "汽車,後車尾", "機車,左側車身")
AGES = {"driver": (-1, *range(18, 88)), "walker": (*range(3, 95),), "passenger": (0, 0, 0, *range(80))}
BLAMELESS = "無(非車輛駕駛人因素),尚未發現肇事因素"
PARTIES = {  # 當事者 cells after the order: what a thing was doing is blank, most second impacts are
    "driver": "{sex},{age},{helmet},未使用,車的狀態,向前直行中,{body},前車頭,{second},{cause},{away}",
    "passenger": f"{{sex}},{{age}},{{helmet}},非駕駛人,人的狀態,其他,其他,非汽(機)車,,,{BLAMELESS},否",
    "walker": f"{{sex}},{{age}},其他(無需使用保護裝備之人),非駕駛人,人的狀態,步行,其他,非汽(機)車,,,{BLAMELESS},否",
    "thing": f"無或物(動物、堆置物),-1,,,,,,,,,{BLAMELESS},否",
}
ON_FOOT = {"walker": "人,行人", "passenger": "人,乘客", "thing": ","}
SHORT_UNITS = ("嘉義縣", "基隆市", "彰化縣", "新竹市", "臺東縣", "花蓮縣", "苗栗縣", "金門縣", "雲林縣", "連江縣")


class County(NamedTuple):
    """A county: its official code, two rough weights and a rough position (degrees)."""

    name: str
    code: str
    people: int
    crashes: int
    lon: float
    lat: float

    def town(self, number: int) -> str:
        """Name one of three towns that do not exist."""
        return f"{self.name}{('示範', '樣本', '假設')[number]}{'區' if self.name.endswith('市') else '鄉'}"


COUNTIES = (
    County("新北市", "65000", 40, 20, 121.5, 25.0), County("臺中市", "66000", 28, 24, 120.7, 24.2),
    County("高雄市", "64000", 27, 24, 120.4, 22.7), County("臺南市", "67000", 18, 20, 120.3, 23.1),
    County("屏東縣", "10013", 8, 16, 120.6, 22.6), County("宜蘭縣", "10002", 5, 8, 121.7, 24.7),
    County("花蓮縣", "10015", 3, 6, 121.5, 23.8), County("臺北市", "63000", 25, 10, 121.5, 25.1),
    County("桃園市", "68000", 22, 20, 121.2, 24.9), County("新竹縣", "10004", 6, 8, 121.1, 24.7),
    County("彰化縣", "10007", 12, 16, 120.5, 24.0), County("南投縣", "10008", 5, 8, 120.8, 23.9),
    County("臺東縣", "10014", 2, 6, 121.1, 22.8), County("澎湖縣", "10016", 1, 1, 119.6, 23.6),
    County("基隆市", "10017", 4, 2, 121.7, 25.1), County("新竹市", "10018", 4, 4, 121.0, 24.8),
    County("嘉義市", "10020", 3, 3, 120.5, 23.5), County("金門縣", "09020", 1, 1, 118.3, 24.4),
    County("連江縣", "09007", 1, 1, 119.9, 26.2), County("苗栗縣", "10005", 5, 10, 120.8, 24.5),
    County("雲林縣", "10009", 7, 14, 120.4, 23.7), County("嘉義縣", "10010", 5, 10, 120.4, 23.4),
)  # fmt: skip
CRASH_WEIGHTS = tuple(accumulate(county.crashes for county in COUNTIES))
STATION_COUNTIES = (*COUNTIES[:7], COUNTIES[0], *COUNTIES[7:19])  # two stand in the first, none in the last three


def write(folder: Path, *, rows: int = 2_000, seed: int = 2026) -> list[Path]:
    """Write a made landing folder: fatal crashes, hourly weather, its stations and village population.

    Args:
        folder: a new or empty folder, or one that holds nothing but an earlier sample, which is replaced.
        rows: party rows of fatal crashes in all; stations and villages grow with it, up to 200 and about 7,800.
        seed: the same seed and rows give the same bytes.

    Returns:
        The files, the note `MADE.md` first.

    Raises:
        UsageError: too few rows, or the folder holds files that no sample wrote.
    """
    if rows < FEWEST_ROWS:
        raise UsageError(f"{rows} rows are too few for a sample", remedy=f"ask for {FEWEST_ROWS} rows or more")
    for earlier in _earlier(folder):
        earlier.unlink()
    paths = []
    for name, encoding, end, lines in _files(rows, seed):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as raw:
            packed = gzip.GzipFile("", "wb", 6, raw, mtime=0) if path.suffix == ".gz" else raw
            with io.TextIOWrapper(packed, encoding, newline="") as out:
                out.writelines(f"{line}{end}" for line in lines)
        paths.append(path)
    return paths


def _earlier(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if not path.is_dir()] if folder.is_dir() else []
    ours = {path for pattern in OURS for path in folder.glob(pattern)} if (folder / NOTE).is_file() else set()
    foreign = [path for path in found if path not in ours]
    if foreign or (folder.exists() and not folder.is_dir()):
        raise UsageError(
            f"{folder} holds files that are no sample; made rows must not mix with an agency's",
            remedy="name a new or empty folder",
            found=sorted(str(path.relative_to(folder)) for path in foreign)[:3],
        )
    return sorted(found, key=lambda path: path.name == NOTE)  # the note goes last: a cut run stays recognisable


def _files(rows: int, seed: int) -> Iterator[tuple[str, str, str, Iterable[str]]]:
    """Give each file's name, encoding, line end and lines, the note first."""
    climate = Climate(seed)
    yield NOTE, "utf-8", "\n", _note(rows, seed)
    lines: Iterable[str]
    for year, share in SHARES.items():
        lines = Crashes(_dice(seed, year), climate, year).lines(int(rows * share))
        yield f"police/npa_a1_annual/{year}_made_a1.csv", "utf-8-sig", "\r\n", lines
    hourly = min(200, max(1, rows // 250), 7 + rows // 2_000)  # 8 at the default size
    stations = _stations(_dice(seed, "stations"), max(hourly, len(STATION_COUNTIES)))
    yield "environment/cwb_stations/made_stations.csv", "utf-8", "\n", [STATIONS, *map(_station_line, stations)]
    for station in stations[: hourly + 1]:
        encoding = "utf-8-sig" if station is stations[1] else "utf-8"
        lines = [HOURS] if station is stations[0] else _hour_lines(_dice(seed, station.id), climate, station)
        yield f"environment/cwb_hourly/made_{station.id}.csv.gz", encoding, "\n", lines
    for snapshot in SNAPSHOTS:
        lines = _village_lines(_dice(seed, "villages"), snapshot, min(7_800, max(200, rows // 2)))
        yield f"maps/ris_village_population/{snapshot}_made.csv", "utf-8", "\n", lines


def _dice(*purpose: object) -> Random:
    return Random("/".join(map(str, purpose)))  # noqa: S311 - made data, no secret


def _note(rows: int, seed: int) -> Iterator[str]:
    yield "# Made data · 虛構資料\n"
    yield f"Every row in this folder is made up by `lakeward sample` (seed {seed}, rows {rows}); none of it happened,"
    yield "only the formats are the agencies'. Do not publish or cite it, or mix it with real files.\n"
    yield f"本資料夾每一列都是 `lakeward sample` 虛構的（種子 {seed}，列數 {rows}），並非真實的事故、氣象或人口；"
    yield "僅格式仿照各機關。請勿發布、引用，或與真實檔案混用。"


class Climate:
    """One spell of rain a day and county, drawn once, so that stations and police see the same sky."""

    def __init__(self, seed: int) -> None:
        dice = _dice(seed, "storms")
        storms = {date(year, 6, 1) + timedelta(dice.randrange(120)) for year in range(2015, 2023) for _ in range(4)}
        days = [FIRST_DAY + timedelta(number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
        self.spells: dict[str, list[tuple[int, int, float]]] = {}
        for county in COUNTIES:
            dice = _dice(seed, "rain", county.name)
            self.spells[county.name] = [self._spell(dice, day, is_storm=day in storms) for day in days]

    @staticmethod
    def _spell(dice: Random, day: date, *, is_storm: bool) -> tuple[int, int, float]:
        if is_storm:
            return 0, 24, dice.uniform(6, 20)
        if dice.random() > (0.35 if 5 <= day.month <= 9 else 0.2):
            return 0, 0, 0.0
        start = dice.randrange(24)
        return start, start + dice.randint(2, 9), 0.2 + dice.expovariate(0.4)

    def rain_mm(self, county: County, moment: datetime) -> float:
        """Give the rain of the clock hour around a moment, in millimetres; no spell lasts beyond midnight."""
        start, end, millimetres = self.spells[county.name][moment.toordinal() - FIRST_DAY.toordinal()]
        return millimetres if start <= moment.hour < end else 0.0


@dataclass(frozen=True, slots=True)
class Crashes:
    """The police file of one year, in the layout of its time."""

    dice: Random
    climate: Climate
    year: int

    def lines(self, rows: int) -> Iterator[str]:
        """Give header, `rows` rows in order of time, the repeated and the bad rows, and the footer."""
        is_old = self.year < 2018
        header = OLD_CRASHES if is_old else CRASHES
        yield header
        done = serial = 0
        last = ""
        while done < rows:
            parties = self._parties(rows if is_old else rows - done)
            step = 1 if is_old else len(parties)
            serial += 1
            for last in self._crash(serial, (done / rows, (done + step) / rows), parties):
                yield last
            done += step
        yield from [last] * MADE_REPEATED_ROWS[self.year]
        for column, written in BAD.get(self.year, ()):
            serial += 1
            cells = next(self._crash(serial, (0.12, 0.13), ["driver"])).split(",")
            cells[header.split(",").index(column)] = written
            yield ",".join(cells)
        for footer in (f"資料提供日期：{self.year - 1910}年02月01日", "事故類別：A1類"):
            yield footer + "," * header.count(",")

    def _parties(self, left: int) -> list[str]:
        size = min(left, self.dice.choice((2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5)))
        size = left if left - size == 1 else size  # the agency gives no crash of one row
        others = self.dice.choices(("passenger", "driver"), (7, 3), k=max(0, size - 2))
        return ["driver", self.dice.choice(("driver",) * 6 + ("thing",) * 3 + ("walker",)), *others][:size]

    def _moment(self, county: County, span: tuple[float, float]) -> datetime:
        """Draw two moments within a part of the year and prefer the wetter: rain must show in the curated table."""
        start, days = datetime(self.year, 1, 1), (date(self.year + 1, 1, 1) - date(self.year, 1, 1)).days
        first, second = (
            start + timedelta(minutes=int(days * 1440 * self.dice.uniform(*span) * 0.999999)) for _ in "12"
        )
        return second if self.climate.rain_mm(county, second) and self.dice.random() < 0.5 else first

    def _crash(self, serial: int, span: tuple[float, float], parties: list[str]) -> Iterator[str]:
        dice = self.dice
        county = dice.choices(COUNTIES, cum_weights=CRASH_WEIGHTS)[0]
        moment, road, town = self._moment(county, span), dice.choice(ROADS), county.town(dice.randrange(3))
        place = f"{town}假想路{serial}號前0.0公尺"
        if "交岔路" in road:
            place = f"{town}假想路{serial}號 / {town}範例街"
        elif road.startswith("國道"):
            place = f"{town}國道99號 {serial}公里{dice.randrange(10)}00.0公尺處北側向外側"
        people = len(parties) - parties.count("thing")
        deaths = 2 if people > 2 and dice.random() < 0.1 else 1
        toll = f"死亡{deaths};受傷{max(0, dice.randrange(-2, people - deaths + 1))}"
        vehicles = [ON_FOOT.get(kind) or dice.choice(VEHICLES) for kind in parties]
        if self.year < 2018:
            words = ";".join("-".join(reversed(vehicle.split(","))) for vehicle in vehicles if vehicle != ",")
            when = f"{moment.month:02}月{moment.day:02}日 {moment.hour:02}時{moment.minute:02}分00秒"
            yield f"{self.year - 1911}年{when},{place},{toll},{words}"
            return
        cause, meeting = dice.choice(CAUSES), MEETINGS[parties[1] if len(parties) > 1 else "thing"]
        shared = f"{self._scene(county, moment, road, place)},{meeting},{cause},{toll}"
        lon, lat = (f"{degrees + dice.uniform(-0.05, 0.05):.6f}" for degrees in (county.lon, county.lat))
        for order, (kind, vehicle) in enumerate(zip(parties, vehicles, strict=True), start=1):
            party = PARTIES[kind].format(
                sex=dice.choice("男男男女"),
                age=dice.choice(AGES.get(kind, (-1,))),
                helmet=dice.choice(HELMETS),
                body="機車" if vehicle.startswith("機車") else "汽車",
                second=dice.choice(SECONDS),
                cause=cause if order == 1 else "無(車輛駕駛人因素),尚未發現肇事因素",
                away="是" if dice.random() < 0.01 else "否",
            )
            yield f"{shared},{order},{vehicle},{party},{lon},{lat}"

    def _scene(self, county: County, moment: datetime, road: str, place: str) -> str:
        """Give the cells from the year to the lane markings."""
        rain_mm = self.climate.rain_mm(county, moment)
        sky = self.dice.choice(SKIES[rain_mm > 0])
        sky = "暴雨" if sky == "雨" and rain_mm > 15 else sky
        dark = f"夜間(或隧道、地下道、涵洞){self.dice.choice(('有', '有', '有', '無'))}照明"
        light = "晨或暮光" if moment.hour in {5, 17} else "日間自然光線" if 5 < moment.hour < 17 else dark
        unit = "國道公路" if road.startswith("國道") else county.name + "政府" * (county.name not in SHORT_UNITS)
        signal = self.dice.choice(("行車管制號誌", "閃光號誌")) + ",正常" if "交岔路" in road else "無號誌,無號誌"
        return (
            f"{moment.year},{moment.month},{moment:%Y%m%d,%H%M%S},A1,{unit}警察局,{place},{sky},{light},{road},"
            f"柏油,{'濕潤' if '雨' in sky else '乾燥'},無缺陷,無障礙物,良好,良好,{signal},{self.dice.choice(MARKINGS)}"
        )


class Station(NamedTuple):
    """A weather station that does not exist; the agency has none whose number begins with 469."""

    id: str
    county: County
    lon: str
    lat: str


def _stations(dice: Random, count: int) -> list[Station]:
    """Draw the radar site, which has no hours, then `count` stations."""
    counties = (COUNTIES[0], *(STATION_COUNTIES[number % len(STATION_COUNTIES)] for number in range(count)))
    return [
        Station(
            f"469{number:03}", county, *(f"{at + dice.uniform(-0.05, 0.05):.6f}" for at in (county.lon, county.lat))
        )
        for number, county in enumerate(counties)
    ]


def _station_line(station: Station) -> str:
    name, number = station.county.name, int(station.id[3:])
    city = "台中市" if name == "臺中市" else name  # the other way to write it
    site = f"假想{number}號{'站' if number else '雷達站'}"
    return f"{station.id},{site},{number % 90}.0,{city},{station.lon},{station.lat},示範路{number + 1}號,2001-01-01"


def _hour_lines(dice: Random, climate: Climate, station: Station) -> Iterator[str]:
    yield HOURS
    for day in range(HOUR_DAYS):
        midnight = datetime.combine(FIRST_HOURS + timedelta(day), datetime.min.time())
        opening = f"{midnight:%Y-%m-%d},{station.county.name},{station.lon},{station.lat},{station.id}"
        warmth = 15 + 2.2 * (6 - abs(7 - midnight.month)) + dice.uniform(-2, 2)
        for hour in range(24):
            rain_mm = climate.rain_mm(station.county, midnight.replace(hour=hour))
            yield f"{opening},{hour + 1},{_weather(dice, hour, warmth, rain_mm)}"


def _weather(dice: Random, hour: int, warmth: float, rain_mm: float) -> str:
    """Give the 16 observed cells: T is a trace, X a fault, V a turning wind, / a sky unseen, ... not observed."""
    luck = dice.random()
    if luck < 0.0005:
        return ",".join(["..."] * 16)
    light = 0.0 if rain_mm else max(0.0, 1 - abs(hour - 12) / 6)
    pressure, warm, wind = 1022 - warmth / 2 + luck, warmth + 4 * light + luck, 4 * dice.random()
    humid = 96 if rain_mm else 60 + int(25 * dice.random())
    turn = int(dice.random() * 36 + 1) * 10
    tips_mm = round(rain_mm * (0.6 + 0.8 * dice.random()) * 2) / 2
    rain = "X" if luck > 0.998 else "T" if rain_mm and not tips_mm else f"{tips_mm:.1f}"
    sky = "/" if luck > 0.97 else "10.0" if rain_mm else f"{int(dice.random() * 9)}.0"
    seen = f"20.0,{int(9 * light)},{sky}" if hour % 3 == 2 else f"...,{int(9 * light)},..."
    return (
        f"{pressure:.1f},{pressure + 1:.1f},{'X' if 0.996 < luck < 0.998 else f'{warm:.1f}'},"
        f"{warm - (100 - humid) / 5:.1f},{humid},{wind:.1f},{'V' if wind < 0.1 else turn},{wind * 2 + 1:.1f},{turn},"
        f"{rain},{'1.0' if rain_mm > 1 else '0.4' if rain_mm else '0.0'},"
        f"{f'{light:.1f}' if 5 < hour < 19 else '...'},{3.2 * light:.2f},{seen}"
    )


def _village_lines(dice: Random, snapshot: str, villages: int) -> Iterator[str]:
    """Draw every village alike for each snapshot; the later one is grown or shrunk and lacks those merged away."""
    yield VILLAGES
    is_later = snapshot != SNAPSHOTS[0]
    for county in COUNTIES:
        count = max(3, villages * county.people // sum(each.people for each in COUNTIES))
        for number in range(count):
            size, growth, is_gone = dice.randrange(1_200, 5_000), dice.uniform(0.9, 1.08), dice.random() < 0.02
            if is_later and is_gone and number:
                continue
            total = int(size * growth) if is_later else size
            young, aged, men = int(total * 0.13), int(total * (0.16 if is_later else 0.13)), int(total * 0.497)
            town, unit = number % 3, "里" if county.name.endswith("市") else "村"
            place = f"{county.code}{910 + 10 * town}-{number // 3 + 1:03},{county.town(town)},範{number + 1}{unit}"
            grown = f"{young},{total - young - aged},{aged},{int(total * 0.81)},{int(total * 0.024)}"
            yield f"{snapshot},{place},{total * 10 // 27},{total},{men},{total - men},{grown}"
