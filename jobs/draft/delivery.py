"""How a delivery's rows stand in it: encoding, delimiter, titles, header, footers. Nothing is known before."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.decoding import opened
from lakeward.pipelines.formats import Csv, Format, Json
from lakeward.pipelines.head import Head, on_one_line
from lakeward.pipelines.reading import read_head, read_rows
from lakeward.pipelines.shapes import BLANKS, looks_like

LOOKED_AT = 20_000
"""So many rows tell what columns hold; more would not change it and take their time."""
DELIMITERS = (",", "\t", ";", "|")
TITLES = 12
"""So far down is a header looked for."""
RAGGED = 0.05
"""From this share of rows on, those that are whole do not tell what makes a row unique."""
REMARKS = 8
"""So many rows at the end may be remarks."""
TOTAL = r"^(?:總\s*計|合\s*計|小\s*計|總\s*數|Total)$"
REMARK = re.compile(r"[:：。]|^\s*(?:註|備註|附註|說明|資料來源|單位|※|\*)")
Row = list[str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was found in a file.

    Args:
        format: how to read it.
        header: its headers.
        rows: its first rows below, without remarks; cells stripped of blanks.
        is_all: these are all of its rows.
        notes: what a person should know.
        is_even: nearly all rows have as many cells as the header.
    """

    format: Format
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_all: bool
    notes: tuple[str, ...] = ()
    is_even: bool = True


def look(path: str) -> Delivery:
    """Look at a file and tell how to read it.

    Raises:
        DeliveryRefused: it is empty, damaged, or of a kind that is not read.
    """
    try:
        heads = [read_head(path, Csv(delimiter=mark)) for mark in DELIMITERS]
    except DeliveryRefused as refusal:
        if not refusal.problem.startswith("the file is JSON"):
            raise
        return _json(path)
    head = max(heads, key=_regularity)
    if not head.header:
        raise DeliveryRefused("the file has no header", remedy="ask the agency for the file again")
    return _grid(path, head)


def _regularity(head: Head) -> int:
    """Count the cells that rows of the most frequent width hold together."""
    widths = Counter(len(row) for row in (head.header, *head.first_rows))
    return max((width - 1) * rows for width, rows in widths.items())


def _grid(path: str, head: Head) -> Delivery:
    plain = Csv(encoding=head.encoding.removesuffix("-sig"), delimiter=head.delimiter or ",")
    notes = [f"{head.encoding} is a guess: no other encoding that agencies use reads it"] if head.warnings else []
    found = _raw_rows(path, plain, head)
    raw = [[text.strip(BLANKS) for text in head.header], *islice(found, LOOKED_AT)]
    is_all = next(found, None) is None
    width = Counter(map(len, raw)).most_common(1)[0][0]
    first, last = _header_at(raw, width)
    form = replace(plain, header=_pattern(raw[first]) if first else "", header_rows=last - first + 1)
    body = raw[last + 1 :]
    footers = _footers(body, width, is_all=is_all)
    if first:
        notes.append(f"{first} {'row stands' if first == 1 else 'rows stand'} above the header")
    form = replace(form, footers=footers[0])
    header = read_head(path, form).header
    data = [row for place, row in enumerate(body) if place not in footers[1] and any(row)]
    kept = [row for row in data if len(row) == len(header) or (len(row) > len(header) and not any(row[len(header) :]))]
    if ragged := len(data) - len(kept):
        notes.append(f"{ragged:,} rows do not have as many cells as the header: they will be refused")
    rows = tuple(tuple(row[: len(header)]) for row in kept)
    return Delivery(form, header, rows, is_all, tuple(notes), ragged <= RAGGED * len(data))


def _raw_rows(path: str, form: Csv, head: Head) -> Iterator[Row]:
    """Give every row below the first, with the cells that it has."""
    for batch in read_rows(path, form, head):
        told = batch.to_pydict()
        cells = [told[name] for name in batch.schema.names[5:]]
        for beyond, *row in zip(told["_overflow"], *cells, strict=True):
            yield [text.strip(BLANKS) for text in (*row, *(beyond or ())) if text is not None]


def _header_at(raw: Sequence[Row], width: int) -> tuple[int, int]:
    """Find the first and the last row of the header: rows without numbers where those below have them."""
    body = raw[min(TITLES, len(raw) // 2) :]
    numeric = [place for place in range(width) if _is_numeric([row[place] for row in body if place < len(row)])]

    def is_header(row: Row) -> bool:
        return not any(row[place] and looks_like("double", row[place]) for place in numeric if place < len(row))

    filled = [sum(map(bool, row)) for row in raw[:TITLES]]
    first = next((at for at, cells in enumerate(filled) if cells >= 0.6 * width or cells == max(filled)), 0)
    last = first
    while first and _completes(raw[first - 1], raw[first]):
        first -= 1
    while numeric and last + 1 < len(filled) and is_header(raw[last + 1]) and filled[last + 1] > 1:
        last += 1
    if last > first and filled[last] >= 0.9 * width and _is_chinese(raw[last]) and not _is_chinese(raw[first]):
        return last, last  # the same header in English stands above
    return first, last


def _completes(above: Row, row: Row) -> bool:
    """True where a row names columns that the one below leaves blank, as merged cells do and titles do not."""
    return any(text and place < len(row) and not row[place] for place, text in enumerate(above))


def _is_numeric(values: Sequence[str]) -> bool:
    filled = [text for text in values if text]
    return bool(filled) and sum(looks_like("double", text) for text in filled) >= 0.8 * len(filled)


def _is_chinese(row: Row) -> bool:
    return any("一" <= letter <= "鿿" for text in row for letter in text)


def _pattern(header: Row) -> str:
    """Give a pattern that only the header has: its first cell."""
    return f"^{re.escape(on_one_line(next(filter(None, header))))}$".replace("\\ ", " ")


def _footers(body: Sequence[Row], width: int, *, is_all: bool) -> tuple[tuple[str, ...], set[int]]:
    """Give patterns of the first cell of remarks and totals, and where these stand."""
    patterns: dict[str, None] = {}
    places: set[int] = set()
    for place in range(len(body) - 1, max(len(body) - 1 - REMARKS, -1), -1) if is_all and width > 2 else ():
        row = body[place]
        if not any(row):
            continue
        first = next(filter(None, row))
        if sum(map(bool, row)) > 1 or not REMARK.search(first):
            break
        patterns[f"^{re.escape(re.split(r'[:：。0-9]', first)[0][:12])}"] = None
        places.add(place)
    totals = {place for place, row in enumerate(body) if any(row) and re.search(TOTAL, next(filter(None, row)))}
    if totals and len(totals) < max(len(body) / 2, 1):
        patterns[TOTAL] = None
        places |= totals
    return tuple(patterns), places


def _json(path: str) -> Delivery:
    with opened(path) as stream:
        found = max(_lists(json.load(stream), ""), key=lambda each: each[0], default=None)
    if found is None:
        raise DeliveryRefused("the JSON file holds no list of objects", remedy="say in `rows` of Json where rows stand")
    form = Json(rows=found[1])
    head = read_head(path, form)
    batches = (batch.to_pylist() for batch in read_rows(path, form, head))
    listed = (tuple((text or "").strip(BLANKS) for text in list(row.values())[5:]) for rows in batches for row in rows)
    rows = tuple(islice(listed, LOOKED_AT))
    return Delivery(form, head.header, rows, next(listed, None) is None)


def _lists(value: Any, at: str) -> Iterator[tuple[int, str]]:
    """Give the length and the path of every list of objects in a JSON value."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield len(value), at
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield from _lists(inner, f"{at}.{key}".removeprefix("."))
