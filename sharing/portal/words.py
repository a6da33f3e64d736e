"""What the portal says in two languages, and how it writes numbers, sizes and days."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from lakeward.sharing.catalogue.text import Language, Text

LANGUAGES: tuple[Language, ...] = ("zh", "en")
LONG_CELL = 60
TAGS = {"zh": "zh-Hant-TW", "en": "en"}
UNITS = {
    "people": "人", "cases": "例", "crashes": "件", "rows": "列", "reports": "筆", "places": "處", "stations": "站",
    "readings": "筆", "docks": "席", "days": "日", "villages": "村里", "surveys": "次", "towns": "鄉鎮市區",
    "NT$ per kg": "元／公斤", "kg": "公斤", "mm": "毫米", "burglaries": "件", "cameras": "支", "clinics": "家",
    "temples": "座", "schools": "所", "floods": "筆", "containers": "個", "households": "戶", "NT$": "元",
}  # fmt: skip
TYPES = {
    "string": ("文字", "text"), "int": ("整數", "whole number"), "bigint": ("整數", "whole number"),
    "double": ("小數", "number"), "date": ("日期", "date"), "timestamp": ("時間", "time (UTC)"),
    "boolean": ("是／否", "yes or no"),
}  # fmt: skip


def of_unit(unit: str) -> Text:
    """Give a declared unit in both languages; what has no Chinese word of its own stays."""
    return Text(UNITS.get(unit, unit), unit)


def of_type(kind: str) -> Text:
    """Give a Spark type in words; one without words stays."""
    return Text(*TYPES[kind]) if kind in TYPES else Text(kind, kind)


def number(value: object) -> str:
    """Write a value for people: thousands apart, four digits that tell, days as ISO, nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"
    return day(value) if isinstance(value, date) else str(value)


def size(count: int) -> str:
    """Write a number of bytes for people."""
    told = float(count)
    for unit in ("B", "KB", "MB"):
        if told < 1000:
            return f"{told:.0f} {unit}" if unit == "B" else f"{told:.1f} {unit}"
        told /= 1000
    return f"{told:.1f} GB"


def day(moment: date | str) -> str:
    """Write the day of a moment as ISO; of a time, which is in UTC, also hour and minute."""
    if isinstance(moment, datetime):
        return f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    return moment.isoformat() if isinstance(moment, date) else moment[:10]


def listed(texts: Sequence[Text]) -> Text:
    """Join things as each language does."""
    return Text("、".join(text.zh for text in texts), ", ".join(text.en for text in texts))


def many(count: int, language: Language) -> str:
    """Write a large number in little room."""
    steps = ((1e8, " 億"), (1e4, " 萬")) if language == "zh" else ((1e9, "B"), (1e6, "M"), (1e3, "K"))
    for step, word in steps:
        if count >= step:
            return f"{count / step:,.0f}{word}" if count >= 100 * step else f"{count / step:.3g}{word}"
    return f"{count:,}"


def percent(share: float) -> str:
    """Write a share of one."""
    return "0%" if share == 0 else "<0.1%" if share < 0.001 else f"{100 * share:.3g}%"


def cell(value: object, kind: str = "") -> str:
    """Write a value of a table in a cell; the scripts of the page (`rows.js`) write alike. Years bear no comma."""
    if isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
    else:
        text = str(value) if kind == "plain" and value is not None else number(value)
    return text if len(text) <= LONG_CELL else f"{text[: LONG_CELL - 1]}…"
