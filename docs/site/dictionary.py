"""The data dictionary's pages, from the declarations."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tables import cell, table

from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared
from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.dictionary import markdown
from lakeward.sharing.catalogue.entries import entries
from lakeward.sharing.catalogue.entry import Entry

NOWHERE = Lake.at("/no/lake/is/here")
"""The dictionary tells what is declared, which no lake is needed for."""


@dataclass(frozen=True, slots=True)
class Beside(Addresses):
    """Pages that lie beside each other."""

    def page_of(self, name: str) -> str:
        """Give the page of a table."""
        return f"{name}.md"


def pages(language: str) -> dict[str, str]:
    """Give a page a table, and one that lists them by domain."""
    known = entries(NOWHERE, declared().values())
    found = {f"dictionary/{each.name}.md": markdown(_inside(each), Beside()) for each in known}
    return {"dictionary/index.md": _listed(known, language), **found}


def _inside(entry: Entry) -> Entry:
    """Lead from a table to the pages of its origins, not to their agencies'."""
    return replace(entry, origins=tuple(replace(each, page="") for each in entry.origins))


def _listed(known: tuple[Entry, ...], language: str) -> str:
    is_chinese = language == "zh"
    header = ("資料表", "名稱", "title", "欄位") if is_chinese else ("table", "名稱", "title", "columns")
    lines = ["# 資料字典" if is_chinese else "# Data dictionary", ""]
    lines += [
        f"{len(known)} 張資料表，由宣告產生。各機關檔案的陷阱見[陷阱表](../traps.md)。" if is_chinese else
        f"{len(known)} tables, as they are declared. What the agencies' files hide: [traps](../traps.md)."
    ]  # fmt: skip
    for theme in dict.fromkeys(each.theme for each in known):
        lines += ["", f"## {theme.title.zh if is_chinese else theme.title.en}", ""]
        rows = [
            (f"[`{each.name}`]({each.name}.md)", cell(each.title.zh), cell(each.title.en), str(len(each.fields)))
            for each in known
            if each.theme == theme
        ]
        lines += [table(header, rows)]
    return "\n".join(lines) + "\n"
