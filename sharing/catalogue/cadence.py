"""How often data are renewed, from the words of declarations to the codes of each standard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lakeward.sharing.catalogue.text import Text

FREQUENCIES = "http://publications.europa.eu/resource/authority/frequency/"


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often data are renewed.

    Args:
        title: in words.
        code: its name in the frequencies of the EU Publications Office, which DCAT-AP asks for.
        duration: the same as ISO 8601 says it; empty where there is none.
        unit: the unit in which data.gov.tw counts it, once a unit; empty where it is irregular.
    """

    title: Text
    code: str
    duration: str = ""
    unit: str = ""

    @property
    def uri(self) -> str:
        """Give the address of its code."""
        return f"{FREQUENCIES}{self.code}"


UNKNOWN = Cadence(Text("未聲明", "not stated"), "UNKNOWN")
NEVER = Cadence(Text("不再更新", "not re-issued"), "NEVER")
IRREGULAR = Cadence(Text("不定期", "irregular"), "IRREG")
REGULAR = {
    "minute": Cadence(Text("每數分鐘", "every few minutes"), "UPDATE_CONT", "PT10M", "分"),
    "hour": Cadence(Text("每小時", "hourly"), "HOURLY", "PT1H", "時"),
    "dail": Cadence(Text("每日", "daily"), "DAILY", "P1D", "日"),
    "week": Cadence(Text("每週", "weekly"), "WEEKLY", "P1W", "週"),
    "month": Cadence(Text("每月", "monthly"), "MONTHLY", "P1M", "月"),
    "quarter": Cadence(Text("每季", "quarterly"), "QUARTERLY", "P3M", "季"),
    "year": Cadence(Text("每年", "yearly"), "ANNUAL", "P1Y", "年"),
}
BY_EVENT = re.compile(r"\bseason\b|\bwhen\b|\birregular|\bafter\b|\bfew days\b")
WORD = re.compile("|".join(REGULAR))


def cadence(text: str) -> Cadence:
    """Read a declaration's cadence; the first period it names counts, unless it waits for events or a season."""
    if text.startswith("not re-issued"):
        return NEVER
    if BY_EVENT.search(text):
        return IRREGULAR
    word = WORD.search(text)
    return REGULAR[word[0]] if word else UNKNOWN


def slowest(cadences: Iterable[Cadence]) -> Cadence:
    """Give how often a table made of several is wholly new: as often as the slowest that is renewed regularly.

    Whoever promises more is marked late by a portal that watches.
    """
    found = list(cadences)
    regular = [each for each in REGULAR.values() if each in found]
    return regular[-1] if regular else next((each for each in (IRREGULAR, NEVER) if each in found), UNKNOWN)
