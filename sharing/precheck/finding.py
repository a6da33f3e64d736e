"""What the six flags of data.gov.tw's quality check ask, and what was found.

A data set meets a flag when all its files do. The portal's own code is not public: a file that passes here may still be
found wanting there.

Source:
    The names: data.gov.tw/about/doc?chapter=77&doc=13, the portal's API of quality results. What they mean:
    政府資料品質提升機制運作指引 (Ministry of Digital Affairs, January 2023), as public projects cite its indicators
    連結有效性, 資料可直接下載, 結構化檔案類型, 編碼描述與資料相符, 欄位描述與資料相符; and for `csv` g0v's note on the
    check of 2017: whether the file can be turned into CSV as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lakeward.sharing.catalogue.text import Text

FLAGS = {
    "linkable": Text("連結有效", "the link answers"),
    "downloadable": Text("可直接下載", "the link gives the file itself"),
    "structure": Text("結構化檔案", "the file is structured"),
    "encoding_match": Text("編碼與描述相符", "the encoding is the described one"),
    "desc_match": Text("欄位與描述相符", "the columns are the described ones"),
    "csv": Text("可直接轉為 CSV", "the file is one plain table"),
}


@dataclass(frozen=True, slots=True)
class Described:
    """What an agency writes into the portal's form about a file.

    Args:
        encoding: as the form has it (`UTF-8`, `BIG5`).
        fields: names of columns; none where the form is not known.
        url: where the file is to be downloaded; empty where that is not known yet.
    """

    encoding: str = "UTF-8"
    fields: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one flag came out for one file.

    Args:
        flag: its name on the portal.
        is_met: None where it cannot be told, or does not apply.
        told: what was seen.
        mend: what to do, where something is.
    """

    flag: str
    is_met: bool | None
    told: Text
    mend: Text | None = None


def of_all(files: Iterable[Sequence[Finding]]) -> dict[str, bool | None]:
    """Give the flags of a data set: one that a file breaks is broken; one that no file tells is not known."""
    found: dict[str, bool | None] = dict.fromkeys(FLAGS)
    for finding in (each for file in files for each in file):
        if finding.is_met is not None:
            found[finding.flag] = finding.is_met and found[finding.flag] is not False
    return found
