"""What a Delta Sharing server grants is read by its profile, as a lake is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shared_world import World, world

import lakeward
from lakeward.lake.errors import TryAgainLater, UsageError
from lakeward.sharing.reader.shared import OpenShares


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("shared")) as made:
        yield made


def _profile(folder: Path, **told: Any) -> Path:
    file = folder / "taipei.share"
    file.write_text(json.dumps({"shareCredentialsVersion": 1, **told}))
    return file


@pytest.fixture
def shares(shared: World, tmp_path: Path) -> OpenShares:
    found = lakeward.open(_profile(tmp_path, endpoint=shared.server.endpoint, bearerToken=shared.token))
    assert isinstance(found, OpenShares)
    return found


def _crashes(rows: Any) -> list[int]:
    return sorted(rows["deaths"].to_pylist())


def test_tables_are_listed_and_found_by_short_names(shares: OpenShares) -> None:
    assert "police.gold.crashes" in shares.tables()["table"].tolist() == list(shares)
    assert shares["gold.crashes"].name == "police.gold.crashes"
    with pytest.raises(UsageError) as raised:
        shares["gold.crashe"]
    assert "police.gold.crashes" in raised.value.remedy


def test_rows_are_read_with_columns_conditions_and_partitions(shares: OpenShares) -> None:
    table = shares["gold.crashes"]

    assert _crashes(table.arrow()) == list(range(30))
    assert _crashes(table.arrow(columns=["deaths"], where="county_name = '臺北市'")) == list(range(0, 30, 3))
    assert table.arrow(columns=["deaths"], limit=7).num_rows == 7
    assert set(table.arrow()["county_name"].to_pylist()) == {None, "臺北市", "花蓮縣"}
    assert "deaths" in repr(table) and table.pandas().shape[0] == 30


def test_a_version_and_what_changed_since_are_read(shared: World, shares: OpenShares) -> None:
    table = shares["gold.crashes"]

    assert _crashes(table.arrow(version=0)) == list(range(9))
    assert set(table.changes(0)["_change_type"]) <= {"insert", "delete"}
    assert table.changes(4).empty


def test_an_empty_table_has_its_columns(shares: OpenShares) -> None:
    assert shares["gold.nothing"].arrow().num_rows == 0 and "deaths" in shares["gold.nothing"].columns


@pytest.mark.parametrize(("asked", "told"), [
    ({"version": "1.0"}, "give a number"), ({"version": 99}, "tables() lists"), ({"columns": ["x"]}, "take one of"),
    ({"where": "death > 1"}, "deaths"),
])  # fmt: skip
def test_a_mistake_is_told(shares: OpenShares, asked: Any, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        shares["gold.crashes"].arrow(**asked)

    assert told in raised.value.remedy


def test_deleted_rows_that_the_format_cannot_tell_are_refused_not_shown(shares: OpenShares) -> None:
    with pytest.raises(UsageError, match="deletionVectors"):
        shares["gold.vectors"].arrow()


def test_a_wrong_token_is_told_and_never_shown(shared: World, tmp_path: Path) -> None:
    found = lakeward.open(
        _profile(tmp_path, endpoint=shared.server.endpoint, bearerToken="wr0ng", expirationTime="2030")
    )

    with pytest.raises(UsageError) as raised:
        found.tables()

    assert "token ends 2030" in raised.value.remedy
    assert "wr0ng" not in f"{raised.value}{found!r}{found}"


@pytest.mark.parametrize(("told", "problem"), [
    ({"endpoint": "http://example.org", "bearerToken": "x"}, "unencrypted"),
    ({"endpoint": "http://127.0.0.1.example.org", "bearerToken": "x"}, "unencrypted"),
    ({"endpoint": "https://example.org", "shareCredentialsVersion": 2}, "not read here"),
    ({}, "no sharing profile"),
])  # fmt: skip
def test_a_profile_that_cannot_be_used_is_told(tmp_path: Path, told: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        lakeward.open(_profile(tmp_path, **told))


def test_a_server_that_is_away_is_told(tmp_path: Path) -> None:
    found = lakeward.open(_profile(tmp_path, endpoint="http://127.0.0.1:9/x", bearerToken="x"))

    with pytest.raises(TryAgainLater):
        found.tables()
