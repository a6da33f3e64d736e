"""CONTRIBUTING.md's worked data set: its diff applies, and each command prints what the page says."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main

PAGE = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text("utf-8")
SECTION = PAGE.partition("## An eleventh data set, worked through\n")[2].partition("\n## ")[0]
CHANGES = (
    (r"\d{8}T\d{6}-[0-9a-f]{6}", "RUN"),  # names of runs
    (r"\d+\.\d+", "SECONDS"),
    (r" +", " "),
)


def _block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)
    return str(found)


def _settled(text: str) -> list[str]:
    for pattern, instead in CHANGES:
        text = re.sub(pattern, instead, text)
    return [line.strip() for line in text.strip().splitlines()]


def test_the_diff_adds_the_data_set_and_every_command_prints_what_the_page_says(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAKEWARD_PIPELINES", "own")
    landed = Path("landing/culture/moe_libraries/110_made.csv")
    landed.parent.mkdir(parents=True)
    landed.write_text(_block("csv"), "utf-8")
    subprocess.run(["git", "apply", "-p2", "--directory=own"], input=_block("diff"), check=True, text=True)

    told = re.findall(r"\$ lakeward (.*)\n((?:(?!\$ ).*\n?)*)", _block("console"))

    assert [words.split()[0] for words, _ in told] == ["plan", "run", "show", "quarantine"]
    for words, said in told:
        assert main(shlex.split(words)) == 0
        assert _settled(capsys.readouterr().out) == _settled(said)
