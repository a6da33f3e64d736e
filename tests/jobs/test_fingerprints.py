"""What makes rows has a name, which changes with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakeward.jobs import fingerprints
from lakeward.lake import own_jar

FUNCTIONS = Path(__file__).parents[2] / "lake" / "java" / "functions"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of our Java."""
    shutil.copytree(FUNCTIONS, tmp_path / "java" / "functions")
    monkeypatch.setattr(own_jar, "_package", lambda: tmp_path)
    fingerprints._functions.cache_clear()
    yield tmp_path / "java" / "functions"
    fingerprints._functions.cache_clear()


def test_a_function_in_java_that_changes_makes_silver_anew(package: Path) -> None:
    before = fingerprints.engine_version()
    source = next(package.rglob("Calendar.java"))
    source.write_text(source.read_text("utf-8").replace("719468", "719469"), "utf-8")
    fingerprints._functions.cache_clear()

    assert fingerprints.engine_version() != before
