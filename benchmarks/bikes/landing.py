"""The landing folder that every way reads: the agencies' days, or made ones, and one made day that has bad rows."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

FOLDER = Path("traffic", "youbike_slots")
HEADER = ("sno", "total", "available_rent_bikes", "available_return_bikes", "infoTime")
BAD_DAY = date(1999, 12, 31)
BAD_ROWS = 20_000
ONE_BAD_IN = 100
STATIONS = 1_600
YEARS_APART = 10
Row = tuple[str, ...]


def write(landing: Path, agency: Path | None, times: int = 1, days: int = 30, rows: int = 90_000) -> int:
    """Write the folder; give the bytes of its files as plain text.

    Args:
        landing: a new folder.
        agency: a landing folder with the agency's days; None or one without them: days are made.
        times: how often each day is there, each time in another decade.
        days: how many days are made.
        rows: of each.
    """
    target = landing / FOLDER
    target.mkdir(parents=True)
    found = sorted((agency / FOLDER).glob("*.csv.gz")) if agency else []
    size = 0
    for path in found:
        text = gzip.decompress(path.read_bytes()).decode()
        day = re.search(r"\d{4}-\d{2}-\d{2}", path.name)
        assert day, f"{path.name} names no day"
        for turn in range(times):
            later = f"{int(day[0][:4]) + turn * YEARS_APART}{day[0][4:]}"
            size += _put(target / f"{later}.csv.gz", text.replace(day[0], later))
    if not found:
        for then in (date(2020, 1, 1) + timedelta(n) for n in range(days * times)):
            size += _put(target / f"{then}.csv.gz", _text(then, rows))
    return size + _put(target / f"{BAD_DAY}.csv.gz", _text(BAD_DAY, BAD_ROWS, ONE_BAD_IN))


def _put(path: Path, text: str) -> int:
    path.write_bytes(gzip.compress(text.encode(), 6, mtime=0))
    return len(text.encode())


def _text(day: date, rows: int, one_bad_in: int = 0) -> str:
    lines = [",".join(row) for row in (HEADER, *_rows(day, rows, one_bad_in))]
    return "\n".join(lines) + "\n"


def _rows(day: date, rows: int, one_bad_in: int) -> Iterator[Row]:
    """Give made readings; one of so many is bad, in five ways in turn, and the last of them repeats a whole row."""
    first: Row | None = None
    for n in range(rows):
        second = (n // STATIONS) * 60 % 86_400 + n % 60
        at = f"{day} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        docks, bikes = 10 + n % 50, n * 7 % (10 + n % 50)
        row: Row = (f"500{100_000 + n % STATIONS}", str(docks), str(bikes), str(docks - bikes), at)
        first = first or row
        if one_bad_in and n % one_bad_in == one_bad_in - 1:
            row = (
                (row[0], row[1], "x", *row[3:]),
                (row[0], "501", *row[2:]),
                ("", *row[1:]),
                (*row[:4], f"{day + timedelta(3)}{at[10:]}"),
                first,
            )[n // one_bad_in % 5]
        yield row


def small(landing: Path, files: int, rows: int, begin: int = 0) -> None:
    """Write many small days, each a file."""
    (landing / FOLDER).mkdir(parents=True, exist_ok=True)
    for n in range(begin, begin + files):
        day = date(2010, 1, 1) + timedelta(n)
        with (landing / FOLDER / f"{day}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows((HEADER, *_rows(day, rows, 0)))
