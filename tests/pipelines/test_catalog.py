"""Declarations are found in folders, and selections find them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lakeward.lake.errors import NothingSelected, UsageError
from lakeward.pipelines.catalog import declared, select
from lakeward.pipelines.dataset import Dataset, Source
from lakeward.pipelines.environment.weather_stations import WEATHER_STATIONS

DECLARATION = """
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Dataset, Source

THING = Dataset(
    name="{name}", title="{title}", title_zh="", agency="nobody",
    source=Source("{files}", licence="not stated", cadence="never"),
    columns=(Column("a", "string", "a", cell="a"),),
)
"""


def _declare(folder: Path, name: str, files: str = "own/things/*.csv", title: str = "Things") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name.replace('.', '_')}.py").write_text(
        DECLARATION.format(name=name, title=title, files=files), "utf-8"
    )
    return folder


def test_our_declarations_are_named_after_their_files() -> None:
    tables = declared()

    assert {"police.fatal_crashes", "environment.hourly_weather", "gold.road_safety_weather"} <= set(tables)
    assert all(table.columns and table.title and table.title_zh for table in tables.values())


def test_a_folder_of_ones_own_is_found_beside_ours(tmp_path: Path) -> None:
    own = declared(str(_declare(tmp_path / "mine", "own.things")))

    assert "own.things" in own
    assert "police.fatal_crashes" in own


def test_two_folders_of_one_name_keep_each_its_declarations(tmp_path: Path) -> None:
    first = declared(str(_declare(tmp_path / "a" / "pipelines", "own.firsts")))
    second = declared(str(_declare(tmp_path / "b" / "pipelines", "own.seconds")))

    assert "own.firsts" in first
    assert "own.seconds" in second
    assert "own.firsts" not in second


def test_a_domain_of_ones_own_is_a_plain_folder(tmp_path: Path) -> None:
    _declare(tmp_path / "mine" / "own", "own.things")
    _declare(tmp_path / "mine" / "_old", "own.old")

    own = declared(str(tmp_path / "mine"))

    assert "own.things" in own
    assert "own.old" not in own


def test_one_name_declared_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"two declarations are called police\.fatal_crashes") as refused:
        declared(str(_declare(tmp_path / "twice", "police.fatal_crashes")))

    assert "twice/police_fatal_crashes.py" in refused.value.remedy


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        ("columns=((", 5, r"SyntaxError: '\(' was never closed"),
        ("colums=(", 5, "TypeError: .* unexpected keyword argument 'colums'"),
        ("suite=(expect.a_thing(),), columns=(", 8, "NameError: name 'expect' is not defined"),
        (
            'suite=(column_values_to_be_unique("b"),), columns=(',
            5,
            "own.things: its suite speaks of b, which is no col",
        ),
        ('suite=(column_values_to_be_unique("a", severity="bad"),), columns=(', 8, "'bad' is no severity"),
        ('suite=(column_values_to_be_unique("a", mostly=95),), columns=(', 8, "mostly=95 is no share"),
        ('columns=(Column("a", "string", "a"),', 5, "own.things: two columns are called a"),
        ('columns=(Column("A", "string", "a"),', 5, "own.things: two columns are called A, a"),
        ('columns=(Column("a.b", "string", "a"),', 5, "own.things: no column can be called 'a.b'"),
        ('columns=(Column("_row", "string", "a"), Column("x y", "int", "a"),', 5, "can be called '_row', 'x y'"),
        ('combine=ReplacePeriod("on", "year"), columns=(', 5, "its combine speaks of on, which is no column"),
        ("combine=Upsert(), columns=(", 5, r"Upsert\(\) compares rows by their key, and it has none"),
        (
            "combine=Snapshot(keep_history=True), columns=(",
            5,
            r"Snapshot\(keep_history=True\) compares rows by their key, and it has none",
        ),
        ("max_refused=5, columns=(", 5, "max_refused=5 is no share"),
    ],
)
def test_a_mistake_in_a_declaration_is_told_with_its_place(tmp_path: Path, wrong: str, line: int, said: str) -> None:
    file = _declare(tmp_path / "mine" / "own", "own.things") / "own_things.py"
    head = "from lakeward.pipelines.combining import *; from lakeward.quality.expect import column_values_to_be_unique;"
    file.write_text(head + file.read_text("utf-8").replace("columns=(", wrong), "utf-8")

    with pytest.raises(UsageError, match=rf"own/own_things\.py, line {line}: .*{said}") as told:
        declared(str(tmp_path / "mine"))

    assert told.value.remedy


def test_a_folder_without_declarations_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.py").write_text("x = 1")

    with pytest.raises(UsageError, match="holds no declaration"):
        declared(str(tmp_path))


@pytest.mark.parametrize("own", ["no_such_place_at_all", "../nowhere", "./notes.py"])
def test_neither_folder_nor_package_is_told(own: str) -> None:
    with pytest.raises(UsageError, match="neither a folder nor a package"):
        declared(own)


@pytest.mark.parametrize("written", [b"bad[", b"[tool]\nlakeward = 5\n", b"\xff\xfe"])
def test_a_project_file_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bytes
) -> None:
    (tmp_path / "pyproject.toml").write_bytes(written)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match=r"pyproject\.toml cannot be read"):
        declared()


def test_a_mistake_in_the_folder_s_own_start_is_told(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("\nimport no_such_package_at_all\n", "utf-8")

    with pytest.raises(UsageError, match=r"__init__\.py, line 2: ModuleNotFoundError"):
        declared(str(tmp_path))


@pytest.mark.parametrize("files", ["../outside/*.csv", "a/../../outside/*.csv", "/etc/*.csv", "a/.."])
def test_a_pattern_that_leaves_the_landing_root_is_refused(files: str) -> None:
    with pytest.raises(UsageError, match="leaves the landing root") as refused:
        replace(WEATHER_STATIONS, source=Source(files, licence="", cadence=""))

    assert "relative" in refused.value.remedy


@pytest.mark.parametrize("name", ["things", "Own.things", "own.thing-s", "own.", "own.a.b", "../x.y"])
def test_names_that_are_no_table_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        replace(WEATHER_STATIONS, name=name)


def test_selections_bring_their_inputs_before_them() -> None:
    tables = declared()

    assert list(select(tables, ["gold.road_safety_weather"]))[-1] == "gold.road_safety_weather"
    assert len(select(tables, ["gold.*"])) >= 5
    assert list(select(tables, ["silver.police.fatal_crashes"])) == ["police.fatal_crashes"]
    assert set(select(tables, ["environment.*"])) == {n for n in tables if n.startswith("environment.")}
    assert set(select(tables, [])) == set(tables)


def test_an_unknown_selection_suggests_the_near_ones() -> None:
    tables = declared()

    with pytest.raises(NothingSelected) as refused:
        select(tables, ["police.fatal_crashs"])
    with pytest.raises(NothingSelected) as far:
        select(tables, ["zzz.*"])

    assert "did you mean police.fatal_crashes" in refused.value.remedy
    assert "lakeward ls" in far.value.remedy
    assert refused.value.exit_code == 2


def test_a_change_of_words_keeps_the_fingerprint_and_a_change_of_rules_does_not() -> None:
    it: Dataset = WEATHER_STATIONS

    assert replace(it, title="x", limits="y", publish=None).fingerprint() == it.fingerprint()
    assert replace(it, max_refused=0.5).fingerprint() != it.fingerprint()
    assert replace(it, columns=it.columns[:-1]).fingerprint() != it.fingerprint()
    assert it.fingerprint("new engine") != it.fingerprint()
