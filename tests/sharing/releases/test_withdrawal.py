"""A withdrawn release leaves a tombstone, and readers get the last good one; the feed tells of both."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rain_lake import GOLD, ROWS, gold

from lakeward.jobs.cli import main
from lakeward.jobs.plan import is_released
from lakeward.jobs.publish import publish
from lakeward.lake import release
from lakeward.lake.audit import audit, pinned
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import feed, keys, papers
from lakeward.sharing.releases.verdict import ReleaseRefused
from lakeward.sharing.releases.verify import verify
from lakeward.sharing.releases.withdrawal import withdraw

ATOM = {"a": feed.SPACE}


@pytest.fixture
def two(lake: Lake) -> Lake:
    """A lake of two releases."""
    for rows in (ROWS, ROWS[:2]):
        gold(lake, rows)
        publish(lake, GOLD, "r")
    return lake


def _latest(lake: Lake) -> str | None:
    newest = release.newest(lake, "gold.rain")
    return newest["release"] if newest else None


def _feed(lake: Lake) -> ET.Element:
    return ET.fromstring((lake.root / "published" / feed.FILE).read_text("utf-8"))  # noqa: S314 - our own


def test_files_go_the_manifest_stays_and_readers_get_the_last_good_one(two: Lake) -> None:
    now = withdraw(two, "gold.rain", "1.1", "a county was missing")
    folder = two.releases("gold.rain") / "1.1"

    assert now
    assert (now["release"], _latest(two)) == ("1.0", "1.0")
    assert {each.name for each in folder.iterdir()} == {"manifest.json", "SHA256SUMS"}
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["withdrawn"]["reason"] == "a county was missing"
    assert len(manifest["files"]) == 3  # so that whoever holds a copy knows it by its sha256
    assert withdraw(two, "gold.rain", "1.1", "another reason") == now
    assert json.loads((folder / "manifest.json").read_text("utf-8")) == manifest
    assert pinned(two, "gold.rain") == {0}
    assert audit(two, ["gold.rain"]).faults == []
    found = verify(two.root)
    assert found.problems == []
    assert any("was withdrawn on" in each and "a county was missing" in each for each in found.notes)


def test_the_last_release_can_be_withdrawn_too(two: Lake) -> None:
    for number in ("1.0", "1.1"):
        withdraw(two, "gold.rain", number, "wrong")

    assert _latest(two) is None
    assert verify(two.root).problems == []


def test_a_withdrawn_version_comes_back_only_by_force(two: Lake) -> None:
    withdraw(two, "gold.rain", "1.1", "a county was missing")

    assert is_released(two, "gold.rain")  # a run leaves it alone
    with pytest.raises(ReleaseRefused, match="a county was missing"):
        publish(two, GOLD, "r")
    made = publish(two, GOLD, "r", reason="the county has no gauge")
    assert (made["release"], made["forced"]["reason"], _latest(two)) == ("1.2", "the county has no gauge", "1.2")
    gold(two, ROWS[:1])
    assert not is_released(two, "gold.rain")
    assert publish(two, GOLD, "r")["release"] == "1.3"


def test_a_withdrawal_that_was_cut_is_ended_by_the_next(two: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(release, "point", dies)
        with pytest.raises(KeyboardInterrupt):
            withdraw(two, "gold.rain", "1.1", "wrong")
    withdraw(two, "gold.rain", "1.1", "wrong")

    assert _latest(two) == "1.0"
    assert not (two.releases("gold.rain") / "1.1" / "rain.csv").exists()


def test_a_signature_of_what_the_manifest_told_before_does_not_stay(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.new(tmp_path / "key").public
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "key"))
    for rows in (ROWS, ROWS[:2]):
        gold(lake, rows)
        publish(lake, GOLD, "r")
    withdraw(lake, "gold.rain", "1.1", "wrong")
    assert verify(lake.root, key).problems == []

    monkeypatch.delenv(keys.VARIABLE)
    withdraw(lake, "gold.rain", "1.0", "wrong too")

    assert not (lake.releases("gold.rain") / "1.0" / papers.SIGNATURE).exists()
    assert verify(lake.root).problems == []


def test_what_cannot_be_withdrawn_is_told(two: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    for number, reason in (("7.0", "wrong"), ("1.0", " ")):
        with pytest.raises(UsageError):
            withdraw(two, "gold.rain", number, reason)
    assert main(["withdraw", "gold.towns", "1.0", "--reason", "wrong", "--lake", str(two.root)]) == 2
    assert "has no release 1.0" in capsys.readouterr().err


def test_the_feed_is_atom_and_tells_of_releases_and_withdrawals(two: Lake) -> None:
    before = _feed(two)
    withdraw(two, "gold.rain", "1.0", "bad \x00 rows & <more>")
    after = _feed(two)

    assert before.findtext("a:id", namespaces=ATOM) == after.findtext("a:id", namespaces=ATOM)
    for told in (before, after, *after.findall("a:entry", ATOM)):
        assert all(told.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "updated"))
        assert re.match(r"urn:uuid:[0-9a-f-]{36}$", told.findtext("a:id", namespaces=ATOM) or "")
        assert datetime.fromisoformat(told.findtext("a:updated", namespaces=ATOM) or "").tzinfo
    assert before.findtext("a:author/a:name", namespaces=ATOM) == "lakeward"
    assert before.find("a:link[@rel='self']", ATOM) is not None
    ids = [each.findtext("a:id", namespaces=ATOM) for each in after.findall("a:entry", ATOM)]
    assert len(set(ids)) == len(ids) == 2
    gone = next(
        each
        for each in after.findall("a:entry", ATOM)
        if "withdrawn" in (each.findtext("a:title", namespaces=ATOM) or "")
    )
    assert gone.findtext("a:summary", namespaces=ATOM) == "bad  rows & <more>"
    kept = next(each for each in after.findall("a:entry", ATOM) if each is not gone)
    for link in kept.findall("a:link[@rel='enclosure']", ATOM):
        file = two.root / "published" / str(link.get("href"))
        assert file.stat().st_size == int(link.get("length", 0))
    assert (two.root / "published" / str(gone.find("a:link", ATOM).get("href"))).is_file()  # type: ignore[union-attr]
