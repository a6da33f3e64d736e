"""The docs' site: every page has a place, no link leads nowhere, the built pages ask no other server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import commands
import dictionary
import pytest
import staging
from links import LINK, outside_of_code
from navigation import SECTIONS, navigation

from lakeward.pipelines.catalog import declared
from lakeward.sharing.reader.table import Table

ROOT = staging.ROOT
TOOL = ROOT / ".venv-docs/bin/zensical"
WRITTEN = sorted({path for language in ("en", "zh") for path in staging.body(language).values()})
ASKED = re.compile(
    r'<(?:script|img|iframe|source)[^>]*\bsrc="(?:https?:)?//|<link[^>]*stylesheet[^>]*href="(?:https?:)?//'
)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_links_to_files_that_are_there(path: Path) -> None:
    wrong: list[str] = []

    def look(line: str) -> str:
        for _, address in LINK.findall(line):
            file = address.partition("#")[0]
            if file and not re.match(r"\w+:", file) and not (path.parent / file).exists():
                wrong.append(address)
        return line

    outside_of_code(path.read_text("utf-8"), look)

    assert not wrong


def test_a_page_that_nobody_placed_is_found_under_more() -> None:
    nav = navigation({"index.md": "Home", "new/page.md": "New"}, "zh")

    assert nav == [{"開始": [{"Home": "index.md"}]}, {"其他": [{"New": "new/page.md"}]}]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_section_has_pages(language: str) -> None:
    pages = staging.body(language).keys() | staging.made(language).keys()

    nav = navigation(dict.fromkeys(pages, "x"), language)

    assert [next(iter(each)) for each in nav][: len(SECTIONS)] == [getattr(each, language) for each in SECTIONS]


def test_the_reference_has_every_command_with_its_options_and_every_table() -> None:
    told = commands.pages("en")

    assert {"reference/commands/run.md", "reference/commands/share.md"} < set(told)
    assert "lakeward share add" in told["reference/commands/share.md"]
    assert "`--deploy-mode [client|cluster]`" in told["reference/commands/run.md"].replace(r"\|", "|")
    assert {f"dictionary/{name}.md" for name in declared()} < set(dictionary.pages("zh"))


def test_every_way_to_read_that_the_analysts_page_tells_is_there() -> None:
    told = set(re.findall(r"`\.(\w+)", (ROOT / "docs/analysts.md").read_text("utf-8")))

    assert len(told) > 10 and not {name for name in told if not hasattr(Table, name)}


def test_chinese_pages_hold_the_commands_of_the_english_ones() -> None:
    chinese = sorted((ROOT / "docs/zh").rglob("*.md"))

    for page in chinese:
        english = ROOT / "docs" / page.relative_to(ROOT / "docs/zh")
        assert _commands(page) == _commands(english), page.name
    assert len(chinese) > 5


def _commands(page: Path) -> list[str]:
    blocks = re.findall(r"```(?:bash|console|python)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    return [re.sub(r"\s+# .*", "", line) for block in blocks for line in block.splitlines()]


def test_a_strict_build_passes_and_asks_no_other_server(tmp_path: Path) -> None:
    if not TOOL.exists():
        pytest.skip("there is no .venv-docs; `make docs-tool` makes it")

    told = subprocess.run(
        [sys.executable, ROOT / "docs/site", "--to", tmp_path / "site"], check=False, capture_output=True, text=True
    )

    assert told.returncode == 0, told.stdout + told.stderr
    built = list((tmp_path / "site").rglob("*.html"))
    assert len(built) > 200 and not [page for page in built if ASKED.search(page.read_text("utf-8"))]
    assert 'lang="zh-TW"' in (tmp_path / "site/zh/start.html").read_text("utf-8")
    _leads(tmp_path / "site/howto/analyst.html", {"en": "analyst.html", "zh-TW": "../zh/howto/analyst.html"})
    _leads(tmp_path / "site/zh/reference/commands/run.html", {
        "en": "../../../reference/commands/run.html", "zh-TW": "run.html",
    })  # fmt: skip


def _leads(page: Path, languages: dict[str, str]) -> None:
    """Say that a page's switch of languages leads to these, which are there."""
    links = re.findall(r'<a href="([^"]+)" hreflang="([^"]+)"', page.read_text("utf-8"))
    assert {language: address for address, language in links} == languages
    assert all((page.parent / address).exists() for address in languages.values())


def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path) -> None:
    if not TOOL.exists():
        pytest.skip("there is no .venv-docs; `make docs-tool` makes it")
    config = staging.stage("en", tmp_path / "en")
    page = tmp_path / "en/docs/start.md"
    page.write_text(page.read_text("utf-8") + "\n[away](nowhere.md)\n", "utf-8")

    told = subprocess.run([TOOL, "build", "--strict", "-f", config], check=False, capture_output=True, text=True)

    assert told.returncode and "nowhere" in re.sub(r"\x1b\[[\d;]*m", "", told.stdout + told.stderr)
