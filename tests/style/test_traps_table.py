"""docs/traps.md says what is there: every handler and test exists, every test and folder of real files has a line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from pkgutil import resolve_name

import pytest

from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Dataset

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"\| (.+?) \| `(\S+)` \| `(.+?)` \| `(test_\w+)` \|")
TEXT = (ROOT / "docs" / "traps.md").read_text("utf-8")
LINES = LINE.findall(TEXT)


def _tests(paths: Iterable[Path]) -> set[str]:
    trees = [ast.parse(path.read_text("utf-8")) for path in paths]
    functions = [each for tree in trees for each in tree.body if isinstance(each, ast.FunctionDef)]
    return {each.name for each in functions if each.name.startswith("test_")}


@pytest.mark.parametrize(("trap", "name", "handler", "test"), LINES)
def test_what_handles_a_trap_stands_in_the_declaration(trap: str, name: str, handler: str, test: str) -> None:
    dataset = declared()[name]
    assert isinstance(dataset, Dataset)
    columns = {column.name: column for column in dataset.columns}
    column, is_rule, rule = handler.partition(": ")
    first, _, rest = handler.partition(".")

    if is_rule:
        assert any(each.type == rule and column in each.columns for each in dataset.suite), trap
        return
    if first == "lakeward":
        assert resolve_name(handler), trap
        return
    found: object = columns.get(first, dataset)
    for part in (rest if first in columns else handler).split("."):
        found = getattr(found, part)
    assert found, trap


def test_every_line_is_read_and_names_a_test_and_every_test_of_a_trap_has_its_line() -> None:
    named, jobs = {test for *_, test in LINES}, ROOT / "tests" / "jobs"

    assert len(LINES) == sum(line.startswith("| ") for line in TEXT.splitlines()) - 1
    assert named <= _tests([*jobs.glob("test_traps*.py"), *jobs.glob("test_real*.py")])
    assert _tests(jobs.glob("test_traps*.py")) <= named


def test_every_folder_of_real_files_has_a_line(real_files: Path) -> None:
    folders = re.findall(r"`(\w+)`", "".join(
        cells[1] for line in (real_files / "README.md").read_text("utf-8").splitlines()
        if len(cells := line.split("|")) > 10 and cells[1].lstrip().startswith("**")
    ))  # fmt: skip
    told = {name for _, name, _, _ in LINES}
    sources = {
        name: table.source.files.split("/")[1] for name, table in declared().items() if isinstance(table, Dataset)
    }

    assert len(folders) > 30
    assert set(folders) <= {folder for name, folder in sources.items() if name in told}
