"""A planted person: nothing of them is where anybody but the lake's keepers looks, and a takedown leaves nothing."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main
from lakeward.jobs.run import run
from lakeward.lake import delta, takedowns
from lakeward.lake.errors import EXIT_DONE
from lakeward.lake.storage import Lake
from lakeward.sharing.privacy.treatment import KEY

PERSON, NAME = "A123456789", "王標記七七"
OWN = """
from lakeward.lake.table import Column, Open, Personal
from lakeward.lake.treatment import Hashed
from lakeward.pipelines.dataset import Curated, Dataset, Csv, Source
from lakeward.quality import expect

CALLS = Dataset(
    name="made.calls", title="Made calls", title_zh="虛構通報", agency="nobody", max_refused=0.9,
    source=Source("made/calls/*.csv", licence="CC0-1.0", cadence="never", format=Csv(encoding="utf-8")),
    columns=(
        Column("call_id", "string", "call", cell="號", key=True), Column("caller", "string", "caller", cell="身分證"),
        Column("name", "string", "name", cell="姓名"), Column("age", "int", "age", cell="年齡"),
    ),
    suite=(expect.column_values_to_match_regex("caller", "^[B-Z]", severity="warning"),),
)


def told(calls):
    return calls


GOLD = Curated(
    name="gold.calls", title="Calls", title_zh="通報", inputs=(CALLS,), grain="one row a call", build=told,
    columns=(
        Open("call_id", "string", "call", key=True), Personal("caller", "string", "caller", treated=Hashed()),
        Open("name", "string", "name"),
    ),
)
"""
ROWS = f"號,身分證,姓名,年齡\n1,{PERSON},{NAME},40\n2,B123456780,別人,50\n3,{PERSON},{NAME},四十\n"
INTERNAL = {"bronze", "silver", "quarantine"}


@pytest.fixture
def made(tmp_path: Path, spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setenv(KEY, "made-for-this-test-0123456789abcdef")
    (tmp_path / "own" / "made").mkdir(parents=True)
    (tmp_path / "own" / "made" / "calls.py").write_text(OWN, "utf-8")
    (tmp_path / "landing" / "made" / "calls").mkdir(parents=True)
    (tmp_path / "landing" / "made" / "calls" / "a.csv").write_text(ROWS, "utf-8")
    _run(tmp_path)
    return Lake.at(str(tmp_path / "lake"))


def _run(root: Path) -> int:
    return run(str(root / "lake"), str(root / "landing"), ["gold.calls"], own=str(root / "own")).exit_code


def _calls(lake: Lake, table: str) -> list[str]:
    return sorted(row["call_id"] for row in delta.first_rows(lake.table(table), 9, ["call_id"]))


def _held_anywhere(root: Path, text: str) -> list[Path]:
    """Look for a text by other means than the project's: raw bytes, and every Parquet value as Python prints it."""
    found = []
    for file in (each for each in root.rglob("*") if each.is_file()):
        values = str(pq.read_table(file, partitioning=None).to_pylist()) if file.suffix == ".parquet" else ""
        if text in values or text.encode() in file.read_bytes():
            found.append(file)
    return found


def test_a_planted_person_is_nowhere_but_inside_and_a_takedown_leaves_nothing_of_them(
    made: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # What is published, shared, told of quality or kept of runs never holds the id.
    assert {file.relative_to(made.root).parts[0] for file in _held_anywhere(made.root, PERSON)} == INTERNAL
    assert _calls(made, "gold.calls") == ["1", "2"]
    assert _held_anywhere(made.root / "published", NAME)
    place = ["--lake", str(made.root), "--landing", str(tmp_path / "landing"), "--pipelines", str(tmp_path / "own")]

    # Without a reason it only looks.
    before = sorted(made.root.rglob("*"))
    monkeypatch.setattr("sys.stdin", io.StringIO(PERSON))
    assert main(["takedown", "--from", "-", *place, "--json"]) == EXIT_DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["is_done"], told["landing"]) == ({"made.calls": 2}, False, ["made/calls/a.csv"])
    assert sorted(made.root.rglob("*")) == before

    monkeypatch.setattr("sys.stdin", io.StringIO(NAME))
    code = main(["takedown", "--from", "-", "--reason", "asked for on 2026-11-25", *place, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["left"], told["withdrawn"]) == (EXIT_DONE, [], ["gold.calls 1.0"])
    assert not _held_anywhere(made.root, NAME) and not _held_anywhere(made.root, PERSON)
    assert _calls(made, "silver.made.calls") == _calls(made, "gold.calls") == ["2"]
    assert {each["row_number"] for each in takedowns.TABLE.all(made)} == {2, 4}

    # The next run, also one that reads the delivery again, does not bring them back.
    versions = [delta.version_of(made.table(name)) for name in ("silver.made.calls", "gold.calls")]
    assert _run(tmp_path) == EXIT_DONE
    assert [delta.version_of(made.table(name)) for name in ("silver.made.calls", "gold.calls")] == versions
    shutil.rmtree(made.table("bronze.made.calls"))
    assert _run(tmp_path) == EXIT_DONE
    assert _calls(made, "silver.made.calls") == ["2"]
    assert not _held_anywhere(made.root, NAME)
