"""`lakeward catalogue`: what it writes, prints and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lakeward.jobs.cli import main
from lakeward.lake.lease import lease
from lakeward.lake.storage import Lake

BASE = ("--base-url", "https://county.example")


def _catalogue(tmp_path: Path, *arguments: str) -> int:
    return main(["catalogue", "--lake", str(tmp_path / "lake"), *arguments])


def test_a_selection_is_written_with_what_it_rests_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _catalogue(tmp_path, "gold.crash_change_feed", "--to", str(tmp_path / "out"), "--json", *BASE)

    told = json.loads(capsys.readouterr().out)
    listed = json.loads((tmp_path / "out" / "index.json").read_text("utf-8"))["tables"]
    whole = json.loads((tmp_path / "out" / "catalogue.jsonld").read_text("utf-8"))

    assert code == 0 and not (tmp_path / "lake").exists()
    assert [each["table"] for each in listed] == ["gold.crash_change_feed", "police.fatal_crash_reissues"]
    assert [each["dct:identifier"] for each in whole["dcat:dataset"]] == [each["table"] for each in listed]
    assert told["files"] == len([file for file in (tmp_path / "out").rglob("*") if file.is_file()])
    assert listed[0]["forms"]["dcat"] == "https://county.example/catalogue/crash-change-feed/dcat.jsonld"
    assert not (tmp_path / "out" / "crash-change-feed" / "croissant.json").exists()  # it has no files to tell of


def test_a_second_time_leaves_what_is_the_same(tmp_path: Path) -> None:
    arguments = ("police.*", "--to", str(tmp_path / "out"), *BASE)
    _catalogue(tmp_path, *arguments)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "out").rglob("*")}

    _catalogue(tmp_path, *arguments)

    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "out").rglob("*")} == before


def test_it_lies_beside_the_releases_unless_someone_else_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lake").mkdir()

    assert _catalogue(tmp_path, "police.cameras", *BASE) == 0
    assert (tmp_path / "lake" / "published" / "catalogue" / "police.cameras" / "dcat.jsonld").exists()
    with lease(Lake.at(str(tmp_path / "lake")), "a test"):
        assert _catalogue(tmp_path, "police.cameras", *BASE) == 75
    assert "a test" in capsys.readouterr().err


def test_one_form_is_printed_and_nothing_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _catalogue(tmp_path, "police.fatal_crashes", "--format", "data.gov.tw")

    out, err = capsys.readouterr()

    assert code == 0 and not (tmp_path / "lake").exists()
    assert json.loads(out)["title"] == "A1類交通事故資料"
    assert (
        "LAKEWARD_BASE_URL" in err and "publisherOID" in err and "publisherOID" not in err.split("LAKEWARD_BASE_URL")[0]
    )


@pytest.mark.parametrize(("arguments", "problem"), [
    (("--format", "dcat"), "prints one table"),
    (("gold.*", "--format", "dcat"), "nothing is called gold.*"),
    (("gold.x", "--format", "dcat"), "nothing is called gold.x"),
    (("gold.villages", "--format", "croissant"), "has no release"),
    (("gold.villages",), "there is no lake to write the catalogue into"),
    (("gold.villages", "--base-url", "county"), "cannot be the base"),
    (("gold.villages", "--publisher", "absent.json"), "cannot be read"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], problem: str
) -> None:
    assert _catalogue(tmp_path, *arguments) == 2
    assert problem in capsys.readouterr().err
