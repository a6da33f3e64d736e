"""Rows in this process's memory are judged and written as Spark judges and writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from lakeward.jobs import in_hand
from lakeward.jobs.run import run
from lakeward.lake.errors import EXIT_DONE

DECLARED = '''"""Made."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Append, Csv, Dataset, ReplacePeriod, Source
from lakeward.quality import expect


def _made(name, combine, key):
    return Dataset(
        name=f"made.{name}", title=name, title_zh="自製", agency="nobody",
        source=Source(files="made/*.csv", licence="none", cadence="once", page="none", format=Csv(encoding="utf-8")),
        combine=combine, max_refused=0.4,
        columns=(
            Column("place", "string", "place", cell="地點", key="place" in key),
            Column("seen_on", "date", "day", cell="日期", key="seen_on" in key),
            Column("many", "double", "how many", cell="數", key="many" in key),
        ),
        suite=(expect.column_values_to_not_be_null("seen_on"),),
    )


DAYS = _made("days", ReplacePeriod("seen_on", "day"), ("place", "seen_on"))
ADDED = _made("added", Append(), ("place", "seen_on"))
FRACTIONS = _made("fractions", Append(), ("place", "many"))
'''
HEADER = "地點,日期,數\n"
FILES = {
    "1.csv": "甲,2020-01-01,1\n甲,2020-01-01,2\n乙,2020-01-01,x\n丙,2020-01-01,0\n丁,2020-01-01,3\n戊,2020-01-01,4\n",
    "2.csv": "甲,2020-01-01,5\n甲,2020-01-02,-0.0\n丙,2020-01-02,6\n甲,2020-01-02,\n乙,2020-01-02,7\n丁,2020-01-02,3\n",
    "3.csv": "甲,2020-01-03,9\n乙,,1\n丙,,1\n丁,no day,1\n",
}


@pytest.mark.parametrize(
    ("name", "files", "is_by_arrow"),
    [("days", 3, True), ("added", 2, True), ("added", 3, False), ("fractions", 3, False)],
)
def test_rows_and_reasons_are_those_of_spark(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, files: int, is_by_arrow: bool
) -> None:  # fmt: skip
    """Among them are keys that repeat, in one file and in two, and a file that is refused whole."""
    declared, landing = tmp_path / "own", tmp_path / "landing" / "made"
    declared.mkdir()
    landing.mkdir(parents=True)
    (declared / "made.py").write_text(DECLARED, "utf-8")
    come = dict([*FILES.items()][:files])
    for file, text in come.items():
        (landing / file).write_text(HEADER + text, "utf-8")
    asked = list[str]()
    monkeypatch.setattr(in_hand.InHand, "good", _noted(in_hand.InHand.good, asked))
    monkeypatch.setattr(in_hand.InHand, "aside", _noted(in_hand.InHand.aside, asked))

    found = []
    for way, most in (("in hand", 10**9), ("by Spark", -1)):
        monkeypatch.setattr("lakeward.jobs.bulk.HAND_BYTES", most)
        report = run(str(tmp_path / way), str(tmp_path / "landing"), [f"made.{name}"], own=str(declared))
        assert (report.exit_code != EXIT_DONE) == (files == len(FILES))
        (step,) = report.steps
        assert step.rows_read == sum(text.count("\n") for text in come.values())
        found.append({layer: _rows(tmp_path / way / layer / "made" / name) for layer in ("silver", "quarantine")})

    assert found[0] == found[1]
    reasons = [reason for row in found[0]["quarantine"] for reason in row["reasons"]]
    assert "repeats the key of an earlier row" in reasons
    assert any(reason.startswith("delivery refused: ") for reason in reasons) == (files == len(FILES))
    assert ("aside" in asked) == is_by_arrow


def _noted(method: Any, asked: list[str]) -> Any:
    def called(*arguments: Any) -> Any:
        asked.append(method.__name__)
        return method(*arguments)

    return called


def _rows(table: Path) -> list[dict[str, Any]]:
    rows = DeltaTable(table).to_pyarrow_table().to_pylist()
    return sorted(({name: row[name] for name in row if name != "run_id"} for row in rows), key=repr)
