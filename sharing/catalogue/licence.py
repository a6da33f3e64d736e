"""Licences as addresses, from what declarations say of them."""

from __future__ import annotations

from dataclasses import dataclass

from lakeward.sharing.catalogue.text import Text


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


OGDL = Licence(
    "OGDL-TW-1.0",
    Text("政府資料開放授權條款－第1版", "Open Government Data License, version 1.0"),
    "https://data.gov.tw/license",
    "OGDL-Taiwan-1.0",
)
KNOWN = {
    "OGDL-TW-1.0": OGDL,
    "OGDL-Taiwan-1.0": OGDL,
    "CC-BY-4.0": Licence(
        "CC-BY-4.0",
        Text("創用CC 姓名標示 4.0 國際", "Creative Commons Attribution 4.0 International"),
        "https://creativecommons.org/licenses/by/4.0/",
        "CC-BY-4.0",
    ),
    "CC0-1.0": Licence(
        "CC0-1.0",
        Text("創用CC 公眾領域貢獻宣告 1.0", "Creative Commons Zero 1.0 Universal"),
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "CC0-1.0",
    ),
    "law text": Licence(
        "law text",
        Text("法規條文，不受著作權保護", "Text of a law: no copyright"),
        "https://creativecommons.org/publicdomain/mark/1.0/",
    ),
}
NOT_STATED = Text("原機關未聲明授權方式", "The agency states no licence")


def licence(text: str) -> Licence:
    """Read a declaration's licence: a name we know at its beginning, remarks after it.

    `not stated; OGDL-TW-1.0 to be checked` is no licence until someone has checked.
    """
    for name, known in KNOWN.items():
        if text == name or text.startswith((f"{name};", f"{name}:", f"{name} (")):
            return Licence(text, known.title, known.uri, known.spdx)
    return Licence(text, NOT_STATED if text.startswith("not stated") else Text(text, text))
