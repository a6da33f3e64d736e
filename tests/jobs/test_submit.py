"""The spark-submit line: what is on it, and what never is."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lakeward.jobs.cli import main
from lakeward.jobs.submit import SECRETS
from lakeward.lake import jars, package

STORE = ("--lake", "s3a://lake/prod", "--landing", "s3a://lake/landing")


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the tester's own, and no need of JARs."""
    for name in (*SECRETS, "LAKEWARD_MASTER", "PYSPARK_PYTHON", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(jars, "paths", lambda name: [Path(f"/jars/{name}.jar")])
    monkeypatch.setattr("lakeward.lake.logstore.jar", lambda: Path("/jars/logstore.jar"))
    monkeypatch.setattr("lakeward.lake.functions.jar", lambda: Path("/jars/functions.jar"))


def _line(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["run", "--dry-run", "--json", *arguments]) == 0
    told: list[str] = json.loads(capsys.readouterr().out)["command"]
    return told


def test_the_line_says_again_what_was_asked_and_hands_out_the_zip_and_the_jars(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ("--master", "spark://m:7077", "gold.x", *STORE, "--conf", "spark.driver.memory=5g", "--wait", "60")
    line = _line(capsys, *asked)

    options = dict(zip(line[1::2], line[2::2], strict=False))
    assert line[0].endswith("bin/spark-submit")
    assert options["--master"] == "spark://m:7077"
    assert options["--jars"] == "/jars/delta.jar,/jars/functions.jar,/jars/s3a.jar,/jars/logstore.jar"
    assert options["--py-files"] == str(package.zipped())
    assert "spark.driver.memory=5g" in line and "spark.driver.memory=2g" not in line
    script = next(at for at, word in enumerate(line) if word.endswith("jobs/run.py"))
    assert line[script + 1 :] == ["gold.x", "--landing", STORE[3], "--lake", STORE[1], "--wait", "60", "--json"]


def test_what_is_printed_for_people_is_the_same_line_for_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    line = _line(capsys, "gold.x", "--lake", "/a lake")

    assert main(["run", "--dry-run", "gold.x", "--lake", "/a lake"]) == 0
    assert [*shlex.split(capsys.readouterr().out.replace("\\\n", "")), "--json"] == line


def test_without_a_master_spark_s_own_defaults_decide(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--master" not in _line(capsys)


def test_a_driver_in_the_cluster_is_told_where_the_store_is_and_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://rgw.example.org")
    for name in SECRETS:
        monkeypatch.setenv(name, "https://canary.example.org/hook")

    named = "spark.kubernetes.driver.secretKeyRef.AWS_SECRET_ACCESS_KEY=lakeward-store:secret-key"
    line = _line(capsys, "--master", "k8s://https://api:6443", "--deploy-mode", "cluster", *STORE, "--conf", named)

    for prefix in ("spark.kubernetes.driverEnv", "spark.executorEnv"):
        assert f"{prefix}.AWS_ENDPOINT_URL=https://rgw.example.org" in line
    assert "canary" not in " ".join(line)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--conf", "spark.hadoop.fs.s3a.secret.key=x"), "spark.hadoop.fs.s3a.secret.key would be on the command line"),
        (("--conf", "spark.mine=canary"), "AWS_SECRET_ACCESS_KEY would be on the command line"),
        (("--deploy-mode", "cluster", "--master", "yarn"), "cannot see ./landing"),
        (("--deploy-mode", "cluster", "--master", "spark://m:7077", *STORE), "cannot run inside spark://m:7077"),
        (("--conf", "mine=x"), "write it as spark.KEY=VALUE"),
    ],
)
def test_what_cannot_be_submitted_is_refused(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")

    assert main(["run", "--dry-run", *arguments]) == 2

    told = capsys.readouterr()
    assert said in told.err and "canary" not in told.err + told.out


def test_the_zip_is_all_of_lakeward_and_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAKEWARD_JARS", str(tmp_path))
    zipped = package.zipped()
    made = zipped.stat().st_mtime_ns

    assert package.zipped() == zipped and zipped.stat().st_mtime_ns == made
    assert "lakeward/jobs/draft/words.tsv" in zipfile.ZipFile(zipped).namelist()
    code = "import lakeward; from lakeward.pipelines.catalog import declared; print(lakeward.__file__, len(declared()))"
    told = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(zipped)}, check=True, capture_output=True, text=True
    ).stdout.split()
    assert told[0].startswith(str(zipped)) and int(told[1]) > 50
