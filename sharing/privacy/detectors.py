"""What looks like a person's in a text: ids, telephones, addresses and the like, as they are written in Taiwan.

Each has a shape that Arrow's engine (RE2) finds fast, and a closer look, by Python, at what has it. Texts come in
Unicode's compatible form (NFKC), so that full-width digits and letters are plain ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lakeward.sharing.privacy.checksums import is_bare_landline, is_card, is_landline, is_resident_id

DASH = "\\-\u2010-\u2015\u2212"
S = f"[ .{DASH}]"
NOT_IN_WORD, ENDS = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
NOT_IN_NUMBER = rf"(?<![0-9A-Za-z/.{DASH}])"
BY_CHANCE = 0.2
"""Of numbers of the right shape one in ten has the right check digit, whatever they are."""
ENOUGH = 20
"""Values of a shape, from which on chance is told from persons."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of personal value.

    Args:
        name: by which a declaration speaks of it.
        what: in words.
        shape: what it looks like, for RE2.
        before, after: what may not stand around it, for Python.
        is_real: whether what has the shape is one.
        least: the share of what has the shape that must be real in a column, for other codes have that shape too.
        is_whole: the shape is of a whole text, and the share is of all texts.
    """

    name: str
    what: str
    shape: str
    before: str = NOT_IN_WORD
    after: str = ENDS
    is_real: Callable[[str], bool] = bool
    least: float = 0.0
    is_whole: bool = False

    @property
    def fast(self) -> str:
        """Give an expression for RE2, which cannot look around, that finds at least all that `look` does."""
        left = "(?:^|[^0-9A-Za-z])" if self.before in (NOT_IN_WORD, NOT_IN_NUMBER) else ""
        right = "(?:[^0-9A-Za-z]|$)" if self.after == ENDS else ""
        return f"{left}(?:{self.shape}){right}"

    def look(self, text: str) -> tuple[bool, bool]:
        """Say whether a text holds something of the shape, and whether any such thing is real."""
        found = [each[0] for each in re.finditer(f"{self.before}(?:{self.shape}){self.after}", text, re.IGNORECASE)]
        return bool(found), any(map(self.is_real, found))

    def tells(self, texts: int, shaped: int, real: int) -> bool:
        """Say whether so many real ones, among so many different texts and so many of the shape, are beyond chance."""
        if self.is_whole:
            return real > 0 and real >= self.least * texts
        return real > 0 and (real >= self.least * shaped or shaped < ENOUGH)


def is_house(text: str) -> bool:
    """Tell an address from a numbered highway (國道1號)."""
    return not re.search(rf"(?:[國省縣]道|[公鐵]路) ?{NUMBER} ?[號号]$", text)


NUMBER = "[0-9一二三四五六七八九十百]+"
PLATE = (
    "[A-Z]{2,3}@[0-9]{4}|[0-9]{4}@[A-Z]{2}|[A-Z]{3}@[0-9]{3}|[0-9]{3}@[A-Z]{3}|"
    "[A-Z][0-9]@[0-9]{4}|[0-9]{4}@[A-Z][0-9]|[A-Z][0-9]@[0-9]{3}|[0-9]{3}@[A-Z][0-9]"
)
LONGITUDE, LATITUDE = r"1(?:1[89]|2[0-2])\.[0-9]{4,}", r"2[1-6]\.[0-9]{4,}"
AREA = "[2-8][0-9]{0,2}"

DETECTORS = (
    Detector(
        "id", "national or resident id numbers", f"[A-Z]{S}?[1289A-D](?:{S}?[0-9]){{8}}",
        is_real=is_resident_id, least=BY_CHANCE,
    ),
    Detector(
        "phone", "mobile numbers",
        rf"(?:(?:\+|00)?886{S}?\(?0?\)?{S}?9[0-9]{{8}}|(?:(?:\+|00)?886{S}?\(?0?\)?{S}?|\(?0)9"
        rf"(?:[0-9]{{2}}\)?{S}(?:[0-9]{{6}}|[0-9]{{3}}{S}[0-9]{{3}}|[0-9]{{2}}{S}[0-9]{{2}}{S}[0-9]{{2}})"
        rf"|{S}[0-9]{{4}}{S}?[0-9]{{4}}))",
        before=NOT_IN_NUMBER,
    ),
    Detector(
        "phone", "mobile numbers", "[0-9]{10}",
        before=NOT_IN_NUMBER, is_real=lambda text: text.startswith("09"), least=BY_CHANCE,
    ),
    Detector(
        "phone", "telephone numbers",
        rf"(?:\(0{AREA}\) ?|0{AREA}[ {DASH}]+|\+?886[ {DASH}]?\(?0?\)?{AREA}[ {DASH})]+)"
        rf"[2-9][0-9]{{1,3}}[ {DASH}]?[0-9]{{3,4}}",
        before=NOT_IN_NUMBER, is_real=is_landline,
    ),
    Detector(
        "phone", "telephone numbers", "^0[2-8][0-9]{7,8}$", is_real=is_bare_landline, least=0.5, is_whole=True,
    ),
    Detector("email", "e-mail addresses", r"[A-Z0-9._%+\-]+ ?@ ?[A-Z0-9\-]+(?:\.[A-Z0-9\-]+)*\.[A-Z]{2,}", after=""),
    Detector(
        "card", "payment card numbers",
        f"[0-9]{{13,19}}|[0-9]{{4}}{S}[0-9]{{4}}{S}[0-9]{{4}}{S}[0-9]{{1,7}}|[0-9]{{4}}{S}[0-9]{{6}}{S}[0-9]{{4,5}}",
        before=NOT_IN_NUMBER, is_real=is_card, least=BY_CHANCE,
    ),
    Detector("health_card", "health insurance card numbers", "0000[0-9]{8}"),
    Detector("plate", "licence plates", PLATE.replace("@", f"[{DASH}]"), before=f"(?<![A-Za-z0-9{DASH}])",
             after=f"(?![A-Za-z0-9{DASH}])"),
    Detector("plate", "licence plates", f"^(?:{PLATE.replace('@', ' ?')})$", least=0.5, is_whole=True),
    Detector(
        "address", "addresses to the house number",
        rf"[路街巷弄段村里鄰].{{0,24}}?{NUMBER} ?(?:[之{DASH}] ?{NUMBER} ?)?[號号樓楼]|大道.{{0,24}}?{NUMBER} ?[號号]",
        before="", after="", is_real=is_house,
    ),
    Detector(
        "address", "addresses to the house number",
        r"No\. ?[0-9]+.{0,40}? (?:Rd|Road|St|Street|Ln|Lane|Aly|Alley|Blvd|Boulevard)\b", after="",
    ),
    Detector(
        "coordinates", "places to within metres", rf"{LONGITUDE}|{LATITUDE}[ ,;]+{LONGITUDE}",
        before=r"(?<![0-9.])", after="",
    ),
)  # fmt: skip
KINDS = tuple(dict.fromkeys(each.name for each in DETECTORS))
