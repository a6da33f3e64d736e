from __future__ import annotations

from pathlib import Path

import pytest

from lakeward.lake import jars, logstore, own_jar, session
from lakeward.lake.errors import LakewardError
from lakeward.lake.objects import Objects
from lakeward.lake.s3 import S3
from lakeward.lake.session import _config, settings


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of JARs."""
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a source that does not compile."""
    source = tmp_path / "package" / "java" / "stores" / "io" / "lakeward" / "ConditionalLogStore.java"
    source.parent.mkdir(parents=True)
    source.write_text("class", "utf-8")
    monkeypatch.setattr(own_jar, "_package", lambda: tmp_path / "package")
    return tmp_path / "package"


def test_where_it_was_never_built_the_remedy_is_named(cache: Path) -> None:
    with pytest.raises(logstore.LogStoreMissing, match="lakeward setup --s3"):
        logstore.jar()


def test_the_one_of_the_wheel_is_copied_into_the_cache(cache: Path, package: Path) -> None:
    (package / logstore.JAR.name).write_bytes(b"built")

    assert logstore.build() == logstore.jar() == cache / logstore.JAR.name
    assert logstore.jar().read_bytes() == b"built"


def test_one_that_was_built_from_another_source_is_not_taken(cache: Path, package: Path) -> None:
    (package / logstore.JAR.name).write_bytes(b"built")
    (package / "java" / "stores" / "io" / "lakeward" / "ConditionalLogStore.java").write_text("class Other", "utf-8")

    with pytest.raises(logstore.LogStoreMissing):
        logstore.jar()


def test_without_a_compiler_the_remedy_names_a_package(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(cache))

    with pytest.raises(LakewardError, match="openjdk-17-jdk-headless"):
        logstore.build()


def test_a_session_for_an_s3_store_commits_with_it_under_both_names_of_the_scheme() -> None:
    told = _config(settings(master="local[1]"), {jars.S3A: [Path("/jars/logstore.jar")]})
    store = Objects(S3("", "", is_path_style=False))

    assert told["spark.jars"] == "file:///jars/logstore.jar"
    assert {store.for_spark[f"spark.delta.logStore.{scheme}.impl"] for scheme in ("s3", "s3a")} == {logstore.CLASS}


def test_a_session_for_an_s3_store_does_not_start_without_it(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.mkdir()
    for each in jars.lock():
        (cache / each.file).touch()

    with pytest.raises(logstore.LogStoreMissing):
        session._prepared(None, (jars.DELTA, jars.S3A), {}, is_long=False)
