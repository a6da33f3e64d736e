"""Formats of Python's `strptime` as patterns of Java, for the fields that are written in digits.

Python takes the first way in which its pattern fits the start of a text, and then asks that nothing is left and that
the date exists. So does this: the same alternatives in the same order, then the same questions. Where Python's pattern
says any digit or any blank, so does ours, by Python's own list of them.
"""

from __future__ import annotations

import re
import sys
from functools import cache

from lakeward.quality.sql import NotCompiled, literal

FIELDS = {
    "Y": r"\d\d\d\d",
    "y": r"\d\d",
    "m": "1[0-2]|0[1-9]|[1-9]",
    "d": r"3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9]",
    "H": r"2[0-3]|[0-1]\d|\d",
    "M": r"[0-5]\d|\d",
    "S": r"6[0-1]|[0-5]\d|\d",
    "f": "[0-9]{1,6}",
}
FOLDED_TO_MORE = "iksIKS"
"""Letters that Python, blind to case, also finds in letters beyond ASCII."""


def is_written_as(text: str, strftime_format: str) -> str:
    """Give the SQL condition that a text is a time in a format.

    Args:
        text: SQL of the text.
        strftime_format: as `%Y-%m-%dT%H:%M:%S`.

    Raises:
        NotCompiled: it has a field, or a letter, for which Python's answer is not to be had.
    """
    pattern, fields = _pattern(strftime_format)
    group = f"regexp_extract({text}, {literal(pattern)}"
    part = {field: _number(f"{group}, {place})") for place, field in enumerate(fields, start=1)}
    asked = [f"{group}, 0) = {text}", f"{text} <> ''"]
    asked += [f"{part['S']} < 60"] if "S" in part else []
    asked += [f"{part['Y']} > 0"] if "Y" in part else []
    asked += [f"{part['d']} <= {_days(part)}"] if "d" in part else []
    return f"coalesce({' and '.join(asked)}, false)"


def _pattern(strftime_format: str) -> tuple[str, list[str]]:
    """Give Java's pattern, a group a field, and the fields in order."""
    pieces, fields = [], []
    any_digit = "".join(f"{zero}-{nine}" for zero, nine in zip(digits()[::10], digits()[9::10], strict=True))
    for piece in re.findall(r"%.?|\s+|[^%\s]", strftime_format, re.DOTALL):
        if piece[0] == "%" and piece != "%%":
            if piece[1:] not in FIELDS or piece[1:] in fields:
                raise NotCompiled(f"{piece} is no field in digits, or stands there twice")
            fields.append(piece[1:])
            pieces.append(f"({FIELDS[piece[1:]]})".replace(r"\d", f"[{any_digit}]"))
        else:
            pieces.append(f"[{blanks()}]+" if piece.isspace() else _letter(piece[-1]))
    if not fields or ("Y" in fields and "y" in fields) or ({"m", "d"} <= {*fields} and not {"Y", "y"} & {*fields}):
        raise NotCompiled("its year is missing, or told twice")
    return r"\A" + "".join(pieces), fields


def _letter(letter: str) -> str:
    if letter in FOLDED_TO_MORE or (not letter.isascii() and not letter == letter.lower() == letter.upper()):
        raise NotCompiled(f"Python reads {letter} in more ways than one")
    if letter.isascii() and letter.isalpha():
        return f"[{letter.lower()}{letter.upper()}]"
    return letter if letter.isalnum() else f"\\{letter}"


def _number(text: str) -> str:
    plain = "0123456789" * (len(digits()) // 10)
    return f"try_cast(translate({text}, {literal(digits())}, {literal(plain)}) as int)"


def _days(part: dict[str, str]) -> str:
    """Give the SQL of how many days the month has; without a month it is January."""
    leap = f"{part['y']} % 4 = 0" if "y" in part else "false"
    if "Y" in part:
        leap = f"({part['Y']} % 4 = 0 and {part['Y']} % 100 <> 0) or {part['Y']} % 400 = 0"
    february = f"CASE WHEN {leap} THEN 29 ELSE 28 END"
    month = part.get("m", "1")
    return f"CASE WHEN {month} = 2 THEN {february} WHEN {month} in (4, 6, 9, 11) THEN 30 ELSE 31 END"


@cache
def digits() -> str:
    """Give every digit that Python knows, of all scripts, each script from 0 to 9."""
    return "".join(chr(code) for code in range(sys.maxunicode + 1) if chr(code).isdecimal())


@cache
def blanks() -> str:
    """Give every blank that Python knows."""
    return "".join(chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace())
