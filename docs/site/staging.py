"""Puts all pages of one language where Zensical takes them from: the body as it is written, and what code tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import commands
import declarations
import dictionary
import python_face
from links import Repository, outside_of_code, title_of
from navigation import navigation

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
NAMES = {"en": "lakeward", "zh": "lakeward 開放政府資料湖倉"}
PICTURE = re.compile(r"!\[([^\]]*)\]\((?:\.\./)*(pictures/\w+\.svg)\)")
ELSEWHERE = {
    "README.md": "readme.md",
    "CONTRIBUTING.md": "contributing.md",
    "benchmarks/README.md": "benchmarks.md",
    "notebooks/README.md": "notebooks.md",
}
"""Pages that do not lie in `docs`, by where they stand on the site."""


def body(language: str) -> dict[str, Path]:
    """Give the pages that people write: by their place on the site, the file. What has no Chinese stays English."""
    docs = ROOT / "docs"
    english = [path for path in sorted(docs.rglob("*.md")) if path.relative_to(docs).parts[0] not in ("site", "zh")]
    found = {str(path.relative_to(docs)): path for path in english}
    found |= {place: ROOT / name for name, place in ELSEWHERE.items() if (ROOT / name).exists()}
    found |= {f"deploy/{path.parent.name}.md": path for path in sorted((ROOT / "deploy").glob("*/README.md"))}
    if language == "zh":
        found |= {str(path.relative_to(docs / "zh")): path for path in sorted((docs / "zh").rglob("*.md"))}
    return found


def made(language: str) -> dict[str, str]:
    """Give the pages that come from code."""
    return {
        **commands.pages(language), **python_face.pages(language), **declarations.pages(language),
        **dictionary.pages(language), **_decisions(language),
    }  # fmt: skip


def stage(language: str, to: Path) -> Path:
    """Write all pages of a language and Zensical's configuration; give the configuration's file.

    Args:
        language: `en` or `zh`.
        to: a folder that does not exist; the site comes into its `site`.
    """
    written = body(language)
    mapped = Repository(ROOT, {path: place for place, path in {**body("en"), **written}.items()}, to / "docs")
    pages = {place: _pictured(mapped.relinked(path, place)) for place, path in written.items()} | made(language)
    for place, text in pages.items():
        file = to / "docs" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    (to / "docs/extra.css").write_text((HERE / "extra.css").read_text("utf-8"), "utf-8")
    config = to / "mkdocs.yml"
    nav = navigation({place: title_of(text) for place, text in pages.items()}, language)
    config.write_text(json.dumps(_config(language, nav), ensure_ascii=False), "utf-8")  # JSON is YAML
    return config


def _pictured(text: str) -> str:
    """Put pictures into their pages, so that they take its colours, light or dark."""

    def put(found: re.Match[str]) -> str:
        drawn = (ROOT / "docs" / found[2]).read_text("utf-8").replace("\n\n", "\n").strip()
        return f'<figure class="picture" role="img" aria-label="{found[1]}">\n{drawn}\n</figure>'

    return outside_of_code(text, lambda line: PICTURE.sub(put, line))


def _decisions(language: str) -> dict[str, str]:
    def lines() -> Iterator[str]:
        yield "# 決策紀錄" if language == "zh" else "# Decisions"
        yield ""
        yield (
            "難以回頭的決定：當時知道什麼、選了什麼。"
            if language == "zh"
            else ("What would be dear to undo: what was known, and what was chosen.")
        )
        yield ""
        for path in sorted((ROOT / "docs/decisions").glob("*.md")):
            yield f"- [{title_of(path.read_text('utf-8'))}]({path.name})"

    return {"decisions/index.md": "\n".join(lines()) + "\n"}


def _config(language: str, nav: list[dict[str, Any]]) -> dict[str, Any]:
    here, there = ("zh-TW", "../index.html") if language == "zh" else ("en", "index.html")
    of_chinese = "index.html" if language == "zh" else "zh/index.html"
    schemes = (("default", "light"), ("slate", "dark"))
    return {
        "site_name": NAMES[language],
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": False,  # so that the pages open from a disk
        "copyright": "Apache 2.0",
        "nav": nav,
        "extra_css": ["extra.css"],
        "extra": {
            "generator": False,
            "alternate": [
                {"name": "English", "link": there, "lang": "en"},
                {"name": "中文", "link": of_chinese, "lang": "zh-TW"},
            ],
        },
        "theme": {
            "name": "material",
            "language": here,
            "font": False,  # the reader's own: none is fetched
            "features": ["navigation.indexes", "navigation.prune", "navigation.top", "content.code.copy"],
            "palette": [
                {
                    "media": f"(prefers-color-scheme: {name})",
                    "scheme": scheme,
                    "primary": "teal",
                    "toggle": {"icon": "material/brightness-6", "name": "light / dark"},
                }
                for scheme, name in schemes
            ],
        },
        "markdown_extensions": [
            "tables", "attr_list", "md_in_html", "admonition", "pymdownx.superfences",
            {"toc": {"permalink": True, "toc_depth": 3}},
        ],
    }  # fmt: skip
