"""What one column of a delivery holds, guessed from its header and its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from lakeward.jobs.draft.words import unit_of
from lakeward.pipelines.head import on_one_line
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.pipelines.shapes import BLANKS, looks_like

MISFITS = 0.01
"""More values than this that do not fit make another kind of column; fewer are mistakes, for quarantine."""
NO_VALUE = {
    "-", "--", "---", "－", "—", "–", "...", "…", "…..", "*", "**", "/", "&", "?", "？", "x", "X", "V", "T",
    "NA", "N/A", "n/a", "nan", "NaN", "NULL", "null", "None", "無", "無資料", "不詳", "未提供", "缺漏",
    "#N/A", "#VALUE!", "#REF!", "#DIV/0!",
}  # fmt: skip
NEVER = {"-99", "-999", "-9999", "-99.9", "-999.9", "-9.9", "-9.5", "-9.6", "-9.7", "-9.8", "9999999"}
"""Numbers that stand for no value where all others are not negative."""
TEXT_NO_VALUE = NO_VALUE - {"無", "不詳", "T", "X", "x", "V", "/", "?", "？"}
MOST_CODES = 15
LEAST_REPEATED = 5
CODE = re.compile(r"代碼|代號|編號|統一編號|郵遞區號|\bcode\b|(?<![a-z])id$|_id\b|電話|\bsno\b|^no$", re.IGNORECASE)
TIME_WORDS = re.compile(r"日期|時間|日$|年月|date|time|(?<![a-z])day", re.IGNORECASE)
MONTH_WORDS = re.compile(r"年月|月份|yyymm|yearmonth|\bmonth\b|info_?time", re.IGNORECASE)
LON, LAT = (116.0, 123.0), (20.0, 27.0)
X_TWD97, Y_TWD97 = (-50_000.0, 400_000.0), (2_300_000.0, 2_900_000.0)
MOST_INT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Guess:
    """A column as it seems to be.

    Args:
        header: the agency's header.
        type: a Spark SQL type.
        end: how its name is to end, with its unit.
        unit: in words.
        parse: how text becomes a value, where not as the type says.
        tidy: normalisers.
        nulls: text that means no value.
        reads: text that stands for another.
        values: how often each text occurs, no values left out.
        empty: the share (0–1) of rows without a value.
        misfits: text that does not fit, for a person to look at.
    """

    header: str
    type: str
    end: str = ""
    unit: str = ""
    parse: str = ""
    tidy: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    reads: tuple[tuple[str, str], ...] = ()
    values: Counter[str] | None = None
    empty: float = 0.0
    misfits: tuple[str, ...] = ()

    @property
    def counts(self) -> Counter[str]:
        """How often each value occurs."""
        return self.values or Counter()

    @property
    def codes(self) -> tuple[str, ...]:
        """Its values, the most frequent first, where they are a list; empty where they are not."""
        found = self.counts
        is_list = (
            self.type == "string" and 1 < len(found) <= MOST_CODES and found.total() >= LEAST_REPEATED * len(found)
        )
        return tuple(value for value, _ in found.most_common()) if is_list else ()

    @property
    def is_county(self) -> bool:
        """True where every value is a county of today, once written 臺."""
        return bool(self.counts) and all(text.replace("台", "臺") in COUNTY_NAMES for text in self.counts)

    @property
    def shape(self) -> str:
        """Give a pattern of codes of one length that are digits and signs; empty where there is none."""
        if self.type != "string" or len(self.counts) < LEAST_REPEATED or not CODE.search(on_one_line(self.header)):
            return ""
        shapes = {re.sub(r"\d+", lambda run: rf"\d{{{len(run[0])}}}", re.escape(text)) for text in self.counts}
        return f"^{shapes.pop()}$".replace(r"\-", "-") if len(shapes) == 1 else ""


def guess(header: str, texts: Iterable[str]) -> Guess:
    """Tell what a column holds from all its cells, stripped of blanks."""
    counts = Counter(texts)
    rows = counts.total()
    blank = counts.pop("", 0)
    found = _typed(on_one_line(header), counts)
    kept = Counter({text: times for text, times in counts.items() if text not in found.nulls})
    empty = (blank + counts.total() - kept.total()) / rows if rows else 1.0
    tidy = _tidy(header, kept) if found.type == "string" else ()
    return Guess(
        header,
        found.type,
        found.end,
        found.unit,
        found.parse,
        tidy,
        found.nulls,
        found.reads,
        kept,
        empty,
        found.misfits,
    )


def _typed(header: str, counts: Counter[str]) -> Guess:
    """Tell type, unit and null codes."""
    end, unit = unit_of(header)
    for type_, parse, closing in _kinds(header, counts):
        nulls = tuple(sorted(text for text in counts if text in NO_VALUE and not looks_like(parse or type_, text)))
        found = Counter({text: times for text, times in counts.items() if text not in nulls})
        misfits = [text for text in found if not looks_like(parse or type_, text)]
        if type_ == "int" and any(looks_like("double", text) for text in misfits):
            continue
        if not found or sum(found[text] for text in misfits) > MISFITS * found.total():
            continue
        if type_ not in ("int", "double"):
            return Guess(header, type_, closing, parse=parse, nulls=nulls, misfits=tuple(misfits[:3]))
        numbers = [float(normalize("NFKC", text).replace(",", "")) for text in found if text not in misfits]
        nulls += _impossible(header, found, numbers)
        place, where = _place(header, [n for n in numbers if n])
        is_roc = type_ == "int" and re.search(r"年|year", header) and 40 <= max(numbers, default=0) < 200
        reads = (("T", "0"),) if "T" in nulls and re.search(r"雨|precp|rain", header, re.IGNORECASE) else ()
        nulls = tuple(text for text in nulls if text not in dict(reads))
        wide = "bigint" if type_ == "int" and max(map(abs, numbers), default=0) > MOST_INT else type_
        end = "roc_year" if is_roc and not unit else end
        return Guess(header, wide, place or end, where or unit, "", (), nulls, reads, misfits=tuple(misfits[:3]))
    nulls = tuple(sorted(text for text in counts if text in TEXT_NO_VALUE))
    return Guess(header, "string", nulls=nulls if len(counts) > len(nulls) else ())


def _kinds(header: str, counts: Counter[str]) -> list[tuple[str, str, str]]:
    """List types to try: type, parser, end of the name."""
    sample = [text for text in counts if text not in NO_VALUE][:200]
    if not sample or (CODE.search(header) and not TIME_WORDS.search(header)):
        return []
    if any(re.fullmatch(r"0\d+", text) for text in sample) and not TIME_WORDS.search(header):
        return []  # zeros in front are part of a code
    is_number = all(looks_like("double", text) for text in sample[:20])
    tries = []
    if (
        set(sample) <= {"是", "否"}
        or set(sample) <= {"Y", "N"}
        or {text.lower() for text in sample} <= {"true", "false"}
    ):
        tries.append(("boolean", "", ""))
    if MONTH_WORDS.search(header) or not is_number:
        tries.append(("date", "month", ""))
    if TIME_WORDS.search(header) or not is_number:
        has_clock = any(re.search(r"\d:\d|時|T\d", text) for text in sample)
        tries.append(("timestamp", "", "at") if has_clock else ("date", "", "on"))
    if any(re.fullmatch(r"[012]?\d[0-5]\d[0-5]\d", text) for text in sample) and re.search(
        "時間|time", header, re.IGNORECASE
    ):
        return tries  # a clock without a day
    if any(len(text.split(".")[0]) > 15 for text in sample):
        return tries
    return [*tries, ("int", "", ""), ("double", "", "")]


def _impossible(header: str, found: Counter[str], numbers: Sequence[float]) -> tuple[str, ...]:
    never = NEVER | ({"-1"} if re.search(r"年齡|\bage\b", header, re.IGNORECASE) else set())
    told = tuple(sorted(text for text in found if text in never))
    others = [number for number in numbers if f"{number:g}" not in {f"{float(text):g}" for text in told}]
    return told if others and min(others) >= 0 else ()


def _place(header: str, numbers: Sequence[float]) -> tuple[str, str]:
    """Tell coordinates from their values: what stands in a header is not always true, and counts for few values."""
    is_named = re.search(r"經度|緯度|座標|lon|lat|lng", header, re.IGNORECASE)
    if len(numbers) < (1 if is_named else LEAST_REPEATED) or all(number == int(number) for number in numbers):
        return "", ""
    kinds = (
        (LON, "lon_deg", "degrees"),
        (LAT, "lat_deg", "degrees"),
        (X_TWD97, "x_twd97_m", "m"),
        (Y_TWD97, "y_twd97_m", "m"),
    )
    low, high = sorted(numbers)[len(numbers) // 20], sorted(numbers)[-len(numbers) // 20 - 1]
    for (least, most), name, unit in kinds:
        is_far = name != "x_twd97_m" or low > 100_000
        if least <= low and high <= most and is_far:
            return name, unit
    return "", ""


def _tidy(header: str, counts: Counter[str]) -> tuple[str, ...]:
    texts = list(counts)
    named = re.search(r"縣|市|鄉|鎮|區|村|里|address|area|city|county|town", header, re.IGNORECASE)
    has_tai = any("台" in text for text in texts)
    is_short = max(map(len, texts), default=0) <= 6
    return (
        *(["halfwidth"] if any("！" <= letter <= "～" for text in texts for letter in text) and not is_short else []),
        *(["squeeze"] if is_short and any(re.search(f"[{BLANKS}]", text) for text in texts) and named else []),
        *(["tai"] if has_tai and named else []),
    )
