"""What is published is told, checked by its gate and signed, once for each version."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from rain_lake import FIRST, GOLD, ROWS, SECOND, checked, gold, silver

from lakeward.jobs import publications
from lakeward.jobs.cli import main
from lakeward.jobs.publish import publish
from lakeward.lake import release
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import feed, keys, papers
from lakeward.sharing.releases.keys import PublicKey
from lakeward.sharing.releases.verdict import ReleaseRefused


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublicKey:
    """A key that releases are signed with."""
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "key"))
    return keys.new(tmp_path / "key").public


def _folder(lake: Lake, number: str) -> Path:
    return lake.releases("gold.rain") / number


def _footer(lake: Lake) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        (pq.read_metadata(_folder(lake, "1.0") / "rain.parquet").metadata or {})[b"lakeward"]
    )
    return told


def test_a_release_has_its_forms_and_tells_where_its_rows_are_from(lake: Lake) -> None:
    silver(lake, [FIRST, SECOND])
    gold(lake)
    checked(lake, "run-1")

    made = publish(lake, GOLD, "run-1")
    footer = _footer(lake)

    assert [each["format"] for each in made["files"]] == ["parquet", "csv", "xlsx"]
    assert made["deliveries"] == {"silver.made.rain": sorted((FIRST, SECOND))}
    assert (made["inputs"], made["licence"], made["quality"]["verdict"]) == (
        {"silver.made.rain": 0}, "OGDL-TW-1.0", "passed",
    )  # fmt: skip
    assert made["changes"]["text"]["zh"] == "首次發布。"
    assert {name: footer[name] for name in ("table", "release", "deliveries", "quality", "licence", "code")} == {
        name: made[name] for name in ("table", "release", "deliveries", "quality", "licence", "code")
    }
    assert publish(lake, GOLD, "run-2") == made


def test_only_deliveries_whose_rows_it_could_hold_are_named(lake: Lake) -> None:
    silver(lake, [FIRST])
    silver(lake, [FIRST, SECOND])
    gold(lake, made_from=0)
    assert publish(lake, GOLD, "r")["deliveries"] == {"silver.made.rain": [FIRST]}


def test_sha256sum_checks_every_file(lake: Lake) -> None:
    gold(lake)
    publish(lake, GOLD, "r")
    folder = _folder(lake, "1.0")

    told = subprocess.run(["sha256sum", "-c", papers.SUMS], check=False, cwd=folder, capture_output=True, text=True)
    (folder / "rain.csv").write_text("another", "utf-8")
    harmed = subprocess.run(["sha256sum", "-c", papers.SUMS], check=False, cwd=folder, capture_output=True)

    assert (told.returncode, told.stdout.count(": OK")) == (0, 4)
    assert harmed.returncode == 1


def test_what_changed_is_told(lake: Lake) -> None:
    gold(lake)
    publish(lake, GOLD, "r")
    gold(lake, [*ROWS[:2], ("丙縣", date(2021, 1, 1), 1.0), ("丁縣", date(2021, 1, 1), 1.0)])

    told = publish(lake, GOLD, "r")["changes"]

    assert (told["since"], told["rows"]) == ("1.0", {"added": 2, "removed": 1, "changed": 0, "cells": {}})
    assert told["text"]["en"] == "Since 1.0: 2 rows added; 0 changed; 1 removed."


def test_harm_to_an_old_release_stops_no_new_one(lake: Lake) -> None:
    gold(lake)
    publish(lake, GOLD, "r")
    (_folder(lake, "1.0") / "rain.parquet").write_bytes(b"harmed")
    gold(lake, ROWS[:1])

    told = publish(lake, GOLD, "r")

    assert (told["release"], told["changes"]["text"]["en"]) == ("1.1", "Not compared: the files of 1.0 cannot be read.")


def test_a_release_is_signed_where_there_is_a_key_also_one_that_had_none(lake: Lake, key: PublicKey) -> None:
    gold(lake)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(keys.VARIABLE)
        publish(lake, GOLD, "r")
    assert not (_folder(lake, "1.0") / papers.SIGNATURE).exists()

    publish(lake, GOLD, "r")
    publish(lake, GOLD, "r")

    key.check(
        (_folder(lake, "1.0") / "manifest.json").read_bytes(),
        (_folder(lake, "1.0") / papers.SIGNATURE).read_text("utf-8"),
    )
    told = papers.published_keys(lake.root / "published" / papers.KEYS)
    assert [each["minisign"] for each in told] == [key.text]


def test_tables_that_are_released_side_by_side_all_come_into_feed_and_keys(lake: Lake, tmp_path: Path) -> None:
    signing = [keys.new(tmp_path / str(number)).public for number in range(8)]
    told = [
        {"id": str(each), "title": "x", "updated": f"2026-01-0{each + 1}T00:00:00Z", "summary": "x"}
        for each in range(8)
    ]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: papers.publish_key(lake, key), signing))
        list(pool.map(lambda each: feed.add(lake, [feed.of_document(each, "x.json", "x")]), told))

    assert {each["minisign"] for each in papers.published_keys(lake.root / "published" / papers.KEYS)} == {
        each.text for each in signing
    }
    assert (lake.root / "published" / feed.FILE).read_text("utf-8").count("<entry>") == 8


def test_a_table_whose_last_check_failed_is_published_only_by_force_and_says_so(lake: Lake) -> None:
    gold(lake)
    checked(lake, "run-1")
    checked(lake, "run-2", "rain_mm: below zero")

    with pytest.raises(ReleaseRefused, match="below zero"):
        publish(lake, GOLD, "r")
    assert release.manifests(lake.releases("gold.rain")) == []
    made = publish(lake, GOLD, "r", reason="the gauge was told to be right")

    assert made["forced"]["reason"] == "the gauge was told to be right"
    assert "below zero" in made["forced"]["against"][0]
    footer = _footer(lake)
    assert footer["forced"] == made["forced"]
    checked(lake, "run-3")
    gold(lake, ROWS[:1])
    assert "forced" not in publish(lake, GOLD, "r", reason="not needed")


def test_a_reason_and_force_go_together_and_data_sets_are_not_published(
    lake: Lake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--lake", str(lake.root)]
    assert main(["publish", "gold.towns", *where]) == 2
    assert "there is no lake" in capsys.readouterr().err
    gold(lake)

    for wrong in (["--force"], ["--reason", "why"], ["police.cameras"], ["gold.nothing"], ["gold.towns"]):
        assert main(["publish", *wrong, *where]) == 2
    assert main(["publish", "--set", "a", "--force", "--reason", "why", *where]) == 2
    assert main(["keys", "new", str(tmp_path / "key")]) == 0
    assert "public key: RW" in capsys.readouterr().out
    assert main(["keys", "ls", *where]) == 0
    assert "no release is signed yet" in capsys.readouterr().out


def test_the_command_tells_of_each_table_and_stops_at_none(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    gold(lake)
    checked(lake, "run-1", "rain_mm: below zero")
    other: Any = GOLD.__class__(**{name: getattr(GOLD, name) for name in GOLD.__slots__} | {"name": "gold.other"})

    done = publications.publish_all(lake, [GOLD, other])
    forced = publications.publish_all(lake, [GOLD], "known")

    assert [each.exit_code for each in done] == [66, 2]
    assert publications.exit_code(done) == 66
    said = publications.as_text(lake, done)
    assert said.startswith("gold.rain is not released: ")
    assert "\ngold.other is not built yet" in said
    assert (forced[0].release, forced[0].is_new) == ("1.0", True)
    assert "not signed" in publications.as_text(lake, forced)
