"""Counties and special municipalities: their names in two languages and their codes, over time.

Spark column expressions that run in the JVM. A county is known by its name of today, written 臺.

Source: 內政部 「縣市改制」 and the ministry's code list of 行政區域代碼; English names after the ministry's
「標準地名譯寫」. The five municipalities of 2010 began on 2010-12-25, 桃園市 on 2014-12-25.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakeward.pipelines.places.names import place_name

if TYPE_CHECKING:
    from pyspark.sql import Column

MERGED, RAISED = "2010-12-25", "2014-12-25"


@dataclass(frozen=True, slots=True)
class County:
    """A county by one of its names and codes.

    Args:
        code: the ministry's five digits, with which codes of towns and villages begin.
        name: in Chinese, written 臺.
        english: the official English name.
        valid_from: the first day of this name and code, ISO; empty where it is older than the data.
        valid_to: the last day, ISO; empty for a county of today.
        today: the name of the county that it became; its own where it still is one.
    """

    code: str
    name: str
    english: str
    valid_from: str = ""
    valid_to: str = ""
    today: str = ""


COUNTIES = (
    County("65000", "新北市", "New Taipei City", MERGED),
    County("63000", "臺北市", "Taipei City"),
    County("68000", "桃園市", "Taoyuan City", RAISED),
    County("66000", "臺中市", "Taichung City", MERGED),
    County("67000", "臺南市", "Tainan City", MERGED),
    County("64000", "高雄市", "Kaohsiung City"),
    County("10002", "宜蘭縣", "Yilan County"),
    County("10004", "新竹縣", "Hsinchu County"),
    County("10005", "苗栗縣", "Miaoli County"),
    County("10007", "彰化縣", "Changhua County"),
    County("10008", "南投縣", "Nantou County"),
    County("10009", "雲林縣", "Yunlin County"),
    County("10010", "嘉義縣", "Chiayi County"),
    County("10013", "屏東縣", "Pingtung County"),
    County("10014", "臺東縣", "Taitung County"),
    County("10015", "花蓮縣", "Hualien County"),
    County("10016", "澎湖縣", "Penghu County"),
    County("10017", "基隆市", "Keelung City"),
    County("10018", "新竹市", "Hsinchu City"),
    County("10020", "嘉義市", "Chiayi City"),
    County("09020", "金門縣", "Kinmen County"),
    County("09007", "連江縣", "Lienchiang County"),
)
FORMER_COUNTIES = (
    County("10001", "臺北縣", "Taipei County", "", "2010-12-24", "新北市"),
    County("10003", "桃園縣", "Taoyuan County", "", "2014-12-24", "桃園市"),
    County("10006", "臺中縣", "Taichung County", "", "2010-12-24", "臺中市"),
    County("10019", "臺中市", "Taichung City", "", "2010-12-24", "臺中市"),
    County("10011", "臺南縣", "Tainan County", "", "2010-12-24", "臺南市"),
    County("10021", "臺南市", "Tainan City", "", "2010-12-24", "臺南市"),
    County("10012", "高雄縣", "Kaohsiung County", "", "2010-12-24", "高雄市"),
)

COUNTY_NAMES = tuple(county.name for county in COUNTIES)
"""The 22 of today, in the ministry's order."""
FORMER_NAMES = {county.name: county.today for county in FORMER_COUNTIES if county.name not in COUNTY_NAMES}
"""Names that are no longer in use, and what each became."""
COUNTY_CODES = {county.code: county.today or county.name for county in FORMER_COUNTIES + COUNTIES}
"""Every code there has been, and the county of today that it means."""


def county_today(name: Column) -> Column:
    """Give the name that a county has today, written 臺: 台南縣 and 台南市 become 臺南市.

    Returns:
        A name of `COUNTY_NAMES`; text that names no county comes back tidied, so that a suite can say so.
    """
    written = place_name(name)
    return _looked_up(FORMER_NAMES, written, written)


def county_of_code(code: Column) -> Column:
    """Give the county of today that a code of a county, town or village lies in; NULL for a code of none.

    Args:
        code: the ministry's digits, five or more (`65000`, `65000010`, `65000010-001`), also those before 2010.
    """
    from pyspark.sql import functions as F

    return _looked_up(COUNTY_CODES, F.substring(code, 1, 5), F.lit(None).cast("string"))


def code_of_county(name: Column) -> Column:
    """Give the code of today of a county by any of its names; NULL where it names none."""
    from pyspark.sql import functions as F

    return _looked_up({c.name: c.code for c in COUNTIES}, county_today(name), F.lit(None).cast("string"))


def english_county(name: Column) -> Column:
    """Give the English name of today of a county by any of its Chinese names; NULL where it names none."""
    from pyspark.sql import functions as F

    return _looked_up({c.name: c.english for c in COUNTIES}, county_today(name), F.lit(None).cast("string"))


def county_of_english(name: Column) -> Column:
    """Give the county of today by its English name, now or before; NULL where it names none.

    Case, `City`, `County`, `Hsien` spelled out or not, and blanks do not matter where only one county bears the name:
    `Hsinchu` alone is none, as there are a city and a county.
    """
    from pyspark.sql import functions as F

    return _looked_up(_by_english(), _folded(name), F.lit(None).cast("string"))


def _folded(name: Column) -> Column:
    from pyspark.sql import functions as F

    from lakeward.pipelines.normalise import small

    return F.regexp_replace(small(name), r"[\s.'’\-]", "")


def _by_english() -> dict[str, str]:
    """Map folded English names, and those without City or County that are clear, to the county of today."""
    known = {c.english.casefold().replace(" ", ""): c.today or c.name for c in FORMER_COUNTIES + COUNTIES}
    short: dict[str, set[str]] = {}
    for full, today in known.items():
        short.setdefault(full.removesuffix("city").removesuffix("county"), set()).add(today)
    return {bare: places.pop() for bare, places in short.items() if len(places) == 1} | known


def _looked_up(words: Mapping[str, str], key: Column, otherwise: Column) -> Column:
    from pyspark.sql import functions as F

    known = F.create_map(*(F.lit(word) for pair in words.items() for word in pair))
    return F.coalesce(known[key], otherwise)
