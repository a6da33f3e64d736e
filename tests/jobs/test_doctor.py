from __future__ import annotations

import os
from pathlib import Path

import pytest
from pauses import no_pauses

from lakeward.jobs import doctor
from lakeward.jobs.doctor import Check, checks
from lakeward.lake import jars
from lakeward.lake.store import place


def _named(found: list[Check]) -> dict[str, Check]:
    assert len({check.name for check in found}) == len(found)
    return {check.name: check for check in found}


def test_an_empty_machine_learns_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    found = _named(checks())

    assert not found["java"].ok and "openjdk-17-jre-headless" in found["java"].remedy
    assert not found["delta JARs"].ok and "make setup" in found["delta JARs"].remedy
    assert not found["s3a JARs"].ok and found["s3a JARs"].optional
    assert not found["class-data archive"].ok and found["class-data archive"].optional
    assert found["pyspark"].ok and found["delta-spark"].ok and found["python"].ok
    assert "lake" not in found and "landing" not in found


def test_a_cache_that_cannot_be_written_ends_no_look_at_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path / "file" / "cache"))

    found = _named(checks())

    assert found["java"].ok
    assert not found["delta JARs"].ok and "make setup" in found["delta JARs"].remedy


def test_an_old_java_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/java").write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
    (tmp_path / "bin/java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    java = _named(checks())["java"]

    assert not java.ok and java.found.startswith("1.8.0_402")


def test_a_changed_jar_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path))
    for jar in jars.jars(jars.DELTA):
        (tmp_path / jar.file).write_text("not a JAR")

    assert jars.jars(jars.DELTA)[0].file in _named(checks())["delta JARs"].found


def test_folders_are_tried_and_left_as_they_were(tmp_path: Path) -> None:
    lake, landing = tmp_path / "lake", tmp_path / "landing"
    landing.mkdir()

    found = _named(checks(str(lake), str(landing)))

    assert found["lake"].ok and "will be made" in found["lake"].found
    assert found["landing"].ok
    assert sorted(path.name for path in tmp_path.iterdir()) == ["landing"]


def test_a_lake_that_cannot_be_written_and_an_absent_landing_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file is no folder")

    found = _named(checks(str(tmp_path / "file"), str(tmp_path / "absent")))

    assert not found["lake"].ok and "LAKEWARD_LAKE" in found["lake"].remedy
    assert not found["landing"].ok and "no such folder" in found["landing"].found


def test_a_store_that_does_not_answer_is_told_with_what_else_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made")
    no_pauses(monkeypatch)
    asked: list[str] = []

    def noted(where: str) -> Path:
        asked.append(where)
        return place(where)

    monkeypatch.setattr(doctor, "place", noted)

    found = _named(checks("s3a://bucket/lake", "s3a://bucket/landing"))

    assert not found["store"].ok and "no store answers" in found["store"].found
    assert [where for where in asked if "bucket" in where] == ["s3a://bucket/lake"]  # nobody waits for a store twice
    assert not found["landing"].ok and "AWS_ENDPOINT_URL" in found["landing"].remedy
    assert not found["LogStore for S3 stores"].ok and "setup --s3" in found["LogStore for S3 stores"].remedy
    assert not found["s3a JARs"].ok and not found["s3a JARs"].optional


@pytest.mark.parametrize(
    ("name", "value"),
    [("JVM", "warp"), ("SHUFFLE_PARTITIONS", "0"), ("DRIVER_MEMORY", "lots"), ("LOG_LEVEL", "loud")],
)
def test_a_setting_that_cannot_be_used_is_found(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setitem(os.environ, f"LAKEWARD_{name}", value)

    settings = _named(checks())["settings"]

    assert not settings.ok
    assert f"LAKEWARD_{name} cannot be {value}".lower() in settings.found.lower()
