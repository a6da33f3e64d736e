"""What a file is by its bytes, whatever it is called, and whether it is one plain table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.container import OLE2, ZIP
from lakeward.pipelines.decoding import MARKS, encoding_of, opened, read
from lakeward.pipelines.formats import Csv, Workbook
from lakeward.pipelines.head import on_one_line
from lakeward.sharing.catalogue.text import Text

START_BYTES = 1 << 20
MAGIC = {
    b"%PDF": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"Rar!": "rar", b"7z\xbc\xaf": "7z",
    b"PAR1": "parquet",
}  # fmt: skip
WEB_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
BOOKS = ("xlsx", "xls", "ods")
NO_ROWS = Text("沒有任何資料列", "it has no rows")


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a file.

    Args:
        kind: csv, json, xml, workbook, parquet, html, pdf, …; `empty` for nothing.
        encoding: how its text is encoded; empty where it is none.
        header: the names of its columns, in order; empty where none were found.
        broken: why it cannot be read as what it is.
        faults: why it is not one plain table.
    """

    kind: str
    encoding: str = ""
    header: tuple[str, ...] = ()
    broken: Text | None = None
    faults: tuple[Text, ...] = ()


def look(file: Path) -> Look:
    """Look into a file; gzip and a zip of one file are looked through."""
    kind = ""
    try:
        with opened(str(file)) as stream:
            start = read(stream, START_BYTES)
        kind = _kind(start)
        return _seen(file, kind, start)
    except DeliveryRefused as cause:
        ending = file.suffix.lower().removeprefix(".")
        is_another = kind == "workbook" and ending not in BOOKS  # Word's files and zips begin with the same bytes
        told = Text(f"無法讀取：{cause.problem}", cause.problem)
        return Look(ending or "file") if is_another else Look(kind or "file", broken=told)


def _seen(file: Path, kind: str, start: bytes) -> Look:
    match kind:
        case "csv" | "json" | "xml":
            from lakeward.sharing.precheck import tables

            encoding, _ = encoding_of(str(file), start, len(start) < START_BYTES, Csv())
            return tables.READERS[kind](file, encoding)
        case "workbook":
            return _workbook(file)
        case "parquet":
            return _parquet(file)
        case _:
            return Look(kind)


def _kind(start: bytes) -> str:
    if not start.strip(b"\0 \r\n\t" + b"".join(mark for mark, _ in MARKS)):
        return "empty"
    if start.startswith((ZIP, OLE2)):
        return "workbook"
    if told := next((kind for magic, kind in MAGIC.items() if start.startswith(magic)), ""):
        return told
    for mark, _ in MARKS:
        start = start.removeprefix(mark)
    text = start.replace(b"\0", b"").lstrip()  # UTF-16 has them
    if WEB_PAGE.match(text):
        return "html"
    return {b"<": "xml", b"{": "json", b"[": "json"}.get(text[:1], "csv")


def _workbook(file: Path) -> Look:
    from lakeward.pipelines import workbook

    head = workbook.read_head(str(file), Workbook())
    faults = header_faults(head.header)
    if head.title or head.header_line > 1:
        faults.append(Text("標題列上方還有其他內容", "something stands above the header"))
    if not head.has_rows:
        faults.append(NO_ROWS)
    return Look("workbook", "", tuple(map(on_one_line, head.header)), None, tuple(faults))


def _parquet(file: Path) -> Look:
    from pyarrow import ArrowException, types

    from lakeward.lake import delta

    try:
        with delta.parquet(file) as table:
            schema = table.schema_arrow
    except (ArrowException, OSError) as cause:
        return Look("parquet", broken=Text("檔案損壞", f"it is damaged: {cause}"))
    deep = [each.name for each in schema if types.is_nested(each.type)]
    return Look("parquet", "", tuple(schema.names), None, nested(deep))


def header_faults(header: Sequence[str]) -> list[Text]:
    """Say what is wrong with the names of columns."""
    found = list[Text]()
    if blank := ", ".join(str(place) for place, name in enumerate(header, start=1) if not name.strip()):
        found.append(Text(f"第 {blank} 欄沒有名稱", f"columns without a name: {blank}"))
    if twice := ", ".join(name for name, count in Counter(filter(str.strip, header)).items() if count > 1):
        found.append(Text(f"欄位名稱重複：{twice}", f"names that stand twice: {twice}"))
    if header and all(re.fullmatch(r"[\d.,/:\s-]+", name) for name in header):
        found.append(Text("第一列是數字，不像欄位名稱", "its first row holds numbers, not names"))
    return found


def nested(names: Sequence[str]) -> tuple[Text, ...]:
    """Say that columns hold more than one value."""
    told = ", ".join(names)
    return (Text(f"有巢狀的欄位：{told}", f"nested columns: {told}"),) if told else ()
