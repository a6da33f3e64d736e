"""A table is built again when code that it stands on was edited, and not when other code was."""

from __future__ import annotations

import importlib
import re
import sys
from importlib.resources import files as packaged
from pathlib import Path

import pytest

from lakeward.jobs import fingerprints
from lakeward.jobs.fingerprints import engine_version, held_against, made_by, source_of
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Curated

FILES = {
    "made/wells.py": """
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Csv, Curated, Dataset, Source
from lakeward.quality import expect
from .._shared import SCALE, deep

SUITE = (expect.custom("expect_wells_to_be_deep", {"column": "well"}, f"{__package__}._rules"),)
WELLS = Dataset(
    name="made.wells", title="Wells", title_zh="水井", agency="nobody",
    source=Source("made/wells/*.csv", licence="not stated", cadence="never", format=Csv(encoding="utf-8")),
    columns=(Open("well", "string", "well", cell="井號", key=True),), suite=SUITE,
)


def build(rows):
    return deep(rows, SCALE)


def other(rows):
    return rows


TABLE = Curated("gold.wells", "Wells", "水井", (WELLS,), "one row a well", WELLS.columns, build, suite=SUITE)
""",
    "made/_rules.py": """
import great_expectations
from .._bounds import DEEP

class ExpectWellsToBeDeep:
    bound = DEEP
""",
    "_bounds.py": """
DEEP = 30
""",
    "_shared.py": """
from functools import cache
from ._deeper import deepest

SCALE = {"a": (1, 2)}
UNUSED = 1


@cache
def deep(rows, scale):
    return [deepest(row) for row in rows]
""",
    "_deeper.py": """
WORDS = frozenset(("one", "two", "three"))


class Rule:
    def holds(self, row):
        from ._late import words

        return row in words(WORDS)


def deepest(row):
    return Rule().holds(row)  # a remark
""",
    "_late.py": """
def words(known):
    return known
""",
}


def _table(root: Path, file: str = "", before: str = "", after: str = "") -> Curated:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert before in text or name != file
        path.write_text(text.replace(before, after) if name == file else text, "utf-8")
    table = declared(str(root))["gold.wells"]
    assert isinstance(table, Curated)
    return table


def _fingerprint(root: Path, file: str = "", before: str = "", after: str = "") -> str:
    table = _table(root, file, before, after)
    return table.fingerprint(source_of(table))


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("made/wells.py", "deep(rows, SCALE)", "deep(rows, SCALE)[:1]"),
        ("_shared.py", "for row in rows", "for row in rows if row"),
        ("_shared.py", "(1, 2)", "(1, 3)"),
        ("_deeper.py", "return Rule", "return not Rule"),
        ("_deeper.py", "row in words", "row not in words"),
        ("_deeper.py", '"three"', '"four"'),
        ("_late.py", "return known", "return set(known)"),
    ],
)
def test_an_edited_helper_or_value_is_seen_however_deep(file: str, before: str, after: str, tmp_path: Path) -> None:
    assert _fingerprint(tmp_path / "a") != _fingerprint(tmp_path / "b", file, before, after)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("made/wells.py", "def other(rows):\n    return rows", "def other(rows):\n    return None"),
        ("_shared.py", "UNUSED = 1", "UNUSED = 2"),
        ("_deeper.py", "a remark", "another remark"),
    ],
)
def test_other_code_remarks_and_the_folders_place_change_nothing(
    file: str, before: str, after: str, tmp_path: Path
) -> None:
    assert _fingerprint(tmp_path / "a") == _fingerprint(tmp_path / "b", file, before, after)


@pytest.mark.parametrize(
    ("file", "before", "after"), [("made/_rules.py", "= DEEP", "= 1 + DEEP"), ("_bounds.py", "30", "40")]
)
def test_an_edited_class_of_expectations_is_a_changed_suite(
    file: str, before: str, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "great_expectations", None)  # importing it costs seconds: a plan does not

    def told(*edit: str) -> tuple[str, str, str]:
        importlib.invalidate_caches()
        table = _table(tmp_path, *edit)
        (wells,) = table.sources()
        return made_by(wells), held_against(table), table.fingerprint(source_of(table))

    first, same, edited = told(), told(), told(file, before, after)

    assert first == same
    assert [one == other for one, other in zip(first, edited, strict=True)] == [False, False, True]


def test_of_our_own_tables_only_those_change_that_use_what_was_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {name: each for name, each in declared().items() if isinstance(each, Curated)}
    before = {name: source_of(each) for name, each in tables.items()}
    monkeypatch.setattr("lakeward.pipelines.curated.crash_changes.kind", lambda rows: None)
    monkeypatch.setattr("lakeward.pipelines.curated.crash_change_feed.kind", lambda rows: None)

    changed = {name for name, each in tables.items() if source_of(each) != before[name]}

    assert changed <= {"gold.crash_changes", "gold.crash_change_feed"}
    assert "gold.crash_change_feed" in changed


def test_versions_of_libraries_are_part_of_what_made_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, engine = _fingerprint(tmp_path / "a"), engine_version()
    monkeypatch.setattr(fingerprints, "version", lambda name: "99")
    fingerprints._versions.cache_clear()
    try:
        after, newer = _fingerprint(tmp_path / "a"), engine_version()
    finally:
        fingerprints._versions.cache_clear()

    assert before != after
    assert engine != newer


@pytest.mark.parametrize("file", fingerprints.ENGINE)
def test_what_the_engine_stands_on_is_part_of_it(file: str) -> None:
    beside = {"dataset", "formats"}, {"firstrows", "renames"}  # declarations; judges of a file before it is read
    code = packaged("lakeward").joinpath(*file.split("/")).read_text("utf-8")

    used = set(re.findall(r"^ *from lakeward\.pipelines\.(\w+) import", code, re.MULTILINE)).difference(*beside)

    assert not {f"pipelines/{name}.py" for name in used}.difference(fingerprints.ENGINE)
