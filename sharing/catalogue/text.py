"""Words in both languages of the catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
CHINESE_THEN_ENGLISH = re.compile(r"(?P<zh>.*[^\x00-\x7f])\s+(?P<en>[A-Za-z].*)")


@dataclass(frozen=True, slots=True)
class Text:
    """The same in Chinese, as Taiwan writes it, and in English."""

    zh: str
    en: str

    def said(self, language: Language) -> str:
        """Give it in one of them."""
        return self.zh if language == "zh" else self.en


def both(text: str) -> Text:
    """Part a name that declarations write as `內政部警政署 National Police Agency`; one language serves for both."""
    parted = CHINESE_THEN_ENGLISH.fullmatch(text)
    return Text(parted["zh"], parted["en"]) if parted else Text(text, text)
