"""The six flags of one file, judged by what was seen of it and by what the portal's form says of it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from unicodedata import normalize
from urllib.parse import urlsplit

from lakeward.sharing.catalogue.address import PLACEHOLDER
from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.precheck.finding import Described, Finding
from lakeward.sharing.precheck.look import BOOKS, Look, look

ENDINGS = {
    "csv": (".csv", ".txt"), "json": (".json", ".geojson"), "xml": (".xml", ".kml", ".gml", ".rdf"),
    "workbook": tuple(f".{each}" for each in BOOKS), "parquet": (".parquet",),
}  # fmt: skip
"""What structured files are called."""
PACKED = (".gz", ".zip")
FOR_LINKS = re.compile(r"[\w.~/%:@!$&'()*+,;=?-]+", re.ASCII)
SAME = {"utf-8-sig": "UTF-8", "cp950": "BIG5", "big5hkscs": "BIG5", "ascii": "UTF-8"}
UNKNOWN = Text("尚無法判斷", "cannot be told yet")
FOR_EXCEL = Text("加上 BOM，Excel 開啟才不會亂碼", "add a byte order mark, or Excel garbles Chinese")
AGAIN = Text("請修正後重新匯出，不設密碼", "mend it and export it again, without a password")


def precheck(file: Path, described: Described, *, is_named: bool = True) -> tuple[Finding, ...]:
    """Find the six flags of a file that is going to be uploaded, in the portal's order.

    Args:
        file: the file.
        described: what the portal's form says of it.
        is_named: its name is what citizens will see; False for one that came from an address.
    """
    seen = look(file)
    return (
        _linkable(described.url),
        _downloadable(file.name if is_named else "", seen),
        _structure(seen),
        _encoding(seen, described.encoding),
        _columns(seen, described.fields),
        _table(seen),
    )


def _linkable(url: str) -> Finding:
    """Whether an address can answer; that it does, only the portal sees, after the upload."""
    if not url or url.startswith(f"{PLACEHOLDER}/"):
        return Finding("linkable", None, UNKNOWN, Text("請提供下載網址", "say where it will be downloaded"))
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        told = Text("不是公開的網址", "that is no public web address")
        mend = Text("請用 https:// 開頭、不含帳號的網址", "give https://…, without a user")
        return Finding("linkable", False, told, mend)
    if not FOR_LINKS.fullmatch(url):
        told = Text("網址含空白或未編碼的中文", "the address holds blanks or unquoted letters")
        return Finding("linkable", False, told, Text("檔名請用英數字", "name the file in ASCII letters"))
    return Finding("linkable", True, Text("網址格式正確", "the address is well formed"))


def _downloadable(name: str, seen: Look) -> Finding:
    if seen.kind == "empty":
        return Finding("downloadable", False, Text("檔案是空的", "the file is empty"), AGAIN)
    if seen.kind == "html":
        told = Text("內容是網頁，不是資料檔", "it is a web page, not a data file")
        return Finding("downloadable", False, told, Text("請連結檔案本身", "link the file itself, not a page about it"))
    ending = next((each.lower() for each in reversed(PurePosixPath(name).suffixes) if each.lower() not in PACKED), "")
    fitting = ENDINGS.get(seen.kind, (f".{seen.kind}",))
    if name and not name.lower().endswith(f".{seen.kind}") and ending not in fitting and not seen.broken:
        called, names = ending or "—", " ".join(fitting)
        told = Text(f"副檔名是 {called}，內容卻是 {seen.kind}", f"it is called {called} and is {seen.kind}")
        return Finding("downloadable", False, told, Text(f"請改用副檔名 {names}", f"let its name end in {names}"))
    if seen.broken:
        return Finding("downloadable", False, seen.broken, AGAIN)
    return Finding("downloadable", True, Text("是檔案本身", "it is the file itself"))


def _structure(seen: Look) -> Finding:
    if seen.broken:
        return Finding("structure", False, seen.broken, AGAIN)
    if seen.kind not in ENDINGS:
        told = Text(f"{seen.kind} 不是結構化格式", f"{seen.kind} is no structured format")
        return Finding("structure", False, told, Text("請提供 CSV、JSON 或 XML", "give CSV, JSON or XML"))
    return Finding("structure", True, Text(seen.kind, seen.kind))


def _encoding(seen: Look, described: str) -> Finding:
    if not seen.encoding:
        return Finding("encoding_match", None, Text("此格式不另註明編碼", "this format needs no encoding"))
    is_, said = _plain(seen.encoding), _plain(described)
    if is_ != said:
        told = Text(f"檔案是 {is_}，表單寫 {said}", f"the file is {is_}, the form says {said}")
        mend = Text("請存成 UTF-8，表單也填 UTF-8", "save it as UTF-8, and say so in the form")
        return Finding("encoding_match", False, told, mend)
    is_bare = seen.kind == "csv" and seen.encoding == "utf-8"
    return Finding("encoding_match", True, Text(is_, is_), FOR_EXCEL if is_bare else None)


def _plain(encoding: str) -> str:
    """Give an encoding's name as the portal's form has it."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return encoding.upper()
    return SAME.get(name, name.upper())


def _columns(seen: Look, described: Sequence[str]) -> Finding:
    names = "、".join(seen.header)
    if not described:
        mend = Text(f"主要欄位說明請填：{names}", "write its columns into the form, as told in Chinese")
        return Finding("desc_match", None, UNKNOWN, mend if names else None)
    has, said = {_same(name) for name in seen.header}, {_same(name) for name in described}
    if lacking := [name for name in described if _same(name) not in has]:
        told = Text(f"檔案沒有：{'、'.join(lacking)}", f"the file lacks {', '.join(lacking)}")
        return Finding("desc_match", False, told, Text(f"檔案有：{names}", "name the columns as the file does"))
    more = [name for name in seen.header if _same(name) not in said]
    mend = Text(f"表單還沒說明：{'、'.join(more)}", f"the form says nothing of {len(more)} more columns")
    told = Text(f"{len(described)} 個欄位都在", f"all {len(described)} are there")
    return Finding("desc_match", True, told, mend if more else None)


def _same(name: str) -> str:
    return re.sub(r"\s+", "", normalize("NFKC", name)).casefold()


def _table(seen: Look) -> Finding:
    if seen.kind not in ENDINGS or seen.broken:
        return Finding("csv", False, Text("不是表格", "it is no table"), Text("請提供 CSV", "give a CSV"))
    if seen.faults:
        told = Text("；".join(each.zh for each in seen.faults), "; ".join(each.en for each in seen.faults))
        mend = Text("第一列放欄位名稱，之後每列欄數相同", "names in the first row, as many cells in each other")
        return Finding("csv", False, told, mend)
    return Finding("csv", True, Text(f"{len(seen.header)} 欄的單一表格", f"one table of {len(seen.header)} columns"))
