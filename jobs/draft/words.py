"""English names for the words that government headers are made of, and the units that stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from unicodedata import normalize

UNITS = (  # pattern in a header, end of the column's name, unit in words
    (r"元\s*/\s*公斤|元/kg", "twd_per_kg", "TWD/kg"),
    (r"毫米|公釐|\bmm\b", "mm", "mm"),
    (r"公分|\bcm\b", "cm", "cm"),
    (r"公里|\bkm\b", "km", "km"),
    (r"平方公尺|m2|㎡", "m2", "m²"),
    (r"公頃|\bha\b", "ha", "ha"),
    (r"公尺|\(m\)", "m", "m"),
    (r"公噸", "t", "t"),
    (r"公斤|\bkg\b", "kg", "kg"),
    (r"攝氏|℃|°C", "c", "°C"),
    (r"百帕|\bhpa\b", "hpa", "hPa"),
    (r"公尺/秒|m/s", "ms", "m/s"),
    (r"百分比|百分率|[(（]?%[)）]?", "pct", "%"),
    (r"千元", "thousand_twd", "thousand TWD"),
    (r"[(（](?:新臺幣|新台幣)?元[)）]|金額|費用", "twd", "TWD"),
    (r"[(（]分鐘?[)）]", "min", "min"),
    (r"[(（]小?時[)）]", "h", "h"),
)
IMPLIED = (  # header, unit in words: the name says it already
    (r"人數|人口|男性|女性|^[男女]$|歲|population|deaths|births", "people"),
    (r"戶數|households", "households"),
    (r"年齡|^age$", "years"),
)
SAID_BY = {
    "on": ("date", "day", "on"),
    "at": ("time", "date", "at"),
    "roc_year": ("year",),
    **dict.fromkeys(("lon_deg", "lat_deg"), ("lon", "lat", "wgs84", "coordinate", "x", "y")),
    **dict.fromkeys(("x_twd97_m", "y_twd97_m"), ("x", "y", "97", "twd97", "tm2", "coordinate")),
}
"""Words that the end of a name says once more."""
ALONE = {"on": ["dated"], "at": ["observed"]}
ENGLISH = {"lng": "lon", "long": "lon", "longitude": "lon", "latitude": "lat", "tel": "phone", "addr": "address"}


@cache
def words() -> dict[str, str]:
    """Give what is known of the words in headers: Chinese to lower-case English."""
    lines = files(__package__).joinpath("words.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def unit_of(header: str) -> tuple[str, str]:
    """Give the unit that a header names, as the end of a column's name and in words; twice empty for none."""
    plain = normalize("NFKC", header)
    for pattern, end, said in UNITS:
        if re.search(normalize("NFKC", pattern), plain, re.IGNORECASE):
            return end, said
    return "", next((said for pattern, said in IMPLIED if re.search(pattern, plain, re.IGNORECASE)), "")


def name_of(header: str) -> str:
    """Put a header into lower-case English as far as every one of its words is known; empty where one is not."""
    plain = normalize("NFKC", header)
    for pattern, _, _ in UNITS[:-3]:
        plain = re.sub(rf"\(?(?:{normalize('NFKC', pattern)})\)?", " ", plain, flags=re.IGNORECASE)
    plain = re.sub(r"\(\S{1,3}\)", " ", plain)
    found: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+|[一-鿿]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)):
        english = _translated(part) if "一" <= part[0] <= "鿿" else [part.lower()]
        if english is None:
            return ""
        found += english
    said = [ENGLISH.get(word, word) for word in dict.fromkeys(found)]
    name = re.sub(r"^(?=\d)", "from_", "_".join(said))
    return name[:60]


def _translated(text: str) -> list[str] | None:
    """Cut Chinese into the longest known words from the left."""
    known, found, at = words(), list[str](), 0
    while at < len(text):
        size = next((n for n in range(len(text) - at, 0, -1) if text[at : at + n] in known), 0)
        if not size:
            return None
        found += known[text[at : at + size]].split()
        at += size
    return found


def names_of(headers: Iterable[str], ends: Iterable[str]) -> list[str]:
    """Name columns after their headers and the end their kind asks for; `column_N` where a word is not known."""
    names: list[str] = []
    for place, (header, end) in enumerate(zip(headers, ends, strict=True), start=1):
        plain = name_of(header) or f"column_{place}"
        words = plain.split("_")
        while words and words[-1] in SAID_BY.get(end, ()):
            words.pop()
        name = "_".join(words) if "_".join(words).endswith(end) else "_".join([*(words or ALONE.get(end, [])), end])
        again = sum(each == name or re.fullmatch(rf"{re.escape(name)}_\d+", each) is not None for each in names)
        names.append(f"{name}_{again + 1}" if again else name)
    return names
