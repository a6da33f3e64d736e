"""Every command and every piece of Python that the pages show runs, on a made lake, or says why it does not."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import world
from fences import Block, blocks
from pyspark.sql import SparkSession
from shell import Shell

from lakeward.lake import jars
from lakeward.sharing.reader import magic

ROOT = Path(__file__).resolve().parents[2]
FIRST = ROOT / "docs/start.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ENGLISH = [page for page in PAGES if ROOT / "docs/zh" not in page.parents]
SHOWN = {"text", "csv", "json", "toml", "diff", "sql", "html"}
RUN = {"bash", "console", "python", "ipython"}
RUNNING = [
    page for page in ENGLISH if page != FIRST and any(each.language in RUN and each.is_run for each in blocks(page))
]


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory, spark: SparkSession) -> Shell:
    return Shell(tmp_path_factory.mktemp("shell") / "rig")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, shell: Shell) -> Path:
    """The folder that a reader of the first page has in the end."""
    folder = tmp_path_factory.mktemp("first") / "work"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAKEWARD_LINEAGE", "1")
        _run(FIRST, folder, shell)
    world.filled(folder)
    return folder


def test_the_first_page_ends_with_a_released_table(made: Path) -> None:
    assert list(made.glob("lake/published/road_safety_weather/1.0/*.parquet"))


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_runs(
    page: Path, made: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    if jars.missing(jars.S3A) and any("s3a://" in each.text for each in blocks(page) if each.is_run):
        pytest.skip("the JARs for S3 are not here: `make setup-s3`")
    folder = world.copied(made, tmp_path)
    if page.name == "CONTRIBUTING.md":
        world.landed(page, folder)
        monkeypatch.setenv("LAKEWARD_PIPELINES", "own")

    _run(page, folder, shell)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_block_says_what_it_is_and_a_marker_says_why(page: Path) -> None:
    for block in blocks(page):
        where = f"{page.relative_to(ROOT)}, line {block.line}"
        assert block.language in RUN | SHOWN, f"{where}: say what it is: {', '.join(sorted(RUN))} run, others do not"
        assert not block.idle(), f"{where}: a marker speaks of a line that is not there"
        named = re.findall(r"tests/[\w/]+\.py", " ".join(each.reason for each in block.markers))
        assert all((ROOT / name).exists() for name in named), f"{where}: one of {named} is not there"
        assert all(len(each.reason) > 15 for each in block.markers), f"{where}: a marker gives no reason"


def _run(page: Path, folder: Path, shell: Shell) -> None:
    """Run the blocks of a page in their order."""
    names: dict[str, object] = {}
    with contextlib.chdir(folder):
        for block in blocks(page):
            if block.language not in RUN or not block.is_run:
                continue
            where = f"{page.relative_to(ROOT)}, line {block.line}"
            if block.language == "python":
                code = "\n" * block.line + "\n".join(block.lines())
                exec(compile(code, str(page), "exec"), names)  # noqa: S102
            elif block.language == "ipython":
                _cells(block, names)
            else:
                _commands(block, folder, shell, where)


def _commands(block: Block, folder: Path, shell: Shell, where: str) -> None:
    for script, answer in _scripts(block):
        said = shell.run(script, folder)
        assert said.code == 0, f"{where}: {said.end}"
        missing = [line for line in answer if not re.search(_pattern(line), said.text, re.MULTILINE)]
        assert not missing, f"{where}: {script.strip()} does not say {missing}, but\n{said.text}"


def _scripts(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Give a block's commands: all at once, or, where answers stand between them, each with its answer."""
    if block.language == "bash":
        yield "\n".join(block.lines()), []
        return
    found: list[tuple[str, list[str]]] = []
    for line in block.lines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and line.strip():
            found[-1][1].append(line)
    yield from found


def _pattern(line: str) -> str:
    return "^" + ".*".join(re.escape(part) for part in line.split("…")) + r"\s*$"


def _cells(block: Block, names: dict[str, object]) -> None:
    """Run what a notebook's cell asks; loading the extension is a matter of notebooks alone."""
    head, _, query = block.text.partition("%%lake ")[2].partition("\n")
    assert magic.asked(names, head, query) is not None or names
