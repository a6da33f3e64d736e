"""Text looked through to its end: is it what it says, and does it stand in rows and columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, cast
from xml.etree import ElementTree

from lakeward.pipelines.decoding import DAMAGED, damaged, opened
from lakeward.pipelines.delimited import RECORD_BYTES
from lakeward.pipelines.head import on_one_line
from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.precheck.look import NO_ROWS, Look, header_faults, nested

MOST_JSON = 64 << 20
RECORD_DEPTH, CELL_DEPTH = 2, 3
SHOWN = 5
TOO_LARGE = Text("超過 64 MB，請改為 CSV", "it is larger than 64 MB: make it CSV")
DELIMITERS = ",\t;|"


def _csv(file: Path, encoding: str) -> Look:
    """Look through a CSV; memory does not grow with it."""
    csv.field_size_limit(RECORD_BYTES)
    header, faults, ragged, blank, count, widest = list[str](), list[Text](), list[int](), 0, 0, 0
    line, mark = 0, ","
    try:
        with _text(file, encoding) as text:
            lines = _lines(text)
            first = next(lines, "")
            mark = max(DELIMITERS, key=first.count)
            rows = csv.reader(chain([first], lines), delimiter=mark, strict=True)
            header = [on_one_line(name) for name in next(rows, [])]
            for row in rows:
                count, widest, line = count + 1, max(widest, len(row)), rows.line_num
                if not any(map(str.strip, row)):
                    blank += 1
                elif len(row) != len(header):
                    ragged.append(rows.line_num)
    except UnicodeDecodeError:
        broken = Text(f"第 {line} 行之後不是 {encoding}", f"what follows line {line} is not {encoding}")
        return Look("csv", encoding, tuple(header), broken)
    except csv.Error:
        broken = Text(f"第 {line} 行之後的引號沒有成對", f"quotes that follow line {line} do not match")
        return Look("csv", encoding, tuple(header), broken)
    faults = header_faults(header)
    if mark != ",":
        faults.append(Text(f"欄位以 {mark!r} 分隔，不是逗號", f"cells are parted by {mark!r}, not by commas"))
    faults += _ragged(ragged, len(header), widest)
    faults += [Text(f"有 {blank} 個空白列", f"{blank} blank rows")] if blank else []
    faults += [] if count else [NO_ROWS]
    return Look("csv", encoding, tuple(header), None, tuple(faults))


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Give lines, none longer than memory should hold."""
    while line := text.readline(RECORD_BYTES):
        if len(line) == RECORD_BYTES:
            raise csv.Error("a line without an end")
        yield line


def _ragged(lines: Sequence[int], width: int, widest: int) -> list[Text]:
    if not lines:
        return []
    told = ", ".join(map(str, lines[:SHOWN])) + (", …" if len(lines) > SHOWN else "")
    if width == 1 < widest:
        return [Text("第一列是標題文字，不是欄位名稱", "its first row is a title, not the names of columns")]
    count = len(lines)
    return [Text(f"{count} 列的欄數不是 {width}（第 {told} 行）", f"{count} rows without {width} cells: lines {told}")]


def _json(file: Path, encoding: str) -> Look:
    try:
        with _text(file, encoding) as text:
            content = text.read(MOST_JSON + 1)
        if len(content) > MOST_JSON:
            return Look("json", encoding, faults=(TOO_LARGE,))
        told = json.loads(content)
    except (ValueError, RecursionError) as cause:
        return Look("json", encoding, broken=Text(f"不是正確的 JSON：{cause}", f"it is not JSON: {cause}"))
    rows = _rows(told)
    if not rows:
        return Look("json", encoding, faults=(Text("不是物件的清單", "it is no list of objects"),))
    deep = dict.fromkeys(key for row in rows for key, value in row.items() if isinstance(value, list | dict))
    return Look("json", encoding, tuple(dict.fromkeys(key for row in rows for key in row)), None, nested(list(deep)))


def _rows(told: Any) -> list[dict[str, Any]]:
    """Find the list of records: the document itself, or what stands in its envelope."""
    lists = [told] if isinstance(told, list) else list(told.values()) if isinstance(told, dict) else []
    return next((each for each in lists if _are_records(each)), [])


def _are_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _xml(file: Path, encoding: str) -> Look:
    """Look through XML: records below the root, cells below those; what the parser unfolds is bounded by itself."""
    names, deep, depth = dict[str, None](), dict[str, None](), 0
    root: ElementTree.Element | None = None
    try:
        with _whole(file) as stream:
            for event, node in ElementTree.iterparse(stream, ("start", "end")):  # noqa: S314
                root = node if root is None else root
                depth += 1 if event == "start" else -1
                if event == "start" and depth >= CELL_DEPTH:
                    (names if depth == CELL_DEPTH else deep)[node.tag.rpartition("}")[2]] = None
                elif event == "end" and depth < RECORD_DEPTH:
                    root.clear()  # else it would hold every record
    except (ElementTree.ParseError, LookupError, ValueError) as cause:
        return Look("xml", encoding, broken=Text(f"不是正確的 XML：{cause}", f"it is not XML: {cause}"))
    return Look("xml", encoding, tuple(names), None, nested(list(islice(deep, SHOWN))))


@contextmanager
def _text(file: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    with _whole(file) as stream:
        yield io.TextIOWrapper(stream, _marked(encoding), newline="")


@contextmanager
def _whole(file: Path) -> Iterator[IO[bytes]]:
    """Open a file to be read to its end.

    Raises:
        DeliveryRefused: what is packed in it ends before.
    """
    with opened(str(file)) as stream:
        try:
            yield cast("IO[bytes]", stream)
        except DAMAGED as cause:
            raise damaged() from cause


def _marked(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


READERS: dict[str, Callable[[Path, str], Look]] = {"csv": _csv, "json": _json, "xml": _xml}
