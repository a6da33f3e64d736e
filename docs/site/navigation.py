"""Where each page stands. A page that is named nowhere stands under "More", so that none is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Section:
    """Pages under one heading.

    Args:
        en: the heading in English.
        zh: the heading in Chinese.
        pages: their files, in order; one that ends with / means all pages of a folder. Those that are absent are
            passed over.
    """

    en: str
    zh: str
    pages: tuple[str, ...]


SECTIONS = (
    Section("Start", "開始", ("index.md", "start.md")),
    Section("Concepts", "概念", ("concepts.md", "architecture.md")),
    Section("Data engineers", "資料工程師", (
        "howto/data-engineer.md", "contributing.md", "sandbox.md", "quality.md", "expectations.md", "traps.md",
    )),
    Section("Analysts", "分析人員", ("howto/analyst.md", "analysts.md", "notebooks.md")),
    Section("Agencies that publish", "發布機關", (
        "howto/publisher.md", "releases.md", "privacy.md", "catalogue.md", "portal.md",
    )),
    Section("Agencies and citizens that use data", "使用機關與民眾", ("howto/consumer.md", "sharing.md")),
    Section("Operators", "維運人員", (
        "howto/operator.md", "orchestrators.md", "clusters.md", "storage.md", "reliability.md", "performance.md",
        "scaling.md", "green.md", "deploy/", "benchmarks.md",
    )),
    Section("Reference", "參考", ("readme.md", "reference/index.md", "reference/", "reference/commands/")),
    Section("Data dictionary", "資料字典", ("dictionary/index.md", "dictionary/")),
    Section("Decisions", "決策紀錄", ("decisions/index.md", "decisions/")),
)  # fmt: skip
MORE = Section("More", "其他", ())


def navigation(titles: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    """Give every page its place, as Zensical's `nav` has it.

    Args:
        titles: what each page is called, by its file.
        language: of the headings.
    """
    left = dict(titles)
    found = [_told(section, _taken(section.pages, left), language) for section in SECTIONS]
    return [each for each in (*found, _told(MORE, list(left.items()), language)) if any(each.values())]


def _taken(pages: Iterable[str], left: dict[str, str]) -> list[tuple[str, str]]:
    names = [name for page in pages for name in ([page] if page in left else sorted(_below(page, left)))]
    return [(name, left.pop(name)) for name in dict.fromkeys(names)]


def _below(folder: str, left: Iterable[str]) -> list[str]:
    return [name for name in left if folder.endswith("/") and name.rpartition("/")[0] == folder[:-1]]


def _told(section: Section, pages: Iterable[tuple[str, str]], language: str) -> dict[str, Any]:
    return {section.zh if language == "zh" else section.en: [{title: name} for name, title in pages]}
