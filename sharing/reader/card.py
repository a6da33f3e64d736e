"""A table's card: all that one should know before using it, as HTML for notebooks and as plain text."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from lakeward.lake import delta

if TYPE_CHECKING:
    from jinja2 import Template

    from lakeward.sharing.catalogue.entry import Entry, Quality
    from lakeward.sharing.reader.table import Table

OPEN_COLUMNS = 16
"""Longer lists of columns are folded."""


def html(table: Table) -> str:
    """Write the card that Jupyter shows."""
    entry = table.entry
    return _template().render(
        table=table, entry=entry, facts=_facts(table, entry), rows=delta.rows_of(table.lake.table(table.name)),
        version=delta.version_of(table.lake.table(table.name)), columns=_columns(table, entry), is_open=OPEN_COLUMNS,
    )  # fmt: skip


def text(table: Table) -> str:
    """Write the card that a terminal shows."""
    entry = table.entry
    path = table.lake.table(table.name)
    heading = [table.name, *([entry.title.zh, entry.title.en] if entry else [])]
    size = f"{delta.rows_of(path):,} rows, " if delta.rows_of(path) is not None else ""
    lines = [" · ".join(heading), f"{size}version {delta.version_of(path)}", *(entry.doubts if entry else ())]
    lines += [f"{name}: {value}" for name, value in _facts(table, entry)]
    columns = _columns(table, entry)
    named = [f"{name}{' *' if is_key else ''}" for name, *_, is_key in columns]
    widest = max(map(len, named), default=0)
    for name, (_, kind, unit, _, about, _) in zip(named, columns, strict=True):
        lines.append(f"  {name:{widest}}  {f'{kind} ({unit})' if unit else kind:20} {about}".rstrip())
    return "\n".join([*lines, "* part of the key"] if any(each[-1] for each in columns) else lines)


def citation(entry: Entry, version: int | None) -> str:
    """Give what a user of the data cites, Chinese first: the release, else the table's version; made data say so."""
    made_zh, made = ("虛構資料：", "Made data: ") if entry.is_made else ("", "")
    if entry.release:
        year, number = entry.release.released_at[:4], entry.release.number
        return (
            f"{made_zh}{entry.credit.zh}（{year}）。{entry.title.zh}，版本 {number}［資料集］。"
            f" {made}{entry.credit.en} ({year}). {entry.title.en}, release {number} [data set]."
        )
    return (
        f"{made_zh}{entry.credit.zh}。{entry.title.zh}，未發布，{entry.name} 第 {version} 版［資料集］。"
        f" {made}{entry.credit.en}. {entry.title.en}, not released, {entry.name} version {version} [data set]."
    )


def _facts(table: Table, entry: Entry | None) -> list[tuple[str, str]]:
    if entry is None:
        return [("declaration", "none is known: lakeward.open(…, pipelines=…) brings your own")]
    release, known = entry.release, table.declaration
    told = {
        "grain": entry.grain,
        "agencies": entry.credit.zh,
        "quality": _said(entry.quality) if entry.quality else "not checked",
        "release": f"{release.number}, {release.released_at[:10]}" if release else "not released",
        "licence": "; ".join(dict.fromkeys(each.title.zh for each in entry.licences)),
        "cite": table.citation,
        "cannot tell": " ".join(filter(None, (known.limits_zh, known.limits))) if known else entry.limits,
        "read": f'lake["{table.name}"].pandas()',
    }
    return [(name, value) for name, value in told.items() if value]


def _said(quality: Quality) -> str:
    return f"{quality.verdict.zh}，{quality.verdict.en}, {quality.checked_at[:10]}"


def _columns(table: Table, entry: Entry | None) -> list[tuple[str, str, str, str, str, bool]]:
    """Give each column of the newest version: name, type, unit, title, description, whether it is of the key."""
    known = {each.name: each for each in (entry.fields if entry else ())}
    return [
        (each.name, known[each.name].type, known[each.name].unit, known[each.name].title.zh,
         known[each.name].description, known[each.name].is_key)
        if each.name in known else (each.name, str(each.type), "", "", "", False)
        for each in table.schema()
    ]  # fmt: skip


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = files(__package__).joinpath("card.html").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(source)
