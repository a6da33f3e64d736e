"""A table is read as it was known on a day: from its versions, or from releases where these are kept no more."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable
from rain_lake import GOLD, ROWS, gold

from lakeward.jobs.cli import main
from lakeward.jobs.publish import publish
from lakeward.jobs.show import vintage_document
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import vintages
from lakeward.sharing.releases.vintages import as_known_on
from lakeward.sharing.releases.withdrawal import withdraw

NAME = "gold.rain"


def _history(lake: Lake, *, publishes: bool = False) -> list[datetime]:
    """Write three versions of one, two and three rows; give the time at which each was the newest."""
    times = []
    for count in (1, 2, 3):
        gold(lake, ROWS[:count])
        if publishes:
            publish(lake, GOLD, "r")
        time.sleep(0.02)
        times.append(datetime.now(UTC))
        time.sleep(0.02)
    return times


def _vacuumed(lake: Lake) -> None:
    DeltaTable(str(lake.table(NAME))).vacuum(0, dry_run=False, enforce_retention_duration=False)


def test_every_time_has_the_rows_of_the_version_that_was_newest_then(lake: Lake) -> None:
    times = _history(lake)

    for count, when in enumerate(times, start=1):
        vintage = as_known_on(lake, NAME, when)
        assert (vintage.version, vintage.rows.num_rows, vintage.release) == (count - 1, count, "")
        assert vintage.since <= when
    assert as_known_on(lake, NAME, date(2100, 1, 1)).rows.num_rows == 3
    assert as_known_on(lake, NAME, datetime.now(UTC).date()).rows.num_rows == 3  # a day means its end
    naive = times[0].replace(tzinfo=None)
    assert as_known_on(lake, NAME, naive).rows.num_rows == 1


def test_before_it_was_there_nothing_was_known(lake: Lake) -> None:
    with pytest.raises(UsageError, match="not known"):
        as_known_on(lake, NAME, date(2100, 1, 1))
    _history(lake)
    with pytest.raises(UsageError, match="not known on 2020-01-01"):
        as_known_on(lake, NAME, date(2020, 1, 1))


def test_a_release_tells_what_the_table_no_longer_keeps(lake: Lake) -> None:
    times = _history(lake, publishes=True)
    _vacuumed(lake)

    vintage = as_known_on(lake, NAME, times[0])

    assert (vintage.release, vintage.rows.num_rows, vintage.rows.column_names) == (
        "1.0",
        1,
        ["county", "on", "rain_mm"],
    )
    withdraw(lake, NAME, "1.0", "wrong")
    with pytest.raises(UsageError, match="kept no more"):
        as_known_on(lake, NAME, times[0])


def test_releases_tell_also_of_times_that_the_log_has_forgotten(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    times = _history(lake, publishes=True)
    _vacuumed(lake)
    monkeypatch.setattr(vintages, "_by_log", lambda *_: None)

    assert as_known_on(lake, NAME, times[2] + timedelta(seconds=1)).release == ""  # its files are kept
    folder = lake.releases(NAME)
    for number, when in (("1.0", "2020-01-01T00:00:00+00:00"), ("1.1", "2021-01-01T00:00:00+00:00")):
        file = folder / number / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "released_at": when}), "utf-8")
    assert as_known_on(lake, NAME, date(2020, 6, 1)).rows.num_rows == 1
    assert as_known_on(lake, NAME, date(2021, 6, 1)).rows.num_rows == 2


def test_the_command_shows_it(lake: Lake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _history(lake)

    told = vintage_document(lake, GOLD, "2100-01-01T08:00+08:00", rows=2)

    assert (told["version"], told["rows"], len(told["first_rows"])) == (2, 3, 2)
    with pytest.raises(UsageError, match="no time"):
        vintage_document(lake, GOLD, "yesterday", rows=2)
    place = ["--lake", str(lake.root), "--as-known-on", "2026-01-01"]
    assert main(["show", "gold.towns", *place]) == 2
    assert "not known" in capsys.readouterr().err
    assert main(["show", "police.cameras", *place]) == 2
