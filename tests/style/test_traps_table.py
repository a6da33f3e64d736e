"""docs/traps.md says what is there: every handler stands in its declaration, every test exists and has its line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Dataset

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"\| (.+?) \| `(\S+)` \| `(.+?)` \| `(test_\w+)` \|")
LINES = LINE.findall((ROOT / "docs" / "traps.md").read_text("utf-8"))


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
    found: object = columns.get(first, dataset)
    for part in (rest if first in columns else handler).split("."):
        found = getattr(found, part)
    assert found, trap


def test_every_test_of_a_trap_has_its_line_and_every_line_its_test() -> None:
    tree = ast.parse((ROOT / "tests" / "jobs" / "test_traps.py").read_text("utf-8"))
    tests = {each.name for each in tree.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")}

    assert tests == {test for *_, test in LINES}
    assert len(LINES) == sum(line.startswith("| ") for line in (ROOT / "docs" / "traps.md").open(encoding="utf-8")) - 1
