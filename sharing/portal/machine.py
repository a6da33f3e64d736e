"""What programs read of the portal: every page about a table has a twin as JSON."""

from __future__ import annotations

import json
from typing import Any

from lakeward.sharing.portal.about import About
from lakeward.sharing.portal.shelf import Shelf

LIST = "tables.json"
SCHEMA = "lakeward.portal/1"
RULE = ("rule", "severity", "rows", "failed", "history")


def documents(shelf: Shelf) -> dict[str, str]:
    """Give what programs read beside the pages, by path: each table, the list of them, and a site map."""
    told = {about.name: _document(about) for about in shelf.tables}
    listed = [
        {name: document[name] for name in ("name", "title", "title_zh", "domain", "rows", "release", "page")}
        for document in told.values()
    ]
    pages: dict[str, object] = {f"tables/{name}.json": document for name, document in told.items()}
    pages[LIST] = {"schema": SCHEMA, "tables": listed}
    texts = {path: json.dumps(document, ensure_ascii=False, indent=1) + "\n" for path, document in pages.items()}
    return texts | ({"sitemap.xml": _site_map(shelf)} if shelf.base_url else {})


def _site_map(shelf: Shelf) -> str:
    paths = ["index.html", "tables.html", *(f"tables/{about.name}.html" for about in shelf.tables)]
    places = [f"{shelf.base_url}{folder}{path}" for path in paths for folder in ("", "en/")]
    urls = "".join(f"<url><loc>{place}</loc></url>\n" for place in places)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def _document(about: About) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "name": about.name,
        "title": about.title.en,
        "title_zh": about.title.zh,
        "sentence": about.sentence().en,
        "sentence_zh": about.sentence().zh,
        "domain": about.domain.name,
        "agencies": [{"zh": agency.zh, "en": agency.en} for agency in about.agencies],
        "licences": {each.name: each.source.licence for each in about.sources},
        "limits": about.table.limits,
        "limits_zh": about.table.limits_zh,
        "rows": about.rows,
        "coverage": about.coverage,
        "release": about.newest.number if about.newest else None,
        "page": f"tables/{about.name}.html",
        "columns": [
            {
                "name": field.column.name, "title_zh": field.label.zh, "type": field.column.type,
                "unit": field.column.unit, "key": field.column.key, "description": field.column.description,
                "empty": field.empty, "from": field.sources,
            }
            for field in about.fields
        ],
        "quality": {
            "checked_on": about.checked_on,
            "rules": [{name: rule[name] for name in RULE} for rule in about.rules],
        },
        "releases": [each.document() for each in about.releases],
        "made_from": [each.name for each in about.sources],
        "used_by": [each.name for each in about.used_by],
    }  # fmt: skip
