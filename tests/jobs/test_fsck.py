"""A lake that was harmed heals: what is damaged is named, marked, and made again by the next run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lakeward.jobs.cli import main
from lakeward.lake import delta
from lakeward.lake.storage import Lake

DECLARATIONS = """
from lakeward.lake.table import Column
from lakeward.pipelines.dataset import *
from lakeward.quality import expect

RAIN = Dataset(
    name="harm.rain", title="Made rain", title_zh="虛構", agency="nobody",
    source=Source("harm/rain/*.csv", licence="not stated", cadence="never", format=Csv(encoding="utf-8")),
    columns=(Column("day", "date", "day", cell="日", key=True), Column("rain_mm", "int", "rain", cell="雨")),
    suite=(expect.column_values_to_be_between("rain_mm", 0, 100),),
    combine=Append(), max_refused=0.9,
)


def same(rows):
    return rows


MADE = Curated(
    "gold.harm_rain", "Made", "虛構", inputs=(RAIN,), grain="a day", columns=RAIN.columns, build=same,
)
"""
FILE = "日,雨\n2021-01-01,1\n2021-01-02,2\n2021-01-03,999\n"


def _called(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def _only(folder: Path) -> Path:
    table = delta.opened(folder)
    assert table
    (name,) = table.get_add_actions(flatten=True).column("path").to_pylist()
    return folder / str(name)


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.write_bytes(content)


@pytest.mark.usefixtures("spark")
def test_damaged_tables_are_named_and_made_again(
    lake: Lake, landing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "harm.py").write_text(DECLARATIONS, "utf-8")
    (landing / "harm" / "rain").mkdir(parents=True)
    (landing / "harm" / "rain" / "a.csv").write_text(FILE, "utf-8")
    where = ("--lake", str(lake.root), "--pipelines", str(tmp_path / "own"))
    run = ("run", "gold.harm_rain", "--landing", str(landing), *where)
    fsck = ("fsck", "gold.harm_rain", *where)
    tables = ("silver.harm.rain", "quarantine.harm.rain", "gold.harm_rain")

    def content() -> list[list[dict[str, Any]]]:
        found = (delta.records_of(lake.table(name)) for name in tables)
        return [[{key: row[key] for key in row if key != "run_id"} for row in rows] for rows in found]

    assert main([*run]) == 0
    clean = content()
    assert [len(rows) for rows in clean] == [2, 1, 2]
    assert _called(capsys, *fsck)[0] == 0

    _flip(_only(lake.table("quarantine.harm.rain")))
    _only(lake.table("gold.harm_rain")).unlink()
    code, told = _called(capsys, *fsck)

    assert code == 65
    assert [(each["table"], each["problem"].partition(":")[0]) for each in told["faults"]] == [
        ("quarantine.harm.rain", "its content is damaged"),
        ("gold.harm_rain", "it is gone"),
    ]
    assert told["marked"] == []

    assert _called(capsys, *fsck, "--repair")[1]["marked"] == ["gold.harm_rain", "silver.harm.rain"]
    assert main([*run]) == 0

    assert content() == clean
    assert [(each["table"], each["where"], each["is_newest"]) for each in _called(capsys, *fsck)[1]["faults"]] == [
        ("gold.harm_rain", "version 0", False)  # what time travel and the first release's version still name
    ]
