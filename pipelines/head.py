"""What the beginning of a file tells, and how its headers become the names of bronze columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

from lakeward.pipelines.shapes import BLANKS

KIND_ROW, KIND_FOOTER, KIND_RAGGED = "row", "footer", "ragged"
FIRST_ROWS = 200
RUN_OF_BLANKS = f"[{BLANKS}]+"
Kind = Literal["text", "workbook", "json"]


@dataclass(frozen=True, slots=True)
class Head:
    """What the beginning of a file tells.

    Args:
        encoding: how text is decoded; `workbook` and `json` say how rows are numbered in those.
        header: the agency's headers, then those of what stands `beside` the rows.
        has_rows: a row follows.
        warnings: what a person should know.
        header_line: the last line of the header, 1-based.
        kind: what the bytes are.
        delimiter: what parts the cells of text.
        title: the rows above the header.
        first_rows: the first `FIRST_ROWS` rows, as many cells each as it has.
    """

    encoding: str
    header: tuple[str, ...]
    has_rows: bool
    warnings: tuple[str, ...] = ()
    header_line: int = 1
    kind: Kind = "text"
    delimiter: str = ","
    title: str = ""
    first_rows: tuple[tuple[str, ...], ...] = ()


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Name bronze columns after a header: what Delta forbids becomes `_`, repeats get a number, blanks a position."""
    names: list[str] = []
    taken: set[str] = set()
    for position, text in enumerate(header, start=1):
        plain = re.sub(r"[\s,;{}()=`]+", "_", normalize("NFKC", text).strip(BLANKS)) or f"column_{position}"
        plain = f"{plain}_" if plain.startswith("_") else plain
        name, again = plain, 1
        while name.casefold() in taken:
            again += 1
            name = f"{plain}_{again}"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def column_name(header: str) -> str:
    """Name the bronze column of one header, the first of its name."""
    return column_names((header,))[0]


def on_one_line(text: str) -> str:
    """Give a text as patterns meet it: each run of blanks, line feeds too, one blank, none at the ends."""
    return re.sub(RUN_OF_BLANKS, " ", text).strip()
