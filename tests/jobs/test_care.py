"""A lake that was harmed heals, and a table comes back to what it was: `fsck` and `restore`."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main
from lakeward.lake import delta, release, runs
from lakeward.lake.storage import Lake

DECLARATIONS = """
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import *
from lakeward.quality import expect

RAIN = Dataset(
    name="harm.rain", title="Made rain", title_zh="虛構", agency="nobody",
    source=Source("harm/rain/*.csv", licence="CC0-1.0", cadence="never", format=Csv(encoding="utf-8")),
    columns=(Open("day", "date", "day", cell="日", key=True), Open("rain_mm", "int", "rain", cell="雨")),
    suite=(expect.column_values_to_be_between("rain_mm", 0, 100),),
    combine=Append(), max_refused=0.9,
)


def same(rows):
    return rows


MADE = Curated(
    "gold.harm_rain", "Made", "虛構", inputs=(RAIN,), grain="a day", columns=RAIN.columns, build=same,
)
"""
FIRST, SECOND = "日,雨\n2021-01-01,1\n2021-01-02,2\n2021-01-03,999\n", "日,雨\n2021-01-04,4\n"
TABLES = ("silver.harm.rain", "quarantine.harm.rain", "gold.harm_rain")
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Cared:
    """A lake of one made data set and one curated table, built in two runs, and the way to call commands on it."""

    root: Path
    capsys: pytest.CaptureFixture[str] | None = None

    @property
    def lake(self) -> Lake:
        return Lake.at(str(self.root / "lake"))

    def call(self, *words: str) -> Answer:
        code = main([*words, "--lake", str(self.lake.root), "--pipelines", str(self.root / "own"), "--json"])
        return code, json.loads(self.capsys.readouterr().out) if self.capsys else {}

    def run(self) -> int:
        code, told = self.call("run", "gold.harm_rain", "--landing", str(self.root / "landing"))
        assert code == 0, told
        return code

    def deliver(self, name: str, text: str) -> None:
        folder = self.root / "landing" / "harm" / "rain"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")

    def content(self) -> list[list[dict[str, Any]]]:
        found = (delta.records_of(self.lake.table(name)) for name in TABLES)
        return [sorted(({key: row[key] for key in row if key != "run_id"} for row in rows), key=str) for rows in found]

    def rain(self) -> list[int]:
        return [row["rain_mm"] for row in self.content()[-1]]


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the lake once."""
    made = Cared(tmp_path_factory.mktemp("care"))
    (made.root / "own").mkdir()
    (made.root / "own" / "harm.py").write_text(DECLARATIONS, "utf-8")
    made.deliver("a.csv", FIRST)
    assert made.run() == 0
    made.deliver("b.csv", SECOND)
    assert made.run() == 0
    return made.root


@pytest.fixture
def cared(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cared:
    """A copy of it to harm."""
    shutil.copytree(built, tmp_path / "care")
    capsys.readouterr()
    return Cared(tmp_path / "care", capsys)


def _files(folder: Path) -> list[Path]:
    table = delta.opened(folder)
    assert table
    return [folder / str(name) for name in table.get_add_actions(flatten=True).column("path").to_pylist()]


def _held(bronze: Path) -> list[tuple[str, ...]]:
    return sorted((row["_sha256"], str(row["_row"]), str(row["日"])) for row in _partitioned(bronze))


def _partitioned(path: Path) -> list[dict[str, Any]]:
    table = delta.opened(path)
    assert table
    return list(table.to_pyarrow_table().to_pylist())


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.write_bytes(content)


def test_damaged_tables_are_named_and_made_again(cared: Cared) -> None:
    clean = cared.content()
    assert [len(rows) for rows in clean] == [3, 1, 3]
    assert cared.call("fsck", "gold.harm_rain")[1]["faults"] == []

    _flip(_files(cared.lake.table("quarantine.harm.rain"))[0])
    _files(cared.lake.table("gold.harm_rain"))[0].unlink()
    code, told = cared.call("fsck", "gold.harm_rain")

    assert code == 65
    assert [(each["table"], each["problem"].partition(":")[0]) for each in told["faults"]] == [
        ("quarantine.harm.rain", "its content is damaged"),
        ("gold.harm_rain", "it is gone"),
    ]
    assert told["marked"] == []

    assert cared.call("fsck", "gold.harm_rain", "--repair")[1]["marked"] == ["gold.harm_rain", "silver.harm.rain"]
    assert cared.run() == 0

    assert cared.content() == clean
    assert [
        (each["table"], each["where"], each["is_newest"]) for each in cared.call("fsck", "gold.harm_rain")[1]["faults"]
    ] == [("gold.harm_rain", "version 1", False)]  # what time travel and a release still name


def test_a_delivery_that_is_damaged_in_bronze_is_read_again_and_nothing_else_is_made(cared: Cared) -> None:
    clean, bronze = cared.content(), cared.lake.table("bronze.harm.rain")
    rows = _held(bronze)
    versions = [delta.version_of(cared.lake.table(name)) for name in TABLES]
    _files(bronze)[0].unlink()

    code, told = cared.call("fsck", "harm.rain")
    assert code == 65 and "fsck --repair" in told["faults"][0]["remedy"]
    assert cared.call("fsck", "harm.rain", "--repair")[1]["marked"] == ["bronze.harm.rain"]
    plan = cared.call("plan", "harm.rain", "--landing", str(cared.root / "landing"))[1]["steps"][0]
    assert plan["why"] == "damaged in bronze: 1 delivery to read again"
    assert cared.run() == 0

    assert cared.call("fsck", "harm.rain")[1]["faults"] == []
    assert _held(bronze) == rows
    assert cared.content() == clean and [delta.version_of(cared.lake.table(name)) for name in TABLES] == versions


def test_a_damaged_delivery_whose_file_is_gone_is_told_and_silver_stays(cared: Cared) -> None:
    clean = cared.content()
    _files(cared.lake.table("bronze.harm.rain"))[0].unlink()
    cared.call("fsck", "harm.rain", "--repair")
    shutil.rmtree(cared.root / "landing" / "harm")

    code, told = cared.call("run", "harm.rain", "--landing", str(cared.root / "landing"))

    assert code == 0 and "it is to be read again, but the file is gone" in told["steps"][0]["warnings"][0]
    assert cared.content() == clean


def test_a_restored_table_stays_until_its_inputs_change_and_can_be_brought_forward_again(cared: Cared) -> None:
    assert cared.rain() == [1, 2, 4]

    code, told = cared.call("restore", "gold.harm_rain", "--to", "1.0")

    assert (code, told["to"], told["version"], told["release"], told["rows"]) == (0, 0, 2, "1.2", 2)
    assert cared.rain() == [1, 2]
    manifest = release.newest(cared.lake, "gold.harm_rain")
    assert manifest
    assert (manifest["rows"], manifest["inputs"]) == (2, {"silver.harm.rain": 0})

    assert cared.run() == 0
    assert cared.rain() == [1, 2]
    assert cared.call("restore", "gold.harm_rain", "--to", "1")[1]["version"] == 3
    assert cared.rain() == [1, 2, 4]

    cared.call("restore", "gold.harm_rain", "--to", "0")
    cared.deliver("c.csv", "日,雨\n2021-01-05,5\n")
    assert cared.run() == 0
    assert cared.rain() == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("table", "to", "said"),
    [
        ("gold.harm_rain", "9", "give one from 0 to 1"),
        ("gold.harm_rain", "9.9", "it has 1.0, 1.1"),
        ("gold.harm_rain", "1999-01-01", "did not exist"),
        ("gold.harm_rain", "yesterday", "no version, release or time"),
        ("harm.rain", "0", "follows its deliveries"),
    ],
)
def test_what_cannot_be_restored_says_what_can(
    cared: Cared, capsys: pytest.CaptureFixture[str], table: str, to: str, said: str
) -> None:
    where = ("--lake", str(cared.lake.root), "--pipelines", str(cared.root / "own"))

    assert main(["restore", table, "--to", to, *where]) == 2
    assert said in capsys.readouterr().err


def test_a_version_whose_files_are_gone_is_not_restored(cared: Cared, capsys: pytest.CaptureFixture[str]) -> None:
    for file in cared.lake.table("gold.harm_rain").glob("*.parquet"):
        if file not in _files(cared.lake.table("gold.harm_rain")):
            file.unlink()

    assert main(["restore", "gold.harm_rain", "--to", "0", "--lake", str(cared.lake.root), "--pipelines",
                 str(cared.root / "own")]) == 2  # fmt: skip
    assert "no longer whole" in capsys.readouterr().err
    assert cared.rain() == [1, 2, 4]


def test_only_what_no_kept_version_names_goes(cared: Cared) -> None:
    gold = cared.lake.table("gold.harm_rain")
    orphan = gold / "part-left-by-a-killed-run.parquet"
    shutil.copy(_files(gold)[0], orphan)
    before = set(gold.glob("*.parquet"))

    would = cared.call("maintain", "gold.harm_rain", "--retain-hours", "0", "--dry-run")[1]

    assert [(each["table"], each["unnamed_files"]) for each in would["tables"]] == [("gold.harm_rain", 1)]
    assert set(gold.glob("*.parquet")) == before
    assert cared.call("maintain", "gold.harm_rain")[1]["tables"] == []  # it is too young to be surely nobody's

    assert cared.call("maintain", "gold.harm_rain", "--retain-hours", "0")[1]["is_done"]
    assert set(gold.glob("*.parquet")) == before - {orphan}
    assert cared.call("fsck", "gold.harm_rain")[0] == 0  # the versions that releases are made from are whole


def test_merged_files_hold_the_same_rows_and_make_nothing_to_do(cared: Cared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lakeward.jobs.maintain.MANY", 2)
    tables = ("silver.harm.rain", "_runs")
    clean, steps = cared.content(), runs.steps(cared.lake)
    assert [len(_files(cared.lake.table(name))) > 1 for name in tables] == [True, True]

    cared.call("maintain", "gold.harm_rain")

    assert [len(_files(cared.lake.table(name))) for name in tables] == [1, 1]
    assert (cared.content(), runs.steps(cared.lake)) == (clean, steps)
    assert cared.call("plan", "gold.harm_rain", "--landing", str(cared.root / "landing"), "--detailed-exitcode")[0] == 0
