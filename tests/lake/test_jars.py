from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from lakeward.lake import jars
from lakeward.lake.errors import LakewardError, TryAgainLater, UsageError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("LAKEWARD_JARS", str(folder))
    return folder


def _two(monkeypatch: pytest.MonkeyPatch) -> tuple[jars.Jar, ...]:
    two = tuple(
        jars.Jar("delta", "org.example", name, "1", hashlib.sha256(name.encode()).hexdigest()) for name in ("a", "b")
    )
    monkeypatch.setattr(jars, "lock", lambda: two)
    return two


def _tool(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Stand in for Maven: its output folder is the last argument's value."""
    folder.mkdir()
    (folder / "mvn").write_text(f'#!/bin/sh\nfor last; do :; done\nout="${{last#*=}}"\nmkdir -p "$out"\n{script}\n')
    (folder / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_lock_names_each_jar_once_with_a_checksum_and_no_address() -> None:
    every = jars.lock()

    assert {jar.set for jar in every} == {jars.DELTA, jars.LINEAGE, jars.S3A}
    assert len({jar.file for jar in every}) == len(every)
    assert all(len(jar.sha256) == 64 for jar in every)
    assert "io.delta:delta-spark_4.2_2.13:4.4.0" in {jar.coordinate for jar in jars.jars(jars.DELTA)}


def test_lock_names_nothing_that_spark_ships() -> None:
    shipped = {path.name.rpartition("-")[0] for path in (jars.spark_home() / "jars").glob("*.jar")}

    assert not {jar.artifact for jar in jars.lock()} & shipped


def test_folder_follows_variable_then_xdg_then_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert jars.jar_folder() == tmp_path / "cache"
    monkeypatch.delenv("LAKEWARD_JARS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert jars.jar_folder() == tmp_path / "xdg/lakeward/jars"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert jars.jar_folder() == tmp_path / ".cache/lakeward/jars"


def test_missing_jars_name_the_command_that_brings_them() -> None:
    with pytest.raises(jars.JarsMissing, match="make setup"):
        jars.paths(jars.DELTA)
    with pytest.raises(jars.JarsMissing, match="setup-s3"):
        jars.paths(jars.S3A)
    with pytest.raises(UsageError, match="delta, lineage, s3a"):
        jars.missing("scala")


def test_fetched_jars_are_in_the_cache_and_nothing_else_is(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = _two(monkeypatch)
    _tool(tmp_path / "bin", monkeypatch, 'printf a > "$out/a-1.jar"; printf b > "$out/b-1.jar"')

    assert jars.fetch() == list(two)
    assert sorted(path.name for path in cache.iterdir()) == ["a-1.jar", "b-1.jar"]
    assert jars.paths(jars.DELTA) == [cache / "a-1.jar", cache / "b-1.jar"]


def test_nothing_lacking_starts_no_process(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _two(monkeypatch)
    cache.mkdir()
    (cache / "a-1.jar").write_text("a")
    (cache / "b-1.jar").write_text("b")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a process was started"))

    assert jars.fetch() == []


def test_a_damaged_jar_is_fetched_again(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = _two(monkeypatch)
    cache.mkdir()
    (cache / "a-1.jar").write_text("half")
    (cache / "b-1.jar").write_text("b")
    _tool(tmp_path / "bin", monkeypatch, 'printf a > "$out/a-1.jar"')

    assert jars.differing(jars.DELTA) == [two[0]]
    assert jars.fetch() == [two[0]]
    assert (cache / "a-1.jar").read_text() == "a"


def test_one_wrong_checksum_keeps_every_file_out(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _two(monkeypatch)
    _tool(tmp_path / "bin", monkeypatch, 'printf a > "$out/a-1.jar"; printf evil > "$out/b-1.jar"')

    with pytest.raises(jars.JarsDiffer, match="example:b:1") as caught:
        jars.fetch()

    assert "org.example:a:1" not in str(caught.value)
    assert list(cache.iterdir()) == []


def test_a_failing_tool_says_what_it_said(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _two(monkeypatch)
    _tool(tmp_path / "bin", monkeypatch, "echo no route to host >&2; exit 1")

    with pytest.raises(TryAgainLater, match="no route to host"):
        jars.fetch()
    assert list(cache.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_told(cache: Path) -> None:
    cache.touch()

    with pytest.raises(UsageError, match="cannot be written") as told:
        jars.fetch()

    assert "LAKEWARD_JARS" in told.value.remedy


def test_without_maven_and_java_the_remedy_names_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(LakewardError, match="openjdk-17-jre-headless"):
        jars.fetch()
