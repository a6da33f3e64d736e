"""Licences as the catalogue's standards want them: a title in both languages, an address, SPDX's name."""

from __future__ import annotations

from dataclasses import dataclass

from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.releases import terms


@dataclass(frozen=True, slots=True)
class Licence:
    """The terms that data are given under.

    Args:
        text: as the declaration says it, with its remarks.
        title: its name.
        uri: its address; empty where the agency states none or we do not know it.
        spdx: its identifier among SPDX's; empty where it has none.
    """

    text: str
    title: Text
    uri: str = ""
    spdx: str = ""


TITLES = {
    "OGDL-TW-1.0": Text("政府資料開放授權條款－第1版", "Open Government Data License, version 1.0"),
    "law text": Text("法規條文，不受著作權保護", "Text of a law: no copyright"),
}
SPDX = {"OGDL-TW-1.0": "OGDL-Taiwan-1.0", "law text": ""}
NOT_STATED = Text("原機關未聲明授權方式", "The agency states no licence")


def licence(text: str) -> Licence:
    """Read a declaration's licence: a name we know at its beginning, remarks after it.

    `not stated; OGDL-TW-1.0 to be checked` is no licence until someone has checked.
    """
    if known := terms.read(text):
        title = TITLES.get(known.name, Text(known.title, known.title))
        return Licence(text, title, known.uri, SPDX.get(known.name, known.name))
    return Licence(text, NOT_STATED if text.startswith("not stated") else Text(text, text))
