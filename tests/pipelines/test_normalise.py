"""Every shape of text that agencies were seen to deliver, and every text that must not become a value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyspark.sql.functions as F
import pytest
from pyspark.sql import SparkSession

from lakeward.lake.errors import LakewardError
from lakeward.pipelines.normalise import parse, tidy, unreadable
from lakeward.pipelines.shapes import BLANKS, looks_like

Cases = Mapping[str, object]

WHOLE: Cases = {
    "0": 0, "-1": -1, "+7": 7, "007": 7, "１１３": 113, "－５": -5, "1,234": 1234, "3,979,208": 3979208, "-1,000": -1000,
    "3.0": 3, "3.": 3, "1,234.00": 1234, "2147483647": 2**31 - 1, "-2147483648": -(2**31),
    "2147483648": None, "9" * 30: None, "12,34": None, "1234,567": None, "1,2340": None, ",123": None, "1,,234": None,
    "3.5": None, "1e3": None, "(5)": None, "5-": None, "- 5": None, "--5": None, "NaN": None, "T": None, "-": None,
    "": None, ".": None, "1 2": None, "一": None, "0x1F": None, "1L": None, "٣": None,
}  # fmt: skip
BIG: Cases = {
    "2147483648": 2**31, "9,223,372,036,854,775,807": 2**63 - 1, "9223372036854775808": None, "1.5": None,
}  # fmt: skip
DOUBLE: Cases = {
    "0": 0.0, "25.5": 25.5, "-4.9": -4.9, "+1.": 1.0, ".5": 0.5, "1,234.5": 1234.5, "1e3": 1000.0, "1.5E-3": 0.0015,
    "２５．５": 25.5, "1e400": None, "-1e400": None, "NaN": None, "Infinity": None, "∞": None, "inf": None, "1d": None,
    "2f": None, "0x1p3": None, "(5)": None, "5-": None, "12,34.5": None, "1.2.3": None, "...": None, "T": None,
    "": None, ".": None, "e5": None, "9" * 400: None,
}  # fmt: skip
DECIMAL: Cases = {
    "123.45": Decimal("123.45"), "1.5": Decimal("1.50"), "-.5": Decimal("-0.50"), "1,234": None, "999.99": Decimal("999.99"),
    "1.2300": Decimal("1.23"), "1.234": None, "1000": None, "999.999": None, "1e2": None, ".": None, "": None,
    "12,34": None, "１．５": Decimal("1.50"),
}  # fmt: skip
NO_PLACES: Cases = {
    "1,234": Decimal(1234),
    "5.0": Decimal(5),
    "5.5": None,
    "123456": None,
    "1,2340": None,
    ".0": Decimal(0),
    ".": None,
}
BOOLEAN: Cases = {
    "true": True, "TRUE": True, "False": False, "是": True, "否": False, "Y": True, "n": False, "Ｙ": True, "1": True,
    "0": False, "yes": None, "2": None, "有": None, "": None,
}  # fmt: skip
DATE: Cases = {
    "2020-12-31": date(2020, 12, 31), "2020/1/5": date(2020, 1, 5), "2020.1.5": date(2020, 1, 5),
    "2020/01/05": date(2020, 1, 5), "2020.01.05": date(2020, 1, 5), "20201231": date(2020, 12, 31),
    "1897-01-01": date(1897, 1, 1), "9999-12-31": date(9999, 12, 31), "西元2020年1月5日": date(2020, 1, 5),
    "2020年1月5日": date(2020, 1, 5), "1120305": date(2023, 3, 5), "990101": date(2010, 1, 1),
    "0990101": date(2010, 1, 1), "0200101": date(1931, 1, 1), "105/01/15": date(2016, 1, 15),
    "094/10/19": date(2005, 10, 19), "76. 7.22": date(1987, 7, 22), "75.9. 4": date(1986, 9, 4),
    "88. 7 .21": date(1999, 7, 21), "2020. 1.05": date(2020, 1, 5), "113.2.29": date(2024, 2, 29), "113-02-28": date(2024, 2, 28),
    "113-02-29": date(2024, 2, 29), "89-02-29": date(2000, 2, 29), "200-01-01": date(2111, 1, 1),
    "103年01月01日": date(2014, 1, 1), "113年2月29日": date(2024, 2, 29), "民國113年2月29日": date(2024, 2, 29),
    "中華民國113年2月29日": date(2024, 2, 29), "民國 113 年 2 月 29 日": date(2024, 2, 29),
    "民國　１１３年２月２９日": date(2024, 2, 29), "１１３／０２／２９": date(2024, 2, 29), "8年1月2日": date(1919, 1, 2),
    "民國8/1/2": date(1919, 1, 2), "民國元年1月1日": date(1912, 1, 1), "元年1月1日": date(1912, 1, 1),
    "民國前1年12月31日": date(1911, 12, 31), "民國前12-02-28": date(1900, 2, 28), "民國前8年2月29日": date(1904, 2, 29),
    "105/01/15 17:50": date(2016, 1, 15), "2020-06-01T08": date(2020, 6, 1), "20200101 141500": date(2020, 1, 1),
    "2020-06-01 24:00": date(2020, 6, 1), "2020/12/31 23:59:59": date(2020, 12, 31),
    "20240102030405": date(2024, 1, 2), "103年01月01日 04時30分00秒": date(2014, 1, 1),
}  # fmt: skip
NO_DATE = (
    "2020-13-01", "2020-00-10", "2020-01-00", "2020-02-30", "2023-02-29", "112-02-29", "民國前12-02-29", "1900-02-29",
    "民國0年1月1日", "000-01-01", "0000101", "0113-02-28", "0113/02/28", "0000-01-01", "201-01-01", "201年1月1日",
    "民國2020年1月5日", "民國前0年1月1日", "1201-01-01", "3020-01-01", "99-99-99", "1121301", "20201301", "20200230",
    "2020-1/5", "2020/1.5", "2020-01/05", "1599-12-31", "2020-1", "2020", "08月13日", "12/31/2020", "05-01-2020", "12/11/10", "8/1/15", "08/01/15",
    "190101", "200801", "1990101", "2001231", "0801", "80101", "080101", "2020-01-1T", "2020-01-1 ", "2020-01-0T",
    "2020011T", "2020-01-01x", "x2020-01-01", "2020-06-01 25", "2020-06-01 12:60", "2020-06-01 24:01", "105 01 15",
    "資料提供日期：114年12月29日", "2020-01-01,2020-01-02", "2020,1,5", "113年2月30日", "元-01-01", "元0年1月1日", "T", "-",
    "", "2020-01-01 ", "2020-01-01Z", "-2020-01-01", "+2020-01-01", "٢٠٢٠-٠١-٠١", "20201231 ", "99.9.99.", "1e7",
)  # fmt: skip
MONTH: Cases = {
    "2015-08": date(2015, 8, 1), "2015/8": date(2015, 8, 1), "201508": date(2015, 8, 1), "10405": date(2015, 5, 1),
    "10912": date(2020, 12, 1), "9912": date(2010, 12, 1), "09912": date(2010, 12, 1), "106Y06M": date(2017, 6, 1),
    "104年5月": date(2015, 5, 1), "民國104年05月": date(2015, 5, 1), "104/05": date(2015, 5, 1), "2024年2月": date(2024, 2, 1),
    "１０４年５月份": date(2015, 5, 1), "99年 5月": date(2010, 5, 1),
    "201513": None, "201500": None, "10413": None, "10400": None, "2008": None, "2012": None, "20081": None, "19911": None,
    "2015-08-01": None, "104年5月1日": None, "20150801": None, "1040501": None, "2015": None, "08/2015": None, "12/08": None,
    "104Y13M": None, "0104-05": None, "民國0年5月": None, "201年5月": None, "00005": None, "": None, "5": None, "三月": None,
}  # fmt: skip
MONTH_END: Cases = {
    "201602": date(2016, 2, 29),
    "10405": date(2015, 5, 31),
    "112年2月": date(2023, 2, 28),
    "201613": None,
}
WALL: Cases = {  # what a clock in Taipei showed, eight hours before UTC
    "105/01/15 17:50": datetime(2016, 1, 15, 17, 50), "103年01月01日 04時30分00秒": datetime(2014, 1, 1, 4, 30),
    "103年01月01日04時30分": None, "103年01月01日 17時50分": datetime(2014, 1, 1, 17, 50),
    "103年01月01日 17時": datetime(2014, 1, 1, 17), "103年1月1日 4時 5分 6秒": datetime(2014, 1, 1, 4, 5, 6),
    "20200101 141500": datetime(2020, 1, 1, 14, 15), "20200101 41500": datetime(2020, 1, 1, 4, 15),
    "20200101 1415": datetime(2020, 1, 1, 14, 15), "20200101 415": datetime(2020, 1, 1, 4, 15),
    "20200101 000000": datetime(2020, 1, 1), "20200101141509": datetime(2020, 1, 1, 14, 15, 9),
    "2020-06-01 1": datetime(2020, 6, 1, 1), "2020-06-01 24": datetime(2020, 6, 2), "2020-06-01 24:00": datetime(2020, 6, 2),
    "2020-12-31 24:00:00": datetime(2021, 1, 1), "2020-02-28 240000": datetime(2020, 2, 29), "2020-06-01 2400": datetime(2020, 6, 2),
    "2020-06-01 24時00分": datetime(2020, 6, 2), "2020-06-01": datetime(2020, 6, 1), "1090601": datetime(2020, 6, 1),
    "2020-06-01T08:09:10": datetime(2020, 6, 1, 8, 9, 10), "2020-06-01 08:09:10": datetime(2020, 6, 1, 8, 9, 10),
    "2020/06/01 08:09:10": datetime(2020, 6, 1, 8, 9, 10), "2020-06-01　０８：０９": datetime(2020, 6, 1, 8, 9),
    "2020-06-01 08:09:10.5": datetime(2020, 6, 1, 8, 9, 10, 500000),
    "2020-06-01 08:09:10.1234560": datetime(2020, 6, 1, 8, 9, 10, 123456), "2020. 1.05 08:09:10": datetime(2020, 1, 5, 8, 9, 10), "2020/6/1 8:09": datetime(2020, 6, 1, 8, 9),
    "2020-06-01 12:60": None, "2020-06-01 12:00:60": None, "2020-06-01 25": None, "2020-06-01 25:00:00": None,
    "2020-06-01 24:01": None, "2020-06-01 24:00:01": None, "2020-06-01 240001": None, "2020-06-01 161": None,
    "2020-06-01 12:5": None, "2020-06-01 -1": None, "2020-06-01 126000": None, "2020-06-01 1234567": None,
    "2020-06-01 08:09:10.1234567": None, "2020-06-01T": None, "2020-06-01 08:09:10Z": None, "2020-02-30 08:09:10": None,
    "2020-06-01 08:09+08": None, "2020-06-01 08:60:10": None, "2020/06-01 08:09:10": None, "112-02-29 08:00": None, "08:09:10": None, "": None,
    "2020-06-01 下午 3:20": None, "2020010114150": None, "1120101141500": None, "2020-06-01 1 :09:10": None,
}  # fmt: skip


def read(spark: SparkSession, how: str, cases: Cases) -> dict[str, object]:
    """Parse all texts in one job; timestamps come back as naive UTC."""
    texts = spark.createDataFrame([(text,) for text in cases], "text string")
    value = parse(how, F.col("text"))
    shown = F.date_format(value, "yyyy-MM-dd HH:mm:ss.SSSSSS") if how == "timestamp" else value
    rows = texts.select("text", shown.alias("value")).collect()
    return {r.text: datetime.fromisoformat(r.value) if how == "timestamp" and r.value else r.value for r in rows}


YEAR: Cases = {
    "105": 2016, "96": 2007, "1": 1912, "2016": 2016, "西元2016年": 2016, "民國105年": 2016, "105年度": 2016, "１０５": 2016,
    "0": None, "201": None, "1066": None, "105/1": None, "年": None, "": None, "-5": None,
}  # fmt: skip
TABLES: Mapping[str, tuple[str, Cases]] = {
    "int": ("int", WHOLE),
    "bigint": ("bigint", BIG),
    "long": ("long", BIG),
    "double": ("double", DOUBLE),
    "decimal": ("decimal(5,2)", DECIMAL),
    "decimal without places": ("decimal(5,0)", NO_PLACES),
    "boolean": ("boolean", BOOLEAN),
    "date": ("date", DATE),
    "no date": ("date", dict.fromkeys(NO_DATE)),
    "month": ("month", MONTH),
    "month end": ("month_end", MONTH_END),
    "year": ("year", YEAR),
    "year end": ("year_end", {"105": date(2016, 12, 31), "2020": date(2020, 12, 31), "300": None}),
    "string": ("string", {"１１３ 台": "１１３ 台"}),
}


@pytest.mark.parametrize("table", TABLES)
def test_text_becomes_the_value_it_means_or_null(spark: SparkSession, table: str) -> None:
    how, cases = TABLES[table]

    found = read(spark, how, cases)

    assert {text: (value, cases[text]) for text, value in found.items() if value != cases[text]} == {}
    assert [text for text, value in cases.items() if value is not None and not looks_like(how, text)] == []


def test_wall_clock_of_taipei_becomes_utc(spark: SparkSession) -> None:
    expected = {text: wall - timedelta(hours=8) if isinstance(wall, datetime) else None for text, wall in WALL.items()}

    found = read(spark, "timestamp", WALL)

    assert {text: (value, expected[text]) for text, value in found.items() if value != expected[text]} == {}
    assert [text for text, value in expected.items() if value and not looks_like("timestamp", text)] == []


def test_historic_daylight_saving_time_is_known(spark: SparkSession) -> None:
    cases: Cases = {
        "63/07/01 12:00": datetime(1974, 7, 1, 3),  # summer of the oil crisis: UTC+9
        "1974-07-01 12:00:00": datetime(1974, 7, 1, 3),
        "1974-03-31 23:59:59": datetime(1974, 3, 31, 15, 59, 59),
        "1974-04-01 00:30:00": datetime(1974, 3, 31, 16, 30),  # never shown by a clock: taken as 01:30 at UTC+9
        "1974-03-31 24:00": datetime(1974, 3, 31, 16),
        "1974-09-30 23:30:00": datetime(1974, 9, 30, 14, 30),  # shown twice: the first
        "1974-09-30 24:00": datetime(1974, 9, 30, 16),
    }

    assert read(spark, "timestamp", cases) == cases


def test_timestamps_do_not_depend_on_the_zone_of_the_session(spark: SparkSession) -> None:
    texts = spark.createDataFrame([("2020-06-01 08:00:00",), ("109/06/01 8",)], "text string")
    spark.conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        micros = {r[0] for r in texts.select(F.unix_seconds(parse("timestamp", F.col("text")))).collect()}
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")

    assert micros == {1590969600}


def test_every_day_since_1912_is_read_in_four_roc_shapes(spark: SparkSession) -> None:
    first, last = date(1912, 1, 1), date(2035, 12, 31)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    shapes = ("{:03}/{:02}/{:02}", "民國{}年{}月{}日", "{:03}{:02}{:02}", "{:03}. {}.{}")
    rows = [(d, *(shape.format(d.year - 1911, d.month, d.day) for shape in shapes)) for d in days]
    frame = spark.createDataFrame(rows, "day date, a string, b string, c string, d string")
    is_run_read = ~F.col("c").rlike("^(19|20)")

    wrong = frame.where(
        ~(
            F.col("day").eqNullSafe(parse("date", F.col("a")))
            & F.col("day").eqNullSafe(parse("date", F.col("b")))
            & (F.col("day").eqNullSafe(parse("date", F.col("c"))) & is_run_read)
            & F.col("day").eqNullSafe(parse("date", F.col("d")))
        )
    )

    assert wrong.limit(5).collect() == []
    assert len(days) == 45_291


def test_blanks_of_every_kind_are_stripped_at_the_ends(spark: SparkSession) -> None:
    cases: dict[str, str | None] = {blank + "北　區 x" + blank + " ": "北　區 x" for blank in BLANKS}
    cases |= dict.fromkeys(["", " ", "　\u200b\ufeff\r\n\t\u00a0", *BLANKS])
    cases |= {"a": "a", " a": "a", "a　": "a", "臺": "臺", "é ": "é", "\ufeffid": "id", "𠀀": "𠀀", "。": "。"}
    texts = spark.createDataFrame([(text,) for text in cases], "text string")

    found = {r.text: r.value for r in texts.select("text", tidy(F.col("text"), []).alias("value")).collect()}

    assert found == cases


def test_tidiers_are_applied_in_order(spark: SparkSession) -> None:
    text = F.lit("　台　中 Ａ１－！ｚ\u00a0台\u200b ")
    frame = spark.range(1).select(
        tidy(text, ["halfwidth"]),
        tidy(text, ["tai"]),
        tidy(text, ["squeeze"]),
        tidy(text, ["halfwidth", "tai", "squeeze"]),
        tidy(text, ["squeeze", "halfwidth", "lower"]),
        tidy(F.lit(None).cast("string"), ["squeeze"]),
    )

    assert tuple(frame.head() or ()) == (
        "台 中 A1-!z\u00a0台",
        "臺　中 Ａ１－！ｚ\u00a0臺",
        "台中Ａ１－！ｚ台",
        "臺中A1-!z臺",
        "台中a1-!z台",
        None,
    )


def test_a_time_of_day_gets_back_the_zeros_that_a_spreadsheet_took(spark: SparkSession) -> None:
    told = {
        "43000": "043000",
        "59": "000059",
        "0": "000000",
        "235959": "235959",
        "20310101": "20310101",
        "4:30": "4:30",
    }
    frame = spark.range(1).select(*(tidy(F.lit(text), ["clock"]) for text in told))

    assert tuple(frame.head() or ()) == tuple(told.values())


@pytest.mark.parametrize("how", ["", "dates", "decimal", "decimal(39,2)", "decimal(2,3)", "decimal(0,0)", "float"])
def test_unknown_parsers_name_the_known_ones(how: str) -> None:
    with pytest.raises(LakewardError, match="month_end"):
        unreadable(how)


def test_unknown_tidiers_name_the_known_ones(spark: SparkSession) -> None:
    with pytest.raises(LakewardError, match="halfwidth, tai, squeeze"):
        tidy(F.lit("x"), ["tai", "half-width"])


def test_reasons_are_short_english() -> None:
    asked = ("date", "month_end", "int", "double", "decimal(5,2)", "timestamp")

    assert [unreadable(how) for how in asked] == [
        "not a date", "not a month", "not a whole number", "not a number", "not a number", "not a time",
    ]  # fmt: skip
