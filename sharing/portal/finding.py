"""The index that the portal's search asks: made with the site, small enough to send whole.

Chinese is cut into pairs of letters, other scripts into words; 台 is read as 臺.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from lakeward.sharing.portal.about import About

HAN = r"\u3400-\u9fff"
RUNS = re.compile(rf"[{HAN}]+|[a-z0-9]+")
TITLE, DOMAIN, COLUMN, TEXT = 8, 5, 3, 1


def tokens(text: str) -> Iterator[str]:
    """Cut a text into what can be found: pairs of Chinese letters, words of other scripts."""
    for run in RUNS.findall(text.lower().replace("台", "臺")):
        if re.match(f"[{HAN}]", run) and len(run) > 1:
            yield from (run[place : place + 2] for place in range(len(run) - 1))
        else:
            yield run


def index(tables: Sequence[About]) -> str:
    """Give the index as the script that hands it over: tables, and of each token where it stands and how it weighs."""
    found: dict[str, dict[int, int]] = {}
    for place, about in enumerate(tables):
        for weight, text in _texts(about):
            for token in tokens(text):
                weights = found.setdefault(token, {})
                weights[place] = max(weights.get(place, 0), weight)
    listed = [
        [
            about.name,
            about.title.zh,
            about.title.en,
            about.domain.title.zh,
            about.domain.title.en,
            int(bool(about.extract)),
        ]
        for about in tables
    ]
    folded = {token: _flat(weights) for token, weights in sorted(found.items())}
    told = json.dumps({"tables": listed, "tokens": folded}, ensure_ascii=False, separators=(",", ":"))
    return f"lakewardIndex({told})\n"


def _texts(about: About) -> Iterator[tuple[int, str]]:
    yield TITLE, f"{about.title.zh} {about.title.en} {about.name}"
    yield DOMAIN, f"{about.domain.title.zh} {about.domain.title.en} {about.domain.name} {about.domain.about.zh}"
    yield DOMAIN, " ".join(f"{agency.zh} {agency.en}" for agency in about.agencies)
    for field in about.fields:
        yield COLUMN, f"{field.label.zh} {field.label.en}"
        yield TEXT, field.column.description


def _flat(weights: dict[int, int]) -> list[int]:
    return [number for pair in sorted(weights.items()) for number in pair]
