"""Under which terms a table made from several sources may be given out: the strictest, and every source named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lakeward.lake.errors import GateFailed
from lakeward.pipelines.dataset import Curated, Dataset

NAME, SAME, NO_TRADE, NO_CHANGE = "attribution", "share-alike", "no commercial use", "no derivatives"


class TermsRefused(GateFailed):
    """A table may not be published: the terms of what it is made from are unknown, or contradict each other."""


@dataclass(frozen=True, slots=True)
class Licence:
    """The terms that data are given under.

    Args:
        name: as SPDX writes it where it does.
        title: in words.
        uri: where it can be read.
        duties: what it asks of whoever uses the data.
    """

    name: str
    title: str
    uri: str
    duties: frozenset[str] = frozenset()


KNOWN = {
    each.name: each
    for each in (
        Licence("OGDL-TW-1.0", "政府資料開放授權條款－第1版", "https://data.gov.tw/license", frozenset({NAME})),
        Licence("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        Licence("law text", "法規條文，不受著作權保護", "https://creativecommons.org/publicdomain/mark/1.0/"),
        Licence("MIT", "MIT", "https://opensource.org/license/mit", frozenset({NAME})),
        Licence("CC-BY-4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", frozenset({NAME})),
        Licence(
            "CC-BY-SA-4.0", "CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/", frozenset({NAME, SAME}),
        ),
        Licence("ODbL-1.0", "ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", frozenset({NAME, SAME})),
        Licence(
            "CC-BY-NC-4.0", "CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/",
            frozenset({NAME, NO_TRADE}),
        ),
        Licence(
            "CC-BY-ND-4.0", "CC BY-ND 4.0", "https://creativecommons.org/licenses/by-nd/4.0/",
            frozenset({NAME, NO_CHANGE}),
        ),
    )
}  # fmt: skip
OURS = KNOWN["CC0-1.0"]
"""Of tables that are made here, from no agency's data."""


def read(declared: str) -> Licence | None:
    """Read what a declaration says: a name at its beginning, remarks after it; None where it is no licence we know."""
    for name, known in KNOWN.items():
        if declared == name or declared.startswith((f"{name};", f"{name}:", f"{name} (")):
            return known
    return None


def joined(licences: Collection[Licence]) -> tuple[Licence, ...]:
    """Give those of some licences that ask for all that any of them does; order and repetition make no difference."""
    return tuple(
        each
        for _, each in sorted({each.name: each for each in licences}.items())
        if not any(each.duties < other.duties for other in licences)
    )


def conflict(licences: Collection[Licence]) -> str:
    """Say why data under these licences may not be joined; empty where they may."""
    for each in licences:
        if NO_CHANGE in each.duties:
            return f"{each.name} allows no table that is made from the data"
        for other in licences if SAME in each.duties else ():
            if other.duties - each.duties or (SAME in other.duties and other.name != each.name):
                return f"{each.name} wants its own terms for the whole, {other.name} adds others"
    return ""


def terms_of(curated: Curated) -> dict[str, Any]:
    """Give what a manifest tells of the terms of a table.

    Returns:
        `licence`, the strictest terms by name, joined by AND; `terms`, with their addresses, duties, a text to name
        each source by, and the decisions that they rest on.

    Raises:
        TermsRefused: a source's terms are unknown and nobody has decided, or the terms contradict each other.
    """
    sources = curated.sources()
    found = {each.name: _licence(each) for each in sources}
    if lacking := {each.name: each.source.licence for each in sources if found[each.name] is None}:
        raise TermsRefused(
            f"{curated.name} rests on data whose licence is not stated, or none of those known: {_listed(lacking)}",
            remedy=f"write it as one of {', '.join(KNOWN)}; where the agency states none, ask it, or record who "
            f"decided what in the declaration of {', '.join(lacking)}: publish=Publication(…, decided=Decision(…))",
        )
    known: Mapping[str, Licence] = {name: each for name, each in found.items() if each}
    if why := conflict(list(known.values())):
        raise TermsRefused(
            f"{curated.name} may not be published: {why}",
            remedy="leave one of the inputs out, or get leave from its agency and record it as a Decision",
            licences={name: each.name for name, each in known.items()},
        )
    strictest = joined(list(known.values()) or [OURS])
    told = {each.name: each.publish.decided for each in sources if each.publish and each.publish.decided}
    return {
        "licence": " AND ".join(each.name for each in strictest),
        "terms": {
            "uris": [each.uri for each in strictest],
            "duties": sorted({duty for each in strictest for duty in each.duties}),
            "attributions": {each.name: attribution(each, known[each.name]) for each in sources},
            "decisions": {name: asdict(each) for name, each in told.items()},
        },
    }


def attribution(dataset: Dataset, licence: Licence) -> str:
    """Give the text by which a source is to be named."""
    own = dataset.publish.attribution if dataset.publish else ""
    return own or f"{dataset.agency}：{dataset.title_zh}（{dataset.title}），{licence.title}，{licence.uri}"


def declared_in(name: str) -> str:
    """Give the file that a data set is declared in, of those that lakeward brings."""
    return f"pipelines/{name.replace('.', '/')}.py"


def _licence(dataset: Dataset) -> Licence | None:
    decided = dataset.publish.decided if dataset.publish else None
    return read(decided.licence if decided else dataset.source.licence)


def _listed(lacking: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({said})" for name, said in lacking.items())
