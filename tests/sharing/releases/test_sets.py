"""A set is of one moment, and its name is switched in one step: no reader sees two tables of different ones."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rain_lake import FIRST, GOLD, RAIN, ROWS, SECOND, Row, gold, rain_of, silver, write

from lakeward.jobs import maintain
from lakeward.jobs import sets as making
from lakeward.jobs.cli import main
from lakeward.lake.errors import LakewardError, UsageError
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import keys, sets
from lakeward.sharing.releases.sets import NotOneMoment
from lakeward.sharing.releases.verify import verify
from lakeward.sharing.releases.withdrawal import withdraw

WET = replace(GOLD, name="gold.wet", inputs=(GOLD, RAIN))
BOTH = (GOLD, WET)


def _moment(lake: Lake, number: int) -> None:
    """Write both tables of one moment: each row tells which."""
    rows: list[Row] = [("甲縣", date(2021, 1, 1), float(number))]
    made_from = silver(lake, [FIRST, SECOND][: 1 + number % 2])
    version = gold(lake, rows, made_from)
    write(lake, "gold.wet", rain_of(rows), inputs={"gold.rain": version, "silver.made.rain": made_from})


def _moments(lake: Lake, name: str = "now") -> set[float | None]:
    return {value for table in sets.tables(lake, name).values() for value in table["rain_mm"].to_pylist()}


def test_a_name_means_releases_of_one_moment_and_keeps_what_it_meant(lake: Lake) -> None:
    _moment(lake, 0)
    made = making.make(lake, "2026Q3", BOTH)

    assert {table: each["release"] for table, each in made["tables"].items()} == {"gold.rain": "1.0", "gold.wet": "1.0"}
    assert _moments(lake, "2026Q3") == {0.0}
    _moment(lake, 1)
    with pytest.raises(UsageError, match="already"):
        making.make(lake, "2026Q3", BOTH)
    switched = making.make(lake, "2026Q3", BOTH, replaces=True)
    assert _moments(lake, "2026Q3") == {1.0}
    assert switched["before"][0]["tables"] == made["tables"]
    assert making.make(lake, "2026Q3", BOTH, replaces=True) == switched
    assert "2026Q3" in (lake.root / "published" / "feed.xml").read_text("utf-8")
    assert verify(lake.root).problems == []


def test_tables_of_different_moments_make_no_set(lake: Lake) -> None:
    _moment(lake, 0)
    silver(lake, [FIRST, SECOND])
    gold(lake, ROWS, made_from=1)

    with pytest.raises(NotOneMoment, match="rests on version"):
        making.make(lake, "2026Q3", BOTH)
    assert sets.names(lake) == []


def test_readers_see_one_moment_while_the_name_is_switched(lake: Lake) -> None:
    _moment(lake, 0)
    making.make(lake, "now", BOTH)
    seen: list[set[float | None]] = []
    done = threading.Event()

    def reads() -> None:
        while not done.is_set():
            seen.append(_moments(lake))

    reader = threading.Thread(target=reads)
    reader.start()
    for number in range(1, 4):
        _moment(lake, number)
        making.make(lake, "now", BOTH, replaces=True)
    done.set()
    reader.join()

    assert len(seen) > 1
    assert all(len(each) == 1 for each in seen)


def test_a_set_that_dies_before_its_switch_leaves_the_name_as_it_was(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    _moment(lake, 0)
    making.make(lake, "now", BOTH)
    _moment(lake, 1)

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(making, "publish", dies)
        with pytest.raises(KeyboardInterrupt):
            making.make(lake, "now", BOTH, replaces=True)
    with monkeypatch.context() as patch:
        patch.setattr(sets, "switch", dies)
        with pytest.raises(KeyboardInterrupt):
            making.make(lake, "now", BOTH, replaces=True)
    assert _moments(lake) == {0.0}
    making.make(lake, "now", BOTH, replaces=True)
    assert _moments(lake) == {1.0}


def test_versions_of_a_set_keep_their_files(lake: Lake) -> None:
    _moment(lake, 0)
    making.make(lake, "2026Q3", BOTH)
    kept = {file for name in ("rain", "wet") for file in lake.table(f"gold.{name}").glob("*.parquet")}
    for number in (1, 2):
        _moment(lake, number)

    maintain.maintain(lake, maintain.needs(lake, BOTH, retain_hours=0))

    assert all(file.exists() for file in kept)
    assert len(list(lake.table("gold.rain").glob("*.parquet"))) == 2  # version 1 is in no release


def test_a_member_that_was_withdrawn_is_told_and_not_read(lake: Lake) -> None:
    _moment(lake, 0)
    making.make(lake, "2026Q3", BOTH)
    withdraw(lake, "gold.wet", "1.0", "wrong gauge")

    with pytest.raises(LakewardError, match="wrong gauge"):
        sets.tables(lake, "2026Q3")
    assert verify(lake.root).problems == ["set 2026Q3: gold.wet 1.0 was withdrawn: wrong gauge"]


def test_a_set_is_signed(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys.new(tmp_path / "key").public
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "key"))
    _moment(lake, 0)
    making.make(lake, "2026Q3", BOTH)
    assert verify(lake.root, key).problems == []

    file = sets.place(lake, "2026Q3")
    told = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**told, "made_at": "2020-01-01"}), "utf-8")
    assert verify(lake.root, key).problems == ["set 2026Q3: its signature is not right"]
    del told["signature"]
    file.write_text(json.dumps(told), "utf-8")
    assert verify(lake.root, key).problems == ["set 2026Q3: it is not signed"]


def test_what_is_no_set_is_told(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    lake.root.mkdir(parents=True)
    for name in ("../up", "", "a/b", ".hidden", "x" * 65):
        with pytest.raises(UsageError, match="cannot be called"):
            making.make(lake, name, BOTH)
    with pytest.raises(UsageError, match="not built"):
        making.make(lake, "2026Q3", BOTH)
    assert main(["sets", "2026Q3", "--lake", str(lake.root)]) == 2
    assert main(["sets", "--lake", str(lake.root)]) == 0
    assert "no set is made yet" in capsys.readouterr().out
