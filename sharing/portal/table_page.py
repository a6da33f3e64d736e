"""What the page of one table tells, for its template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.sharing.catalogue.address import web
from lakeward.sharing.catalogue.cadence import cadence
from lakeward.sharing.catalogue.licence import Licence, licence
from lakeward.sharing.catalogue.text import Language, Text
from lakeward.sharing.portal import drawing, words
from lakeward.sharing.portal.about import About, Field
from lakeward.sharing.portal.county_map import county_map
from lakeward.sharing.portal.figure import Figure, table_of
from lakeward.sharing.portal.flow import flow
from lakeward.sharing.portal.measure import FRACTIONS, INTEGERS, TIMES
from lakeward.sharing.portal.released import Release
from lakeward.sharing.portal.shelf import Shelf
from lakeward.sharing.portal.snippet import Snippet, snippets

SECTIONS = (
    ("look", Text("圖表", "Pictures")),
    ("rows", Text("資料", "Rows")),
    ("columns", Text("欄位", "Columns")),
    ("limits", Text("限制", "Limits")),
    ("quality", Text("品質", "Quality")),
    ("lineage", Text("來源", "Lineage")),
    ("releases", Text("版本", "Releases")),
    ("use", Text("怎麼用", "Use")),
    ("cite", Text("引用", "Cite")),
)


def told(about: About, shelf: Shelf, language: Language) -> dict[str, Any]:
    """Give all that the template of a table's page asks for, besides the table itself."""
    newest = about.newest
    files = newest.files if newest else ()
    root = "../" if language == "zh" else "../../"
    shown = [_shown(field) for field in about.fields if about.first and field.column.name in about.first[0]]
    limits = _limits(about)
    is_released = newest is not None
    there = {
        "look": bool(about.figures), "rows": is_released, "limits": bool(limits), "releases": bool(about.releases),
        "use": is_released, "cite": is_released,
    }  # fmt: skip
    source = about.table.source if isinstance(about.table, Dataset) else None
    return {
        "files": files,
        "figures": [_figure(figure, shelf, language) for figure in about.figures],
        "shown": shown,
        "limits": limits,
        "labels": {field.column.name: field.label.zh for field in about.fields},
        "sections": [section for section in SECTIONS if there.get(section[0], True)],
        "licences": _licences(about),
        "cadence": cadence(source.cadence).title if source else None,
        "page_url": web(source.page) if source else "",
        "row_files": [[f"{root}{file.href}", file.bytes] for file in files if file.kind == "Parquet"],
        "row_columns": [[field["column"].name, field["kind"]] for field in shown],
        "has_sql": shelf.has_sql,
        "flow": flow(about.table, about.used_by, language, "../"),
        "snippets": _snippets(about, shelf.base_url),
        "citation": _citation(about, newest, shelf.base_url) if newest else None,
        "attributions": list(newest.attributions.values()) if newest else [],
        "inferred": newest.inferred if newest else {},
        "twins": shelf.twins.links(about.name),
        "in_page": shelf.twins.in_page(about.name),
    }


def _licences(about: About) -> list[Licence]:
    """Give the terms of the release, else of all that the table rests on, each once."""
    newest = about.newest
    names = newest.manifest.get("licence", "").split(" AND ") if newest and newest.attributions else ()
    found = [licence(name) for name in names or (each.source.licence for each in about.sources)]
    return list({each.title: each for each in found}.values())


def _shown(field: Field) -> dict[str, Any]:
    kind, name = field.column.type, field.column.name
    if name == "year" or name.endswith("_year"):
        kind = "plain"
    elif kind in (*INTEGERS, *FRACTIONS):
        kind = "number"
    elif kind in TIMES:
        kind = "date"
    return {
        "column": field.column,
        "title": field.label,
        "unit": Text("UTC", "UTC") if field.column.type == "timestamp" else words.of_unit(field.column.unit),
        "is_number": kind == "number",
        "kind": kind,
    }


def _figure(
    figure: Figure, shelf: Shelf, language: Language
) -> tuple[Figure, Markup | None, Sequence[str], list[tuple[str, ...]]]:
    """Give a figure with its picture, and its numbers as a table with a header."""
    picture = None
    if figure.kind == "line":
        picture = drawing.line(figure, language)
    elif figure.kind == "map" and shelf.outlines:
        picture = county_map(figure, shelf.outlines, language)
    first = Text("期間", "When") if figure.kind == "line" else Text("名稱", "Name")
    names = [name or figure.title.said(language) for name in figure.series]
    return figure, picture, (first.said(language), *names), list(table_of(figure))


def _limits(about: About) -> list[tuple[Text | None, Text]]:
    """Give what the table cannot tell, then what its data sets cannot, by their titles."""
    others = about.sources if isinstance(about.table, Curated) else ()
    found = [(None, about.table), *((Text(each.title_zh, each.title), each) for each in others)]
    return [(title, Text(each.limits_zh, each.limits)) for title, each in found if each.limits]


def _snippets(about: About, base_url: str) -> Sequence[Snippet]:
    newest = about.newest
    if newest is None:
        return ()
    named = {kind: [file.name for file in newest.files if file.kind == kind] for kind in ("Parquet", "CSV")}
    where = f"{base_url}{newest.folder}/" if base_url else ""
    columns = [(each["name"], each["type"]) for each in newest.manifest["schema"]]
    return snippets(named["Parquet"], (named["CSV"] or [""])[0], where, columns)


def _citation(about: About, release: Release, base_url: str) -> Text:
    year, number = release.on[:4], release.number
    where = f" {base_url}tables/{about.name}.html" if base_url else ""
    agencies = words.listed(about.agencies)
    return Text(
        f"{agencies.zh}（{year}）。{about.title.zh}，版本 {number}［資料集］。lakeward 整理。{where}",
        f"{agencies.en} ({year}). {about.title.en}, release {number} [data set]. Compiled by lakeward.{where}",
    )
