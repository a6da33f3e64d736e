"""The data dictionary: what each column is, for people to read and for programs to look up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entry import Coverage, Entry, Field

Node = dict[str, Any]
SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def document(entry: Entry, at: Addresses) -> Node:
    """Give one table's dictionary for programs."""
    return {
        "schema": "lakeward.dictionary/1",
        "table": entry.name,
        "title": entry.title.en,
        "title_zh": entry.title.zh,
        "grain": entry.grain,
        "limits": entry.limits,
        "page": at.page_of(entry.name),
        "columns": [
            {
                "name": each.name,
                "type": each.type,
                "unit": each.unit,
                "title_zh": each.title.zh,
                "description": each.description,
                "key": each.is_key,
                "codes": dict(each.codes),
                "privacy": each.privacy,
                "treated": each.treated.en if each.treated else "",
            }
            for each in entry.fields
        ],
    }


def markdown(entry: Entry, at: Addresses) -> str:
    """Give one table's dictionary for people, in Markdown."""
    return "\n".join(_told(entry, at, 1)) + "\n"


def book(entries: Sequence[Entry], at: Addresses) -> str:
    """Give the dictionary of several tables, by domain, with a list of them in front."""
    domains: dict[str, list[Entry]] = {}
    for entry in entries:
        domains.setdefault(f"{entry.theme.title.zh} {entry.theme.title.en}", []).append(entry)
    lines = ["# 資料字典 Data dictionary", ""]
    for domain, of_it in domains.items():
        lines += [f"- {domain}：" + "、".join(f"[{_plain(each.title.zh)}](#{each.slug})" for each in of_it)]
    for domain, of_it in domains.items():
        lines += ["", f"## {domain}"]
        for each in of_it:
            lines += ["", f'<a id="{each.slug}"></a>', "", *_told(each, at, 3)]
    return "\n".join(lines) + "\n"


def _told(entry: Entry, at: Addresses, depth: int) -> list[str]:
    facts = [
        f"`{entry.name}`",
        _plain(entry.grain),
        _span(entry.coverage),
        f"{entry.cadence.title.zh} {entry.cadence.title.en}",
        f"{entry.release.rows:,} 列 rows" if entry.release else "",
    ]
    lines = [
        f"{'#' * depth} {_plain(entry.title.zh)} {_plain(entry.title.en)}",
        "",
        " · ".join(filter(None, facts)),
        "",
        *(f"**{_plain(each)}**\n" for each in entry.doubts),
        *_table(entry.fields),
        *_codes(entry.fields),
    ]
    lines += ["", f"**限制 limits**: {_plain(entry.limits)}"] if entry.limits else []
    lines += ["", f"**授權 terms**: {_plain(entry.rights.zh)} {_plain(entry.rights.en)}"]
    made_of = [f"[{_plain(each.title.zh)}]({each.page or at.page_of(each.name)})" for each in entry.origins]
    return [*lines, "", f"**來源 made from**: {'、'.join(made_of)}"] if made_of else lines


def _table(fields: Iterable[Field]) -> list[str]:
    rows = [
        f"| `{each.name}`{' 鍵 key' if each.is_key else ''} | {_plain(each.title.zh)} | {each.type} "
        f"| {_plain(each.unit)} | {_plain(each.description)}{_privacy(each)} |"
        for each in fields
    ]
    return ["| 欄位 column | 名稱 | type | 單位 unit | what it is |", "|---|---|---|---|---|", *rows]


def _privacy(field: Field) -> str:
    """Say what is to be known of a column that tells of persons."""
    said = {"personal": "個資 personal", "sensitive": "特種個資 sensitive"}.get(field.privacy, "")
    done = f"，{field.treated.zh} {field.treated.en}" if field.treated else ""
    return f"（{said}{done}）" if said else ""


def _codes(fields: Iterable[Field]) -> list[str]:
    found: list[str] = []
    for each in fields:
        if each.codes:
            told = "、".join(f"`{code}` {_plain(words)}" for code, words in each.codes.items())
            found += ["", f"代碼 codes of `{each.name}`: {told}"]
    return found


def _span(coverage: Coverage) -> str:
    return f"{coverage.first} – {coverage.last}" if coverage.first else ""


def _plain(text: str) -> str:
    """Give words as they are: no letter of them is a sign of Markdown or HTML, and they stay on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("\\<", "&lt;").replace("\\>", "&gt;")
