"""House rules that a script can hold: the direction of imports, what loads what, what lies in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.privacy.gate import class_problems

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("lake", "quality", "pipelines", "sharing", "jobs")
ADDRESS = re.compile(rb"repo1?\.maven|pypi\.org|files\.pythonhosted|registry\.npmjs|--index-url|--find-links")
MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))

CURATED = [each for each in declared().values() if isinstance(each, Curated)]


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_from_jobs_towards_lake(path: Path) -> None:
    layer = LAYERS.index(path.relative_to(ROOT).parts[0])
    above = {f"lakeward.{name}" for name in LAYERS[layer + 1 :]}

    wrong = {name for name in _imports(path) if any(name == each or name.startswith(f"{each}.") for each in above)}

    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_module_needs_stands_at_its_top_or_where_it_is_loaded_late(path: Path) -> None:
    assert "__import__(" not in path.read_text("utf-8")


def test_every_declaration_loads_without_spark_or_great_expectations() -> None:
    code = (
        "import sys; from lakeward.pipelines.catalog import declared; assert declared();"
        "print([m for m in ('pyspark', 'great_expectations', 'pandas', 'pyarrow', 'py4j') if m in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert told.strip() == "[]"


@pytest.mark.parametrize("table", CURATED, ids=lambda table: table.name)
def test_every_column_of_a_curated_table_is_classed_and_may_be_published(table: Curated) -> None:
    assert not list(class_problems(table.columns))


@pytest.mark.parametrize("table", CURATED, ids=lambda table: table.name)
def test_a_curated_table_that_counts_people_says_how_small_groups_are_guarded(table: Curated) -> None:
    counted = {column.name for column in table.columns if column.unit in ("people", "cases")}

    assert table.disclosure or not counted


def test_help_loads_only_the_command_line() -> None:
    code = (
        "import sys; from lakeward.jobs.cli import main; main(['--help']);"
        "print([m for m in ('pyspark', 'pyarrow', 'deltalake', 'rich', 'fsspec', 'numpy') if m in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert told.strip().endswith("[]")


def test_the_tree_holds_no_large_file_no_address_of_a_registry_and_no_path_of_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    wrong = []
    for name in filter(None, tracked.stdout.split("\0")):
        path = ROOT / name
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        is_lock = name.endswith(".lock")
        if len(content) > 100_000 and not is_lock:
            wrong.append(f"{name}: {len(content)} bytes")
        if path != Path(__file__) and ADDRESS.search(content):
            wrong.append(f"{name}: an address of a registry")

    assert not wrong


def test_the_lock_pins_every_requirement_by_hash() -> None:
    lines = (ROOT / "requirements" / "dev.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if re.match(r"[a-z0-9]", line)]

    assert pins
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+ ", line) for line in pins)
    assert sum("--hash=sha256:" in line for line in lines) >= len(pins)


def test_the_real_lake_is_asked_for_only_where_its_name_says_so() -> None:
    # Each process that runs such a test builds that lake, for minutes: tests/conftest.py gives them to one, by name.
    asking = [
        path.name
        for path in (ROOT / "tests").rglob("test_*.py")
        if re.search(r"\bbuilt: Built\b", path.read_text("utf-8"))
    ]

    assert asking and all(name.startswith(("test_real", "test_traps")) for name in asking)


def test_no_two_test_files_share_a_name() -> None:
    """Python takes the second for the first, and pytest collects nothing of it."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))

    assert {name for name, times in names.items() if times > 1} == set()
