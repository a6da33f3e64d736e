"""What values look like in delivered text: the patterns that normalise.py reads them by, and a look without Spark.

The patterns are Java's; those that Python needs are turned into its own. A look is at the shape only: it tells text
from a date, not the 31st of June from a day.
"""

from __future__ import annotations

import re
from functools import cache

BLANKS = (
    "".join(map(chr, [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200E), 0x2028, 0x2029]))
    + "\u202f\u205f\u2060\u3000\ufeff"
)
"""Every blank met at the ends of delivered cells, also those without a width."""
WIDE = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000"
NARROW = "".join(map(chr, range(0x21, 0x7F))) + " "
_NARROWED = str.maketrans(WIDE, NARROW)

_GREGORIAN = r"(?:1[6-9]|2\d)\d\d|9999"
_ROC = r"(?!0+(?!\d))(?:[01]?\d?\d|200)(?!\d)"
# A bare year of two digits is 民國 only where it cannot be a day or a month of another order.
_BARE_ROC = r"(?!000)(?:[01]\d\d|200|3[2-9]|[4-9]\d)"
# Digits in a row that begin with 19 or 20 may be a Gregorian year and the rest.
_RUN_ROC = rf"(?!19|20){_BARE_ROC}"


def _year(n: int) -> str:
    """Match a year that is followed by 年 or by a separator, into `before`, `roc` and `year`."""
    return (
        rf"(?:(?:中華)?民國(?<before{n}>前)?\h*(?<roc{n}>{_ROC}|元(?=\h*年))"
        rf"|(?:西元\h*)?(?<year{n}>{_GREGORIAN})|(?<roc{n}0>(?:{_ROC}|元)(?=\h*年)|{_BARE_ROC}(?!\d)))\h*"
    )


_DAY = (
    rf"(?:(?:(?<year0>{_GREGORIAN})|(?<roc0>{_RUN_ROC}))(?<m0>\d\d)(?<d0>\d\d)"
    rf"|{_year(1)}(?:年\h*(?<m1>\d\d?)\h*月\h*(?<d1>\d\d?)\h*日?"
    r"|(?<sep>[-/.])\h*(?<m2>\d\d?)\h*\k<sep>\h*(?<d2>\d\d?)))"
)
_HOUR = r"[01]?\d|2[0-3]"
_SIXTY = r"[0-5]\d"
_CLOCK = (
    rf"(?:(?<h0>{_HOUR})(?::(?<i0>{_SIXTY})(?::(?<s0>{_SIXTY})(?:\.(?<f0>\d{{1,6}})0*)?)?)?"
    rf"|(?<h1>{_HOUR})(?<i1>{_SIXTY})(?<s1>{_SIXTY})?"
    rf"|(?<h2>{_HOUR})\h*時\h*(?:(?<i2>[0-5]?\d)\h*分\h*(?:(?<s2>[0-5]?\d)\h*秒)?)?"
    r"|(?<h3>24)(?::?00(?::?00(?:\.0+)?)?|\h*時\h*(?:00?\h*分\h*(?:00?\h*秒)?)?)?)"
)
# Between day and time: T, blanks, or nothing where fourteen digits stand in a row.
_GAP = r"(?:\h*T\h*|\h+|(?<=\A\d{8})(?=\d{6}\z))"
MOMENT = rf"{_DAY}(?:{_GAP}{_CLOCK})?"
MONTH = (
    r"(?:(?<year0>(?:19|20)\d\d)(?<m0>\d\d)"
    rf"|(?<roc0>{_RUN_ROC})(?<m3>\d\d)"
    rf"|(?:(?<year2>{_GREGORIAN})|(?<roc2>{_ROC}))Y(?<m4>\d\d?)M"
    rf"|{_year(1)}(?:年\h*(?<m1>\d\d?)\h*月份?|[-/.]\h*(?<m2>\d\d?)))"
)
# Alone, a number of up to three digits can only be 民國.
YEAR = rf"\A(?:(?:西元)?\h*({_GREGORIAN})|(?:(?:中華)?民國)?\h*(\d{{1,3}}))\h*(?:年度?)?\z"

INTEGER = r"(?:\d{1,99}|\d{1,3}(?:,\d{3}){1,33})"
WHOLE = rf"\A[+-]?{INTEGER}(?:\.0*)?\z"
# Exponents of three digits are no quantity of this world, and without them no double overflows.
NUMBER = rf"\A[+-]?(?:{INTEGER}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{{1,2}})?\z"
DECIMAL_TYPE = re.compile(r"decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)")


@cache
def _of(how: str) -> re.Pattern[str] | None:
    kind = "decimal" if DECIMAL_TYPE.fullmatch(how) else how
    patterns = {
        "int": WHOLE,
        "bigint": WHOLE,
        "long": WHOLE,
        "double": NUMBER,
        "decimal": NUMBER,
        "boolean": r"\A(?:[10YyNn是否]|[Tt]rue|TRUE|[Ff]alse|FALSE)\z",
        "date": rf"\A{MOMENT}\z",
        "year": YEAR,
        "year_end": YEAR,
        "month": rf"\A{MONTH}\z",
        "month_end": rf"\A{MONTH}\z",
        "timestamp": rf"\A{MOMENT}\z",
    }
    if kind not in patterns:
        return None
    return re.compile(_in_python(patterns[kind]), re.ASCII)


def _in_python(java: str) -> str:
    """Write a pattern of Java's as Python's; a group named more than once in alternatives needs no name."""
    python = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", java)
    return python.replace(r"\h", r"[ \t]").replace(r"\z", r"\Z").replace(r"\k<sep>", "(?P=sep)")


def looks_like(how: str, text: str) -> bool:
    """Tell whether text may be read by a parser of normalise.py; every text is a `string`.

    Args:
        how: a type, or the name of a parser.
        text: text without outer blanks.
    """
    pattern = _of(how)
    return pattern is None or bool(pattern.match(text.translate(_NARROWED)))
