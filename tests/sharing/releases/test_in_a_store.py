"""Releases, withdrawals, sets and errata in a store without folders, rename or lock."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from rain_lake import GOLD, ROWS, rain_of
from upath import UPath

from lakeward.lake import release
from lakeward.lake.objects import Objects
from lakeward.lake.release import newest
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import contracts, papers, sets
from lakeward.sharing.releases.press import Consumers
from lakeward.sharing.releases.verify import verify
from lakeward.sharing.releases.withdrawal import withdraw

NAME = "gold.rain"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake in memory; its tables are elsewhere, so that rows of three lengths stand for three versions."""

    def rows(_: object, __: object, version: int, columns: Any) -> Any:
        del columns
        return rain_of(ROWS[: version + 1])

    monkeypatch.setattr(release, "_sorted_rows", rows)
    root: Any = UPath(f"memory://{uuid4().hex}")
    return Lake(root)


def _publish(lake: Lake, version: int) -> release.Manifest:
    return release.publish(lake, NAME, version, GOLD.columns, {"quality": {}}, "r", Consumers(lake))


def test_what_is_published_there_is_right_and_can_be_taken_back(store: Lake) -> None:
    assert isinstance(store.store, Objects)
    first, second = (_publish(store, version) for version in (0, 1))

    assert second["changes"]["rows"] == {"added": 1, "removed": 0, "changed": 0, "cells": {}}
    assert all(each["sha256"][:12] in each["path"] for each in first["files"])
    found = verify(store.root)
    assert (found.problems, found.releases, found.files) == ([], 2, 6)
    sets.switch(store, "2026Q3", {NAME: second}, "2026-01-01T00:00:00+00:00", None)
    assert sets.tables(store, "2026Q3")[NAME].num_rows == 2
    assert sets.names(store) == ["2026Q3"]
    now = withdraw(store, NAME, "1.1", "wrong")
    assert (now or {})["release"] == (newest(store, NAME) or {})["release"] == "1.0"
    assert verify(store.root).problems == ["set 2026Q3: gold.rain 1.1 was withdrawn: wrong"]
    assert contracts.registered(store) == []


def test_a_publication_that_died_there_is_ended_by_the_next(store: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    for stop in ("release.files", "release.promoted"):

        def dies(point: str, _: str = "", last: str = stop) -> None:
            if point == last:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(release, "crash_point", dies)
            with pytest.raises(KeyboardInterrupt):
                _publish(store, 0)
        assert newest(store, NAME) is None
    assert _publish(store, 0)["release"] == "1.0"
    assert (store.releases(NAME) / "1.0" / papers.SUMS).exists()
    assert verify(store.root).problems == []
