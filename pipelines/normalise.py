"""Delivered text into values: blanks and widths, numbers, dates of two calendars, Taipei wall-clock times.

Everything here is a Spark column expression that runs in the JVM. What cannot be read is NULL, never an error and
never a guess: where a text has two fair readings, it has none (`12/11/10`: a day, a month and a year, or 民國 12?).

Plain text, such as `-12.5`, `2020-12-31`, `2020-12-31 24` and `2020/12/31 23:59:59`, is read by functions of our own
(`lake/java/functions`), all other by what Spark has. Any other date costs one regular expression that rewrites it into
`before,roc,year,…`, which is then split into parts. The parts are used a dozen times: whoever names them as a column
of their own (`parts`) has a plan, and code, a tenth as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

import pyspark.sql.functions as F
from pyspark.sql import Column

from lakeward.lake.errors import LakewardError
from lakeward.lake.functions import called
from lakeward.pipelines.shapes import BLANKS, DECIMAL_TYPE, INTEGER, MOMENT, MONTH, NARROW, NUMBER, WHOLE, WIDE, YEAR

TAIPEI = "Asia/Taipei"


def tidy(text: Column, names: Sequence[str], is_padded: Column | None = None) -> Column:
    """Strip blanks of every kind at both ends, make empty text NULL, then apply the named tidiers in order.

    Args:
        text: text as delivered.
        names: `halfwidth` (full-width ASCII U+FF01–FF5E and U+3000 become ASCII), `tai` (台 becomes 臺),
            `squeeze` (no blanks at all), `no_dash` (no hyphens), `lower` (small letters), `clock` (up to five digits
            are a time of day that lost the zeros before it: 43000 becomes 043000, half past four).
        is_padded: whether blanks may stand at the ends at all, where the reader has looked; by default they may.

    Returns:
        Text without outer blanks, or NULL; never empty.

    Raises:
        LakewardError: a name is not known.
    """
    if unknown := [name for name in names if name not in _TIDIERS]:
        raise LakewardError(f"no tidier is called {unknown[0]}", remedy=f"use one of {', '.join(_TIDIERS)}")
    is_bare = _is_ink(F.substring(text, 1, 1)) & _is_ink(F.substring(text, -1, 1)) if is_padded is None else ~is_padded
    trimmed = F.nullif(F.trim(text, F.lit(BLANKS)), F.lit(""))
    tidied = F.when(is_bare, F.nullif(text, F.lit(""))).otherwise(trimmed)
    for name in names:
        tidied = _TIDIERS[name](tidied)
    return tidied


def parts(how: str, text: Column) -> Column | None:
    """Split what takes the long way into its parts; None where `how` reads no dates.

    Raises:
        LakewardError: `how` is not known.
    """
    split = _parser(how).parts
    return split(text) if split else None


def parse(how: str, text: Column, parts_of: Column | None = None) -> Column:
    """Read stripped text as a value; NULL where it is not one.

    Args:
        how: `string`, `int`, `bigint` (`long`), `double`, `decimal(p,s)`, `boolean`, `date`, `month` (its first day),
            `month_end` (its last day), `year` (a whole number; up to 200 it is 民國), `year_end` (its last day)
            or `timestamp`.
        text: text without outer blanks (see `tidy`); full-width digits and signs are understood.
        parts_of: the column that holds `parts(how, text)`; by default they are worked out here.

    Returns:
        A column of that type; `timestamp` reads Asia/Taipei wall-clock time and gives the instant (UTC).

    Raises:
        LakewardError: `how` is not known.

    Source:
        民國 year 1 is 1912, 民國前 1 is 1911. Years from 1600 are read, as the Gregorian calendar begins in 1582.
        Daylight saving time 1945–1979 after the IANA tz database: a time that was skipped moves forward by
        the skipped hour, one that occurred twice is the first.
    """
    parser = _parser(how)
    if parser.parts is None:
        return parser.read(text, text)
    return parser.read(text, parser.parts(text) if parts_of is None else parts_of)


def unreadable(how: str) -> str:
    """Say in a few words what a text is not when `parse(how, …)` gives NULL for it.

    Raises:
        LakewardError: `how` is not known.
    """
    return f"not {_parser(how).words}"


def _is_ink(letter: Column) -> Column:
    """Tell cheaply that a letter is no blank; may say no to rarer letters, which then take the long way."""
    return letter.between("!", "~") | letter.between("\u3001", "\ufefe")


def small(text: Column) -> Column:
    """Make letters small. Spark's own way reads all that ICU knows of words in Chinese, 2 s: ASCII is spared it."""
    return F.when(_is_ascii(text), F.translate(text, ascii_uppercase, ascii_lowercase)).otherwise(F.lower(text))


def _is_ascii(text: Column) -> Column:
    return F.octet_length(text) == F.char_length(text)


def _narrow(text: Column) -> Column:
    """Make full-width characters ASCII; text of ASCII only is passed through, as it is nine cells in ten."""
    return F.when(_is_ascii(text), text).otherwise(F.translate(text, WIDE, NARROW))


_TIDIERS: Mapping[str, Callable[[Column], Column]] = {
    "halfwidth": _narrow,
    "tai": lambda text: F.translate(text, "台", "臺"),
    "squeeze": lambda text: F.translate(text, BLANKS, ""),
    "no_dash": lambda text: F.translate(text, "-－", ""),
    "lower": small,
    "clock": lambda text: F.when(text.rlike(r"\A\d{1,5}\z"), F.lpad(text, 6, "0")).otherwise(text),
}


def _number(pattern: str, kind: str) -> Callable[[Column], Column]:
    """Look at the shape first: a failing `try_cast` of text to a number throws inside and costs 7 µs."""
    return lambda text: F.when(text.rlike(pattern), F.replace(text, F.lit(","), F.lit(""))).try_cast(kind)


def _double(text: Column) -> Column:
    return F.coalesce(called("plain_double", text), _number(NUMBER, "double")(_narrow(text)))


def _whole(kind: str) -> Callable[[Column], Column]:
    """Read whole numbers, also counts delivered as floats (`3.0`)."""

    def read(text: Column) -> Column:
        narrow = _narrow(text)
        digits = F.replace(F.substring_index(narrow, ".", 1), F.lit(","), F.lit(""))
        return F.coalesce(called(f"plain_{kind}", text), F.when(narrow.rlike(WHOLE), digits).try_cast(kind))

    return read


def _decimal(precision: int, scale: int) -> Callable[[Column], Column]:
    """Read decimals that fit as they are: places beyond the scale must be zeros."""
    places = rf"\.\d{{0,{scale}}}0*"
    return _number(rf"\A[+-]?(?:{INTEGER}(?:{places})?|(?=\.\d){places})\z", f"decimal({precision},{scale})")


def _year_number(text: Column) -> Column:
    narrow = _narrow(text)
    year, roc = (F.regexp_extract(narrow, YEAR, group).try_cast("int") for group in (1, 2))
    return F.coalesce(year, F.when(roc.between(1, 200), 1911 + roc))


def _boolean(text: Column) -> Column:
    word = F.translate(text, ascii_uppercase, ascii_lowercase)
    return F.when(word.isin("1", "y", "true", "是"), F.lit(True)).when(word.isin("0", "n", "false", "否"), F.lit(False))


def _fields(text: Column, pattern: str, *wanted: str) -> Column:
    """Split text into fields; each joins the groups of its name (`m`: `m0`, `m1`, …). All are empty for other text."""
    groups: list[str] = re.findall(r"\(\?<(\w+)>", pattern)
    shown = ",".join("".join(f"${{{g}}}" for g in groups if g.rstrip("0123456789") == field) for field in wanted)
    return F.split(F.regexp_replace(text, rf"\A{pattern}\z|\A(?s:.*)\z", shown), ",")


def _on(fields: Column, day: Column) -> Column:
    """Make a date of the fields `before`, `roc`, `year`, month and of a day."""
    before, roc, year, month = (F.get(fields, F.lit(i)) for i in range(4))
    years = F.when(roc == "元", 1).otherwise(roc.try_cast("int"))
    gregorian = (
        F.when(year != "", year)
        .when(before != "", (1912 - years).cast("string"))
        .when(roc != "", (1911 + years).cast("string"))
    )
    return F.concat(gregorian, F.lit("-"), month, F.lit("-"), day).try_cast("date")


def _unless_plain(text: Column, function: str, fields: Column) -> Column:
    """Split what is not plain; what is has no parts."""
    return F.when(called(function, text).isNull(), fields)


def _date_parts(text: Column) -> Column:
    return _unless_plain(text, "plain_date", _fields(_narrow(text), MOMENT, "before", "roc", "year", "m", "d"))


def _date(text: Column, parts: Column) -> Column:
    spelled = _on(parts, F.get(parts, F.lit(4)))
    return F.when(parts.isNull(), called("plain_date", text)).otherwise(spelled)


def _month_parts(text: Column) -> Column:
    return _unless_plain(text, "plain_month", _fields(_narrow(text), MONTH, "before", "roc", "year", "m"))


def _month(text: Column, parts: Column) -> Column:
    return F.when(parts.isNull(), called("plain_month", text)).otherwise(_on(parts, F.lit("1")))


def _timestamp_parts(text: Column) -> Column:
    fields = _fields(_narrow(text), MOMENT, "before", "roc", "year", "m", "d", "h", "i", "s", "f")
    return _unless_plain(text, "plain_timestamp", fields)


def _timestamp(text: Column, parts: Column) -> Column:
    """Read the wall clock as if it were UTC, whatever the session's zone is, then move it there from Taipei."""
    hour, minute, second = (F.concat(F.lit("0"), F.get(parts, F.lit(i))).try_cast("bigint") for i in (5, 6, 7))
    micros = F.rpad(F.get(parts, F.lit(8)), 6, "0").try_cast("bigint")
    days = F.unix_date(_on(parts, F.get(parts, F.lit(4)))).cast("bigint")
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    wall = F.timestamp_micros(seconds * 1_000_000 + micros)
    spelled = F.to_utc_timestamp(wall, TAIPEI)
    return F.when(parts.isNull(), called("plain_timestamp", text)).otherwise(spelled)


@dataclass(frozen=True, slots=True)
class _Parser:
    """How one kind of value is read: what it is in words, from text and its parts, and how these are found."""

    words: str
    read: Callable[[Column, Column], Column]
    parts: Callable[[Column], Column] | None = None


def _simple(words: str, read: Callable[[Column], Column]) -> _Parser:
    return _Parser(words, lambda text, _: read(text))


_PARSERS: Mapping[str, _Parser] = {
    "string": _simple("a text", lambda text: text),
    "int": _simple("a whole number", _whole("int")),
    "bigint": _simple("a whole number", _whole("bigint")),
    "long": _simple("a whole number", _whole("bigint")),
    "double": _simple("a number", _double),
    "boolean": _simple("yes or no", lambda text: _boolean(_narrow(text))),
    "date": _Parser("a date", _date, _date_parts),
    "year": _simple("a year", _year_number),
    "year_end": _simple("a year", lambda text: F.make_date(_year_number(text), F.lit(12), F.lit(31))),
    "month": _Parser("a month", _month, _month_parts),
    "month_end": _Parser("a month", lambda text, parts: F.last_day(_month(text, parts)), _month_parts),
    "timestamp": _Parser("a time", _timestamp, _timestamp_parts),
}


def _parser(how: str) -> _Parser:
    if how in _PARSERS:
        return _PARSERS[how]
    if sizes := DECIMAL_TYPE.fullmatch(how):
        precision, scale = map(int, sizes.groups())
        if 1 <= precision <= 38 and scale <= precision:
            return _simple("a number", lambda text: _decimal(precision, scale)(_narrow(text)))
    raise LakewardError(f"nothing parses {how}", remedy=f"use one of {', '.join(_PARSERS)}, decimal(p,s)")
