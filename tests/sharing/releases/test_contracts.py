"""Consumers who rely on columns are named before a change of a declaration breaks them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rain_lake import GOLD, gold

from lakeward.jobs import contracts as registering
from lakeward.jobs.cli import main
from lakeward.jobs.publish import publish
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.sharing.releases import contracts

TEXT = """
consumer = "虛構防災中心"
contact = "rain@example.org"
[tables."gold.rain"]
columns = ["county", "rain_mm"]
"""


@pytest.fixture
def relied(lake: Lake, tmp_path: Path) -> Lake:
    """A lake of one release and one contract on it."""
    gold(lake)
    publish(lake, GOLD, "r")
    (tmp_path / "centre.toml").write_text(TEXT, "utf-8")
    registering.register(lake, tmp_path / "centre.toml")
    return lake


def _what(lake: Lake, **declared: Table) -> list[str]:
    return [each.what for each in registering.breaks(lake, {f"gold.{name}": table for name, table in declared.items()})]


def test_what_changes_nothing_that_is_relied_on_breaks_nobody(relied: Lake) -> None:
    county, on, rain = GOLD.columns
    more = replace(GOLD, columns=(*GOLD.columns, replace(rain, name="snow_mm")))
    other = replace(GOLD, columns=(county, on, replace(rain, description="rain, told better")))

    assert _what(relied, rain=GOLD) == _what(relied, rain=more) == _what(relied, rain=other) == []


def test_whom_a_change_breaks_is_told_with_what_and_how_to_reach_them(relied: Lake) -> None:
    county, on, rain = GOLD.columns

    assert _what(relied, rain=replace(GOLD, columns=(county, on))) == ["rain_mm is gone"]
    assert _what(relied, rain=replace(GOLD, columns=(county, on, replace(rain, type="int", unit="cm")))) == [
        "rain_mm: its type was double and becomes int", "rain_mm: its unit was mm and becomes cm",
    ]  # fmt: skip
    assert _what(relied, rain=replace(GOLD, columns=(county, replace(on, key=False), rain))) == [
        "a row was one county, on and becomes one county",
    ]  # fmt: skip
    assert _what(relied) == ["no declaration is called so any more"]
    told = registering.breaks(relied, {})
    assert registering.broken_text(told) == [
        "! breaks 虛構防災中心 <rain@example.org>: gold.rain: no declaration is called so any more"
    ]


def test_a_contract_is_held_against_the_declaration_where_nothing_was_released(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "centre.toml").write_text(TEXT.replace("rain_mm", "wind_ms"), "utf-8")
    registering.register(lake, tmp_path / "centre.toml")

    assert _what(lake, rain=GOLD) == ["there is no wind_ms"]


@pytest.mark.parametrize(
    "text", ["nonsense", 'consumer = "x"', 'consumer = "x"\n[tables."gold.rain"]\ncolumns = [1]', ""]
)
def test_what_is_no_contract_is_not_registered(lake: Lake, tmp_path: Path, text: str) -> None:
    (tmp_path / "centre.toml").write_text(text, "utf-8")
    (tmp_path / "centre.txt").write_text(TEXT, "utf-8")

    for name in ("centre.toml", "centre.txt", "nowhere.toml"):
        with pytest.raises(UsageError):
            registering.register(lake, tmp_path / name)
    assert contracts.registered(lake) == []


def test_plan_and_contracts_tell_it(relied: Lake, landing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--lake", str(relied.root)]

    assert main(["plan", "gold.calendar_days", "--landing", str(landing), *where]) == 0
    assert "! breaks 虛構防災中心" in capsys.readouterr().out  # our declarations know no gold.rain
    assert main(["plan", "gold.calendar_days", "--landing", str(landing), *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["breaks"][0]["table"] == "gold.rain"
    assert main(["contracts", *where]) == 0
    assert "county, rain_mm" in capsys.readouterr().out
